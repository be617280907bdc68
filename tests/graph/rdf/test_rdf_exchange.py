"""Export to RDF and import of the export: the same graph again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.export.jsonl import export_lines
from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value
from clew.graph.open import open_store
from clew.graph.rdf.exchange import export, restore
from clew.graph.rdf.parse import FORMATS
from clew.graph.store import Batch, DocumentRecord, GraphStore

Encode = Callable[[Sequence[str]], Any]
texts = st.text(max_size=12) | st.sampled_from(
    ["a\r\nb", "\x07\x00", "\ud800", "<&]]>", " x ", "\t\n", "🧵", '"\\', "_:b"]
)
ids = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["http://example.org/Ada", "urn:clew:entity:x", "http://x/é?a=b#c", "mailto:a@b.c", "a:b c", "x://\ud800"]
)
values = st.builds(
    Value,
    texts,
    st.sampled_from(["text", "date", "number"]),
    st.sampled_from(["", "1875", "1875-11", "1875-11-31", "-1.50", "7"]),
    st.sampled_from(["", "en", "de-CH", "no language"]),
)


@st.composite
def records(draw: st.DrawFn, uri: str) -> DocumentRecord:
    """A document of any texts and ids, whose mentions and triples all lie in its chunks."""
    parts = draw(st.lists(texts, max_size=3))
    document = Document.make(
        uri,
        "".join(parts),
        title=draw(texts),
        language=draw(texts),
        metadata=draw(st.dictionaries(texts, texts, max_size=2)),
        access=tuple(draw(st.lists(texts, max_size=2))),
        version=draw(texts),
        read_with=draw(texts),
    )
    chunks, at = [], 0
    for place, part in enumerate(parts):
        chunks.append(
            Chunk(
                f"{uri} {place}", document.id, at, at + len(part), part, place, tuple(draw(st.lists(texts, max_size=2)))
            )
        )
        at += len(part)
    if not chunks:
        return DocumentRecord(document, ())
    chunk = st.sampled_from(chunks)
    number, part_ = st.integers(0, 9), st.floats(0, 1)
    mentions = [
        Mention(
            draw(chunk).id,
            document.id,
            draw(number),
            draw(number),
            draw(texts),
            draw(texts),
            draw(part_),
            draw(ids),
            draw(texts),
            draw(st.sampled_from(["name", "alias", "pronoun"])),
        )
        for _ in range(draw(number) % 4)
    ]
    triples = []
    for _ in range(draw(number) % 4):
        sources = tuple(
            Source(
                document.id,
                draw(chunk).id,
                draw(number),
                draw(number),
                draw(texts),
                draw(part_),
                tuple(draw(st.lists(texts, max_size=2))),
                draw(st.dictionaries(texts, texts, max_size=2)),
                draw(texts),
                draw(texts),
                draw(texts),
            )
            for _ in range(1 + draw(number) % 2)
        )
        triples.append(Triple.make(draw(ids), draw(texts), draw(ids | values), sources))
    return DocumentRecord(document, tuple(chunks), tuple(mentions), tuple(triples))


graphs = st.tuples(records("a.txt"), records("b c#d"), records("é"))


def filled(told: Sequence[DocumentRecord], vectors: Encode, describe_all: Callable[[GraphStore], None]) -> GraphStore:
    store = open_store("memory:")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(Batch(tuple(told), vectors([str(place) for record in told for place, _ in enumerate(record.chunks)])))
    describe_all(store)
    return store


def vectors_of_anything(count: int, vectors: Encode) -> Any:
    return vectors([str(place) for place in range(count)])


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_restores_the_same_graph(
    format_: str, vectors: Encode, describe_all: Callable[[GraphStore], None]
) -> None:
    @settings(max_examples=40, deadline=None)
    @given(graphs)
    def check(told: tuple[DocumentRecord, ...]) -> None:
        store = filled(told, vectors, describe_all)
        file, twin = io.BytesIO(), io.BytesIO()
        assert export(store, file, format_) == export(store, twin, format_)
        assert file.getvalue() == twin.getvalue()
        again = open_store("memory:")
        file.seek(0)
        encode = lambda texts: vectors_of_anything(len(texts), vectors)  # noqa: E731
        assert restore(file, again, encode, encoder="toy", dimension=8, format=format_) == 3
        assert list(export_lines(again)) == list(export_lines(store))
        assert list(again.chunks()) == list(store.chunks())

    check()
