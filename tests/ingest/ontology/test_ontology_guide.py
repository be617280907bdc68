"""Extraction that keeps to an ontology, whatever extractor it wraps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.embeddings.open import open_embedder
from clew.graph.model import Chunk, Document, Value
from clew.ingest.chunk import chunk
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.ontology.guide import Guided
from clew.ingest.ontology.ontology import Class, Ontology, Relation
from clew.ingest.ontology.spans import candidates, sentences

TEXT = "Aguirre is a 1972 film directed by Werner Herzog and produced by Hans Prescher."
FILMS = Ontology(
    (Class("film", ("movie",), ("work",)), Class("work"), Class("human"), Class("city")),
    (
        Relation("director", ("film",), ("human",), ("directed by",), ("directed",)),
        Relation("publication date", ("work",), ("date",)),
        Relation("filming location", ("film",), ("city",)),
    ),
    "films.yaml",
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(threads=1)


def guided(embedder: Embedder, *triples: RawTriple, ontology: Ontology = FILMS, threshold: float = 2.0) -> Guided:
    """Over an extractor that says these triples of any text; with this threshold nothing else is found."""

    def extract(documents: Iterable[tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        for document, _ in documents:
            mentions = [
                RawMention(at, at + len(name), name, kind, 0.9, "name", name)
                for name, kind in (("Aguirre", "WORK"), ("Werner Herzog", "PERSON"), ("Hans Prescher", "PERSON"))
                if (at := document.text.find(name)) >= 0
            ]
            yield Extraction(tuple(mentions), triples)

    return Guided(extract, ontology, embedder, extractor="fixed 1", threshold=threshold)


def said(head: str, relation: str, tail: str | Value, kinds: tuple[str, str] = ("WORK", "PERSON")) -> RawTriple:
    return RawTriple(head, kinds[0], relation, tail, kinds[1], 0, len(TEXT), 0.7)


def read(reader: Guided, text: str = TEXT) -> Extraction:
    document = Document.make("test:1", text)
    return next(iter(reader([(document, list(chunk(document)))])))


def test_other_names_are_mapped_and_inverses_turned(embedder: Embedder) -> None:
    reader = guided(
        embedder,
        said("Aguirre", "directed by", "Werner Herzog"),
        said("Werner Herzog", "directed", "Nosferatu", ("PERSON", "WORK")),
        said("Stroszek", "director", "Werner Herzog"),
    )
    found = {(each.head, each.relation, each.tail) for each in read(reader).triples}
    assert found == {(film, "director", "Werner Herzog") for film in ("Aguirre", "Nosferatu", "Stroszek")}
    assert (reader.report.kept, reader.report.mapped, reader.report.refused) == (1, 2, 0)


def test_ends_take_their_classes(embedder: Embedder) -> None:
    extraction = read(guided(embedder, said("Aguirre", "directed by", "Werner Herzog")))
    (triple,) = extraction.triples
    assert (triple.head_type, triple.tail_type) == ("film", "human")
    assert {each.text: each.type for each in extraction.mentions}["Werner Herzog"] == "human"


def test_domain_and_range_are_enforced_with_reasons(embedder: Embedder) -> None:
    reader = guided(
        embedder,
        said("Werner Herzog", "director", "Aguirre", ("PERSON", "WORK")),
        said("Aguirre", "publication date", "Werner Herzog"),
        said("Aguirre", "director", Value("1972", "date", "1972"), ("WORK", "")),
        said("Aguirre", "quarrelled about", "Klaus Kinski"),
    )
    assert not read(reader).triples
    reasons = {each.reason: each for each in reader.report.rejected}
    assert set(reasons) == {
        "the domain of 'director' is film, and the end is a person",
        "the range of 'publication date' is date, and the end is no date",
        "the range of 'director' is human, and the end is a date",
        "no relation for 'quarrelled about'",
    }
    assert reasons["no relation for 'quarrelled about'"].examples == ("Aguirre | quarrelled about | Klaus Kinski",)
    assert reader.report.to_dict()["rejected"][0]["count"] == 1


def test_what_the_text_says_a_thing_is_counts_more_than_its_type(embedder: Embedder) -> None:
    reader = guided(
        embedder,
        said("Aguirre", "is a", Value("German city")),
        said("Aguirre", "director", "Werner Herzog"),
        said("Stroszek", "is a", Value("1977 West German movie")),
        said("Stroszek", "publication date", Value("1977", "date", "1977")),
    )
    (triple,) = read(reader).triples
    assert (triple.head, triple.relation, triple.head_type) == ("Stroszek", "publication date", "film")
    assert reader.report.rejected[0].reason == "the domain of 'director' is film, and the end is a city"


def test_triples_are_found_that_the_extractor_did_not_read(embedder: Embedder) -> None:
    reader = guided(embedder, threshold=0.2)
    found = {(each.head, each.relation, each.tail) for each in read(reader).triples}
    assert ("Aguirre", "director", "Werner Herzog") in found
    assert reader.report.found == len(found)
    assert all(each.start >= 0 and each.end <= len(TEXT) for each in read(reader).triples)


def test_what_is_negated_is_no_plain_edge(embedder: Embedder) -> None:
    text = TEXT.replace("directed by", "that was not directed by")
    reader = guided(embedder, threshold=0.01)
    assert not [each for each in read(reader, text).triples if each.tail == "Werner Herzog"]
    assert "the text between its ends negates something" in {each.reason for each in reader.report.rejected}


def test_one_text_says_the_same_alone_and_among_others(embedder: Embedder) -> None:
    documents = [(each, list(chunk(each))) for each in (Document.make(f"test:{n}", TEXT * (n + 1)) for n in range(3))]
    together = list(guided(embedder, threshold=0.2)(documents))
    alone = [next(iter(guided(embedder, threshold=0.2)([each]))) for each in documents]
    triples = [[(t.head, t.relation, t.tail) for t in each.triples] for each in together]
    assert triples == [[(t.head, t.relation, t.tail) for t in each.triples] for each in alone]


def test_the_fingerprint_names_the_ontology(embedder: Embedder) -> None:
    other = Ontology(FILMS.classes, FILMS.relations[:1])
    assert guided(embedder).fingerprint.startswith("fixed 1, ontology ")
    assert guided(embedder).fingerprint != guided(embedder, ontology=other).fingerprint


def test_sentences_and_candidates_of_a_text() -> None:
    text = 'Dr. J. Smith wrote "The Long Day" in 1999. He was killed in action.\n\nNext.'
    places = list(sentences(text))
    assert [text[start:end] for start, end in places][1:] == ["He was killed in action.", "Next."]
    spans = candidates(text, 0, len(text), [])
    words = {text[span.start : span.end] for span in spans}
    assert {"The Long Day", "1999", "killed in action"} <= words
    assert any(isinstance(span.stands_for, Value) and span.stands_for.normal == "1999" for span in spans)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_has_valid_spans(text: str) -> None:
    for start, end in sentences(text):
        assert 0 <= start < end <= len(text)
        for span in candidates(text, start, end, []):
            assert start <= span.start < span.end <= end


@pytest.mark.parametrize("text", ["", " ", "\ud800", "a" * 5000, "１２３ " * 100, "\n" * 10, "é" * 3])
def test_any_text_can_be_read(embedder: Embedder, text: str) -> None:
    assert np.isfinite([each.confidence for each in read(guided(embedder, threshold=0.0), text).triples]).all()
