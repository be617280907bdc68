"""The graph's triples from clauses: qualifiers, control, purpose, denial, compound places, counts."""

from __future__ import annotations

import pytest

from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import RawTriple


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor(batch_size=4)


def triples(extractor: SpacyExtractor, text: str, title: str = "") -> dict[tuple[str, str, str], RawTriple]:
    document = Document.make("mem:1", text, title=title)
    found = next(extractor([(document, [Chunk.make(document, 0, len(text))])])).triples
    return {
        (
            each.head,
            each.relation,
            (each.tail.normal or each.tail.text) if isinstance(each.tail, Value) else each.tail,
        ): each
        for each in found
    }


def test_time_and_place_qualify_every_triple_of_the_clause(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "Google was founded by Larry Page and Sergey Brin in California in 1998.")
    second = found["Google", "founded by", "Sergey Brin"]
    assert second.qualifiers == {"time": "1998", "place": "California", "verb": "was founded"}
    assert found["Google", "founded in", "California"].qualifiers == {"time": "1998", "verb": "was founded"}


def test_a_price_is_a_quantity(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "Microsoft acquired GitHub in 2018 for 7.5 billion dollars.")
    assert found["Microsoft", "acquired", "GitHub"].qualifiers == {
        "time": "2018",
        "quantity": "7.5 billion dollars",
        "verb": "acquired",
    }


def test_a_place_behind_a_person_belongs_to_the_act(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "Tim Cook, the CEO of Apple, met Angela Merkel in Berlin.")
    assert ("Tim Cook", "met in", "Berlin") in found
    assert ("Tim Cook", "ceo of", "Apple") in found
    assert ("Angela Merkel", "in", "Berlin") not in found


def test_two_words_of_one_person_are_one_name(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "In 1903 Marie Curie received the Nobel Prize together with Pierre Curie.")
    assert ("Marie Curie", "received", "Nobel Prize") in found


def test_a_compound_place_is_a_birthplace(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "The Warsaw-born chemist Marie Curie won the Nobel Prize in Physics.")
    assert ("Marie Curie", "born in", "Warsaw") in found


def test_a_count_is_a_number(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "Oslo is the capital of Norway and has 700,000 inhabitants.")
    assert ("Oslo", "had inhabitants", "700000") in found


def test_what_is_denied_is_negated(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "She denied that IBM had acquired Red Hat.")
    assert found["IBM", "acquired", "Red Hat"].flags == ("negated",)


def test_the_one_who_is_hired_does_the_work(extractor: SpacyExtractor) -> None:
    found = triples(extractor, "Amazon bought Whole Foods, and hired John Mackey to run it.")
    assert any(head == "John Mackey" and relation == "ran" for head, relation, _ in found)


def test_a_person_of_a_place_is_not_called_by_it(extractor: SpacyExtractor) -> None:
    text = "Francis of Denmark was a prince of Denmark. Francis died in Norway."
    found = triples(extractor, text, "Francis of Denmark")
    assert ("Francis of Denmark", "prince of", "Denmark") in found
    assert ("Francis of Denmark", "died in", "Norway") in found


PLAIN: list[tuple[str, str, set[tuple[str, str, str]], set[tuple[str, str, str]]]] = [
    # text, title, what it says, what it does not say
    (
        "Alice Jones is from Boston. Alice Jones is with Acme Corp.",
        "",
        {("Alice Jones", "is from", "Boston"), ("Alice Jones", "is with", "Acme Corp")},
        {("Alice Jones", "is", "Boston")},
    ),
    (
        "Acme Corp is in talks with Apex Inc. over a sale. Acme Corp is in debt.",
        "",
        {("Acme Corp", "is in talks with", "Apex Inc.")},
        {("Acme Corp", "is a", "talks"), ("Acme Corp", "is a", "debt")},
    ),
    (
        "The office of Acme Corp is in Berlin. The headquarters of Acme Corp are located in Oslo.",
        "",
        {("Acme Corp", "office is in", "Berlin"), ("Acme Corp", "headquarters located in", "Oslo")},
        set(),
    ),
    (
        "The chief executive of Apex Inc., John Brown, was born in Oslo.",
        "",
        {("John Brown", "born in", "Oslo"), ("John Brown", "chief executive of", "Apex Inc.")},
        set(),
    ),
    (
        "Initech's chief technology officer, Bob Hill, studied at the University of Oslo.",
        "",
        {("Bob Hill", "chief technology officer of", "Initech"), ("Bob Hill", "studied at", "University of Oslo")},
        set(),
    ),
    (
        "The population of Berlin is 3.6 million. The height of Mount Everest is 8,848 metres.",
        "",
        {("Berlin", "population", "3600000"), ("Mount Everest", "height", "8,848 metres")},
        set(),
    ),
    (
        "Henry's father died in 1200. A number of Germans accused Maroboduus.",
        "",
        {("Henry", "father died in", "1200")},
        {("Germans", "number accused", "Maroboduus")},
    ),
    (
        "The castle was built by Vytautas in 1409. It is near Lake Galvė.",
        "Trakai Castle",
        {("Trakai Castle", "built in", "1409"), ("Trakai Castle", "is near", "Lake Galvė")},
        set(),
    ),
    ("The company is in Berlin.", "Acme Corp", {("Acme Corp", "is in", "Berlin")}, set()),
    (
        "The wedding of Mary Smith was on 5 May 1990.",
        "",
        {("Mary Smith", "wedding is on", "1990-05-05")},
        set(),
    ),
    (
        "COX-1 is encoded by the PTGS1 gene. Penicillin was discovered at St Mary's Hospital in London.",
        "",
        {("COX-1", "encoded by", "PTGS1"), ("Penicillin", "discovered at", "St Mary's Hospital")},
        set(),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "says", "never"), PLAIN, ids=[text[:24] for text, *_ in PLAIN])
def test_plain_sentences(
    extractor: SpacyExtractor,
    text: str,
    title: str,
    says: set[tuple[str, str, str]],
    never: set[tuple[str, str, str]],
) -> None:
    found = set(triples(extractor, text, title))
    assert says <= found
    assert not never & found
