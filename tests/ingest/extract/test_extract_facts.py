"""Open facts: clauses, implied facts, flags, pronouns, and what must hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.graph.model import Chunk, Document
from clew.ingest.extract.facts.facts import Fact, facts
from clew.ingest.extract.local import SpacyExtractor


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor(batch_size=4)


def read(extractor: SpacyExtractor, text: str) -> list[Fact]:
    return facts(text, next(extractor.parses([text])))


def said(found: list[Fact]) -> set[tuple[str, str, str]]:
    return {(fact.subject.text, fact.predicate.text, fact.object.text) for fact in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna Bell founded a small company.", ("Anna Bell", "founded", "a small company")),
        ("The committee attempted to popularize the game.", ("The committee", "attempted to popularize", "the game")),
        ("He worked as a teacher.", ("He", "worked as", "a teacher")),
        ("The station was renamed and sold to a bank.", ("The station", "was sold to", "a bank")),
        ("Anna said that the bridge had collapsed.", ("Anna", "said that", "the bridge had collapsed")),
        ("Oslo is the capital of Norway.", ("Oslo", "is", "the capital of Norway")),
        ("The agreement is subject to approval.", ("The agreement", "is subject to", "approval")),
        ("Anna Bell, a teacher from Rome, resigned.", ("Anna Bell", "is", "a teacher from Rome")),
        ("The company that makes engines moved to Oslo.", ("The company", "makes", "engines")),
        ("They sold the company founded by Anna Bell.", ("the company", "was founded by", "Anna Bell")),
        ("The teacher bought a house and she painted it.", ("The teacher", "painted", "it")),
    ],
)
def test_a_clause_becomes_a_fact_of_whole_phrases(
    extractor: SpacyExtractor, text: str, expected: tuple[str, str, str]
) -> None:
    assert expected in said(read(extractor, text))


def test_time_place_and_quantity_are_told_apart(extractor: SpacyExtractor) -> None:
    found = read(extractor, "Anna Bell married Peter Smith in Rome on 5 May 1950.")
    fact = next(fact for fact in found if fact.predicate.text == "married")
    assert (fact.subject.text, fact.object.text) == ("Anna Bell", "Peter Smith")
    assert [(kind, phrase.text) for kind, phrase in fact.others] == [("place", "in Rome"), ("time", "on 5 May 1950")]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Anna Bell did not marry Peter.", "negated"),
        ("Anna Bell never left Rome.", "negated"),
        ("Anna Bell may marry Peter.", "hedged"),
        ("Anna Bell reportedly sold the house.", "hedged"),
        ("According to the police, Anna Bell sold the house.", "attributed:the police"),
    ],
)
def test_a_fact_that_is_denied_doubted_or_reported_says_so(extractor: SpacyExtractor, text: str, flag: str) -> None:
    found = read(extractor, text)
    assert any(flag in fact.flags for fact in found if fact.object.text)
    assert not any(fact.flags == () and fact.form == "object" for fact in found)


def test_what_somebody_says_is_attributed(extractor: SpacyExtractor) -> None:
    found = read(extractor, "The mayor said that the company had sold the bridge.")
    fact = next(fact for fact in found if fact.predicate.text == "had sold")
    assert fact.flags == ("attributed:The mayor",)


def test_confidence_is_higher_for_a_plain_clause_than_for_a_guess(extractor: SpacyExtractor) -> None:
    found = read(extractor, "Anna Bell founded a company and bought the mayor's house.")
    by_form = {fact.form: fact.confidence for fact in found}
    assert by_form["object"] > by_form["possessor"]


SALAD = [
    *(
        "Anna",
        "Bell",
        "who",
        "that",
        "of",
        "by",
        "in",
        "and",
        "founded",
        "is",
        "was",
        "not",
        "to",
        "born",
        "1950",
        "the",
    ),
    *(",", ".", ";", "(", ")", '"', "'s", "-", "–", "ö", "\u200b", "日本", "\n", "\t", "CEO", "-born", "Rome", "may"),
    *("the", "said", "if", "her", "they", "a", "directed", "song", "", "his", "wife", "three", "which", "St.", "II"),
]


def check(text: str, found: list[Fact]) -> None:
    for fact in found:
        assert 0.0 <= fact.confidence <= 1.0
        assert 0 <= fact.start < fact.end <= len(text)
        for phrase in (fact.subject, fact.predicate, fact.object, *(phrase for _, phrase in fact.others)):
            for start, end in phrase.spans:
                assert fact.start <= start < end <= fact.end
            words = " ".join(text[start:end] for start, end in phrase.spans)
            assert phrase.text.endswith(words)  # an implied word may stand before them


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_unicode_gives_facts_whose_spans_lie_in_the_text(extractor: SpacyExtractor, text: str) -> None:
    check(text, read(extractor, text))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(SALAD),
        max_size=40,
    ),
    st.text(max_size=12),
)
def test_any_salad_of_words_gives_valid_facts_and_extractions(
    extractor: SpacyExtractor, words: list[str], title: str
) -> None:
    text = " ".join(words)
    check(text, read(extractor, text))
    document = Document.make("mem:1", text, title=title)
    extraction = next(extractor([(document, [Chunk.make(document, 0, len(text))])]))
    for mention in extraction.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
    for triple in extraction.triples:
        assert 0 <= triple.start < triple.end <= len(text)
        assert 0.0 < triple.confidence <= 1.0


def test_tokenised_text_keeps_its_offsets_and_is_one_sentence(extractor: SpacyExtractor) -> None:
    text = "`` Anna Bell '' sold 3\\/4 of it -LRB- the house -RRB- to Peter ."
    parse = next(extractor.parses([text], tokenised=True))
    assert [text[start:end] for start, end in zip(parse.start, parse.end, strict=True)] == text.split()
    assert parse.words[0] == '"'
    assert set(parse.sentence) == {0}
    check(text, facts(text, parse))
