"""Names of one thing become one entity and homographs stay apart, whatever the order; a person has the last word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path

import pytest

import clew
from clew.graph.merges import logged
from clew.graph.model import entity_id
from clew.ingest.load.load import Fields
from clew.ingest.resolution import merge as merge_module
from clew.ingest.resolution.merge import DECISIONS, decide

Open = Callable[..., clew.KnowledgeGraph]
TEXTS = {
    "Henry King (director)": "Henry King (January 24, 1886 – June 29, 1982) was an American film director. He directed "
    "The Song of Bernadette for 20th Century Fox.",
    "The Song of Bernadette": "The Song of Bernadette is a 1943 American drama film directed by Henry King and "
    "starring Jennifer Jones.",
    "Henry King (footballer)": "Henry King (born 3 May 1911) was an English footballer who played for Ipswich Town.",
    "Treaty of Bogor": "The European Space Agency (ESA) signed the Treaty of Bogor. The European Space Agency "
    "is led by Anna Stein.",
    "Anna Stein": "Anna Stein is a physician. In 2001 Anna Stein joined ESA in Geneva.",
    "Choir of Lviv": "The Choir of Lviv is a choir. Henry King sang in the choir in 1770.",
}


def _ingest(kg: clew.KnowledgeGraph, folder: Path, titles: Sequence[str]) -> clew.IngestReport:
    file = folder / "passages.jsonl"  # one name: a document's id hashes where it comes from
    rows = [{"id": title, "title": title, "text": TEXTS[title]} for title in titles]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return kg.ingest(file, fields=Fields())


def _means(kg: clew.KnowledgeGraph, title: str, name: str) -> set[str]:
    """What the name stands for in this document."""
    (document,) = [one for one in kg.store.documents() if one.title == title]
    chunks = [chunk.id for chunk in kg.store.chunks(document=document.id)]
    return {one.entity for one in kg.store.mentions(chunks=chunks) if name in {one.name, one.text}}


def _export(kg: clew.KnowledgeGraph, folder: Path) -> bytes:
    kg.export(folder / "export.jsonl")
    return (folder / "export.jsonl").read_bytes()


def test_a_bare_name_is_linked_where_the_text_supports_it_and_nowhere_else(open_kb: Open, tmp_path: Path) -> None:
    kg = open_kb()
    report = _ingest(kg, tmp_path, list(TEXTS))
    assert report.merged
    director, footballer = entity_id("Henry King (director)"), entity_id("Henry King (footballer)")
    assert _means(kg, "The Song of Bernadette", "Henry King") == {director}
    assert _means(kg, "Choir of Lviv", "Henry King") == {entity_id("Henry King")}
    assert {director, footballer} <= set(kg.store.find(["henry king"])["henry king"])
    assert any(triple.tail == director for triple in kg.store.neighborhood([entity_id("The Song of Bernadette")]))


def test_an_acronym_that_one_text_explains_is_known_in_another(open_kb: Open, tmp_path: Path) -> None:
    kg = open_kb()
    _ingest(kg, tmp_path, ["Anna Stein", "Treaty of Bogor"])
    assert _means(kg, "Anna Stein", "ESA") == {entity_id("European Space Agency")}


def test_the_log_says_what_was_merged_why_and_how_surely(open_kb: Open, tmp_path: Path) -> None:
    kg = open_kb()
    _ingest(kg, tmp_path, list(TEXTS))
    (merged,) = [one for one in kg.merges("Henry King (director)") if one.name == "Henry King"]
    assert (merged.into, merged.entity) == ("Henry King (director)", entity_id("Henry King (director)"))
    assert merged.base == entity_id("Henry King")
    assert merged.score >= 2
    assert "bracket" in merged.reason
    assert [one.title for one in kg.store.documents(merged.documents)] == ["The Song of Bernadette"]
    assert merged in kg.merges()
    assert len(kg.merges()) == len({one.id for one in kg.merges()})


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (1, 3, 5, 0, 2, 4), (2, 4, 1, 5, 0, 3)])
def test_any_order_and_grouping_gives_the_same_bytes(
    open_kb: Open, tmp_path: Path, numbers: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = list(TEXTS)
    together = open_kb()
    _ingest(together, tmp_path, titles)
    monkeypatch.setattr(merge_module, "MOST", 2.0)  # as in a large graph: only what was touched is looked at
    apart = open_kb(batch_size=1)
    for group in (numbers[:1], numbers[1:4], numbers[4:]):
        _ingest(apart, tmp_path, [titles[number] for number in group])
    assert _export(apart, tmp_path) == _export(together, tmp_path)


def test_what_is_removed_leaves_the_graph_of_the_rest(
    open_kb: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_module, "MOST", 2.0)
    for gone in ("Henry King (director)", "Henry King (footballer)", "Treaty of Bogor", "The Song of Bernadette"):
        rest = [title for title in TEXTS if title != gone]
        never = open_kb()
        _ingest(never, tmp_path, rest)
        kg = open_kb()
        _ingest(kg, tmp_path, list(TEXTS))
        kg.remove(gone)
        _ingest(kg, tmp_path, rest)
        assert _export(kg, tmp_path) == _export(never, tmp_path), gone


@pytest.mark.parametrize("kind", ["memory", "arcadedb", "rdf"])
def test_a_merge_taken_back_is_gone_and_stays_gone(open_kb: Open, tmp_path: Path, kind: str) -> None:
    titles = list(TEXTS)
    kg = open_kb("memory:" if kind == "memory" else f"{kind}:{tmp_path / 'kb'}")
    _ingest(kg, tmp_path, titles)
    (merged,) = [one for one in kg.merges("Henry King (director)") if one.name == "Henry King"]
    assert kg.unmerge("Henry King", "Henry King (director)") == [merged]
    never = open_kb()
    never.store.configure(encoder=kg.store.info().encoder, dimension=384, extracted_with="")
    decide(never.store, {f"{merged.base} {merged.entity}": json.dumps([merged.name, merged.into])})
    _ingest(never, tmp_path, titles)
    assert _export(kg, tmp_path) == _export(never, tmp_path)
    assert kg.status().counts.stale == 0
    assert _means(kg, "The Song of Bernadette", "Henry King") == {entity_id("Henry King")}
    kg.ingest(tmp_path / "passages.jsonl", refresh=True)
    assert merged.id not in {one.id for one in kg.merges()}
    with pytest.raises(clew.NotFoundError, match="clew merges"):
        kg.unmerge(merged.id)
    assert kg.remove(DECISIONS)
    assert merged.id in {one.id for one in kg.merges()}


def test_two_people_with_documents_of_one_title_are_two(open_kb: Open, tmp_path: Path) -> None:
    lines = [
        ("1", "John Reed", "John Reed (1790 – 1855) was an English physician. John Reed lived in York."),
        ("2", "John Reed", "John Reed (born 12 May 1961) is an American guitarist. John Reed joined The Larks."),
        ("3", "John Reed", "John Reed (born 12 May 1961) is a guitarist. He plays in The Larks."),
    ]
    exports = []
    for order in permutations(lines):
        file = tmp_path / "reed.jsonl"
        rows = [{"id": id_, "title": title, "text": text} for id_, title, text in order]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        kg = open_kb()
        kg.ingest(file)
        exports.append(_export(kg, tmp_path))
    assert len(set(exports)) == 1
    assert len(kg.store.find(["john reed"])["john reed"]) == 2
    assert {merge.kept_apart for one in kg.store.documents() for merge in logged(one)} == {True}


def test_a_small_change_reads_only_what_it_touches(
    open_kb: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kg = open_kb()
    _ingest(kg, tmp_path, [title for title in TEXTS if title != "The Song of Bernadette"])
    monkeypatch.setattr(merge_module, "MOST", 2.0)
    asked: list[str] = []
    read = kg.store.chunks

    def chunks(ids: Sequence[str] | None = None, **options: str) -> Iterator[clew.Chunk]:
        asked.extend(ids or ())
        return read(ids, **options)

    monkeypatch.setattr(kg.store, "chunks", chunks)
    assert _ingest(kg, tmp_path, ["The Song of Bernadette"]).merged == 1
    titles = {one.id: one.title for one in kg.store.documents()}
    touched = {titles[chunk.document] for chunk in read(sorted(set(asked)))}
    assert "Henry King (director)" in touched
    assert not touched & {"Anna Stein", "Treaty of Bogor"}
