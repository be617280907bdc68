"""The local extractor on the shipped model: real passages, rules one by one, and what must hold for any text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.graph.errors import ModelError
from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import TYPES, Extraction


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor(batch_size=4)


def document(text: str, title: str = "", uri: str = "mem:1") -> Document:
    return Document.make(uri, text, title=title)


def whole(item: Document) -> tuple[Document, list[Chunk]]:
    return item, [Chunk.make(item, 0, len(item.text))]


def halved(item: Document) -> tuple[Document, list[Chunk]]:
    middle = len(item.text) // 2
    return item, [Chunk.make(item, 0, middle), Chunk.make(item, middle, len(item.text), position=1)]


def read(extractor: SpacyExtractor, text: str, title: str = "") -> Extraction:
    return next(extractor([whole(document(text, title))]))


def said(extraction: Extraction) -> set[tuple[str, str, str]]:
    return {
        (t.head, t.relation, (t.tail.normal or t.tail.text) if isinstance(t.tail, Value) else t.tail)
        for t in extraction.triples
    }


PASSAGES: list[tuple[str, str, set[tuple[str, str, str]]]] = [
    (
        "Teutberga",
        "Teutberga( died 11 November 875) was a queen of Lotharingia by marriage to Lothair II. "
        "She was a daughter of Bosonid Boso the Elder and sister of Hucbert, the lay- abbot of St. Maurice's Abbey.",
        {("Teutberga", "died on", "0875-11-11"), ("Teutberga", "queen of", "Lotharingia")},
    ),
    (
        "Lothair II",
        "Lothair II (835 –) was the king of Lotharingia from 855 until his death. "
        "He was the second son of Emperor Lothair I and Ermengarde of Tours. "
        "He was married to Teutberga (died 875), daughter of Boso the Elder.",
        {
            ("Lothair II", "king of", "Lotharingia"),
            ("Lothair II", "son of", "Lothair I"),
            ("Lothair II", "son of", "Ermengarde of Tours"),
            ("Lothair II", "married to", "Teutberga"),
        },
    ),
    (
        "The Tender Years",
        "The Tender Years is a 1948 American drama film directed by Harold D. Schuster, written by Arnold Belgard, "
        "Abem Finkel and Jack Jungmeyer, and starring Joe E. Brown, Richard Lyon, Noreen Nash, Charles Drake, "
        "Josephine Hutchinson and James Millican. It was released on January 3, 1948, by 20th Century Fox.",
        {
            ("The Tender Years", "directed by", "Harold D. Schuster"),
            ("The Tender Years", "written by", "Arnold Belgard"),
            ("The Tender Years", "written by", "Jack Jungmeyer"),
            ("The Tender Years", "starred", "Joe E. Brown"),
            ("The Tender Years", "starred", "James Millican"),
            ("The Tender Years", "released on", "1948-01-03"),
            ("The Tender Years", "year", "1948"),
        },
    ),
    (
        "Princess Yolanda of Savoy",
        "Princess Yolanda of Savoy (1 June 1901 – 16 October 1986) was the eldest daughter of King Victor Emmanuel III "
        "of Italy.",
        {
            ("Princess Yolanda of Savoy", "born on", "1901-06-01"),
            ("Princess Yolanda of Savoy", "died on", "1986-10-16"),
            ("Princess Yolanda of Savoy", "daughter of", "Victor Emmanuel III of Italy"),
        },
    ),
    (
        "Forbidden Ground (2013 film)",
        'Forbidden Ground, also known as" Battle Ground" in the United States, is a 2013 Australian action drama film, '
        "starring Johan Earl, Tim Pocock, and Martin Copping, set against the backdrop of World War I. "
        "It was written by Earl, Denai Gracie, and Travis Spiteri, and directed by Earl and Adrian Powers.",
        {
            ("Forbidden Ground (2013 film)", "starred", "Tim Pocock"),
            ("Forbidden Ground (2013 film)", "written by", "Denai Gracie"),
            ("Forbidden Ground (2013 film)", "directed by", "Johan Earl"),
            ("Forbidden Ground (2013 film)", "is", "Australian"),
        },
    ),
    (
        "Frederick I, Count Palatine of Simmern",
        "Frederick I, the Hunsrücker (German: Friedrich I.; 19 November 1417 – 29 November 1480) was the Count "
        "Palatine of Simmern from 1459 until 1480. Frederick married Margaret of Guelders, daughter of Duke Arnold, on "
        "16 August 1454. Frederick died in Simmern in 1480 and was buried in the Augustinian Abbey of Ravengiersburg.",
        {
            ("Frederick I, Count Palatine of Simmern", "born on", "1417-11-19"),
            ("Frederick I, Count Palatine of Simmern", "died on", "1480-11-29"),
            ("Frederick I, Count Palatine of Simmern", "married", "Margaret of Guelders"),
            ("Margaret of Guelders", "daughter of", "Duke Arnold"),
            ("Frederick I, Count Palatine of Simmern", "died in", "Simmern"),
        },
    ),
    (
        "John Adams (merchant)",
        "John Adams( 1672 or 1673 – 1745) was an American- born Canadian merchant and member of the Nova Scotia "
        "Council. He was the father- in- law of Henry Newton( politician).",
        {
            ("John Adams (merchant)", "member of", "Nova Scotia Council"),
            ("John Adams (merchant)", "father-in-law of", "Henry Newton"),
        },
    ),
    (
        "Efren Reyes Sr.",
        "Efren Ongpin Reyes Sr.( June 18, 1924 – February 11, 1968) was a Filipino actor and director. "
        "He was the father of Efren Reyes Jr.",
        {
            ("Efren Reyes Sr.", "born on", "1924-06-18"),
            ("Efren Reyes Sr.", "father of", "Efren Reyes Jr."),
            ("Efren Reyes Sr.", "is a", "director"),
        },
    ),
    (
        "Las Aventuras de Pikín",
        "Las Aventuras de Pikín is a 1977 Argentine family adventure film directed and written by Alberto Abdala with "
        "Jorge Falcón. The cinematography was performed by Américo Hoss.",
        {
            ("Las Aventuras de Pikín", "directed by", "Alberto Abdala"),
            ("Las Aventuras de Pikín", "written by", "Alberto Abdala"),
            ("Las Aventuras de Pikín", "cinematography performed by", "Américo Hoss"),
        },
    ),
    (
        "Killer: Dead or Alive",
        "Killer: Dead or Alive is a 2006 thriller film that was directed by Scott Shaw. "
        "The film was shot in Hollywood.",
        {
            ("Killer: Dead or Alive", "directed by", "Scott Shaw"),
            ("Killer: Dead or Alive", "is a", "2006 thriller film"),
            ("Killer: Dead or Alive", "shot in", "Hollywood"),
        },
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), PASSAGES, ids=[title for title, _, _ in PASSAGES])
def test_a_real_passage_says_what_a_reader_would_say(
    extractor: SpacyExtractor, title: str, text: str, expected: set[tuple[str, str, str]]
) -> None:
    assert expected <= said(read(extractor, text, title))


def test_mentions_carry_the_full_name_their_form_and_one_type(extractor: SpacyExtractor) -> None:
    title, text, _ = PASSAGES[4]
    extraction = read(extractor, text, title)
    forms = {(text[m.start : m.end], m.form, m.name) for m in extraction.mentions}
    assert ("Forbidden Ground", "alias", title) in forms
    assert ("Battle Ground", "alias", title) in forms
    assert ("It", "pronoun", title) in forms
    assert ("Earl", "alias", "Johan Earl") in forms
    types = {m.name: m.type for m in extraction.mentions}
    assert types[title] == "WORK"
    assert types["Travis Spiteri"] == "PERSON"
    assert all(m.type == types[m.name] and m.type in TYPES for m in extraction.mentions)


def test_a_brackets_dates_belong_to_the_name_before_it(extractor: SpacyExtractor) -> None:
    text = "François Leterrier (born 26 May 1929 in Paris, France) is a French film director."
    found = said(read(extractor, text, "François Leterrier"))
    assert ("François Leterrier", "born on", "1929-05-26") in found
    assert ("François Leterrier", "born in", "Paris") in found


def test_what_a_noun_names_is_said_of_the_one_who_is_it(extractor: SpacyExtractor) -> None:
    found = said(read(extractor, "He was born in Lahore. His wife, Mary Grant, wrote a letter.", "Dara Singh"))
    assert ("Dara Singh", "born in", "Lahore") in found
    assert ("Mary Grant", "wife of", "Dara Singh") in found


def test_negated_and_hedged_clauses_are_flagged(extractor: SpacyExtractor) -> None:
    text = "Anna Bell was not born in Paris. She may have married Peter Smith in 1999."
    flags = {t.relation: t.flags for t in read(extractor, text).triples}
    assert flags["born in"] == ("negated",)
    assert flags["married"] == ("hedged",)
    text = "Bela Koss is believed to be the son of Otto Koss."
    assert {t.flags for t in read(extractor, text).triples if t.relation == "son of"} == {("hedged",)}


def test_a_pronoun_of_the_other_gender_is_not_the_subject(extractor: SpacyExtractor) -> None:
    text = "Anna Bell was an American actress. She married John Smith in 1950. He was born in Boston."
    found = said(read(extractor, text, "Anna Bell"))
    assert ("Anna Bell", "born in", "Boston") not in found
    assert ("John Smith", "born in", "Boston") in found


def test_a_part_of_an_untitled_work_is_said_of_nothing(extractor: SpacyExtractor) -> None:
    text = "Las Aventuras de Pikín is a 1977 Argentine family adventure film directed and written by Alberto Abdala "
    text += "with Jorge Falcón. The cinematography was performed by Américo Hoss."
    assert all(triple.head and triple.tail for triple in read(extractor, text).triples)


def test_dates_are_values_and_never_entities(extractor: SpacyExtractor) -> None:
    extraction = read(extractor, "Anna Bell was born on 5 May 1950 in Paris. She died in June 1999.")
    assert not any(character.isdigit() for m in extraction.mentions for character in m.name)
    values = {t.tail for t in extraction.triples if isinstance(t.tail, Value)}
    assert {(v.datatype, v.normal) for v in values} >= {("date", "1950-05-05"), ("date", "1999-06")}


def everything_holds(item: Document, extraction: Extraction) -> None:
    size = len(item.text)
    for mention in extraction.mentions:
        assert 0 <= mention.start < mention.end <= size
        assert item.text[mention.start : mention.end] == mention.text
        assert mention.name
        assert 0.0 <= mention.confidence <= 1.0
    for triple in extraction.triples:
        assert 0 <= triple.start < triple.end <= size
        assert triple.head
        assert triple.relation == triple.relation.strip()
        assert triple.tail
        assert 0.0 <= triple.confidence <= 1.0


PIECES = st.sampled_from(
    [
        *(text for _, text, _ in PASSAGES),
        "(", ")", '"', " (born 5 May 1950)", "- ", "\n\n", "\ud800", "\x00", "’s", "é", "𝔘", "\u200b", "1950",
        " of ", "Duke",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(max_size=30), PIECES), max_size=6), st.one_of(st.text(max_size=20), PIECES))
def test_any_text_gives_spans_that_slice_back(extractor: SpacyExtractor, parts: list[str], title: str) -> None:
    item = document("".join(parts), title)
    for chunks in (whole(item), halved(item)):
        everything_holds(item, next(extractor([chunks])))


def test_the_same_whatever_the_batch(extractor: SpacyExtractor) -> None:
    pairs: list[tuple[Document, Sequence[Chunk]]] = [
        halved(document(text, title, f"mem:{title}")) for title, text, _ in PASSAGES
    ]
    pairs.insert(3, (document("", "Empty"), []))
    together = list(extractor(iter(pairs)))
    assert len(together) == len(pairs)
    assert together == [next(extractor([pair])) for pair in pairs]
    assert together[::-1] == list(extractor(pairs[::-1]))
    assert together[3] == Extraction(subject="Empty")


def test_offsets_are_the_documents_not_the_chunks(extractor: SpacyExtractor) -> None:
    text = "Anna Bell lives in Rome.\n\nPeter Smith was born in Oslo."
    item = document(text)
    extraction = next(extractor([(item, [Chunk.make(item, 0, 26), Chunk.make(item, 26, len(text), position=1)])]))
    assert {text[m.start : m.end] for m in extraction.mentions} >= {"Anna Bell", "Rome", "Peter Smith", "Oslo"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Conti was crowned by Pope Adrian IV in Rome.", "Pope Adrian IV"),
        ("He was the son of a Founding Father of the United States.", "United States"),
        ("The Warsaw-born chemist Marie Curie won a prize.", "Warsaw"),
    ],
)
def test_a_name_is_taken_whole(extractor: SpacyExtractor, text: str, name: str) -> None:
    assert name in {text[m.start : m.end] for m in read(extractor, text).mentions}


def test_an_adjective_of_nationality_is_no_name(extractor: SpacyExtractor) -> None:
    extraction = read(extractor, "X is a 2013 Australian action drama film, starring Johan Earl.", "X")
    assert ("X", "is", "Australian") in said(extraction)
    assert "Australian" not in {mention.text for mention in extraction.mentions}


def test_a_rulers_numeral_ends_a_sentence(extractor: SpacyExtractor) -> None:
    text = "He was the second son of Emperor Lothair I. Lothair II was married to Teutberga. He met Henry I. Smith."
    found = {text[m.start : m.end] for m in read(extractor, text).mentions}
    assert {"Lothair I.", "Lothair II", "Henry I. Smith"} <= found | {name + "." for name in found}


def test_no_one_is_born_as_a_son(extractor: SpacyExtractor) -> None:
    found = said(read(extractor, "Oskar Roehler was born in Starnberg as the son of writer Gisela Elsner."))
    assert ("Oskar Roehler", "son of", "Gisela Elsner") in found
    assert not [triple for triple in found if triple[1] == "born as"]


def test_the_fingerprint_names_model_and_rules_and_is_stable(extractor: SpacyExtractor) -> None:
    assert extractor.fingerprint.startswith("spacy en_clew ")
    assert "rules" in extractor.fingerprint
    assert SpacyExtractor().fingerprint == extractor.fingerprint


def test_a_missing_or_damaged_model_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no_such_model"):
        SpacyExtractor("no_such_model")
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = ", encoding="utf-8")
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        SpacyExtractor(tmp_path)
