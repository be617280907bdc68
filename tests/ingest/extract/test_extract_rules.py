"""The parts of the extractor that need no model: dates, numbers, cleaning, verb forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.extract.names.cleaning import clean, find_lead, plain_title
from clew.ingest.extract.names.dates import date_in, number_value, token_dates, typed_value
from clew.ingest.extract.rules.word_lists import noun_type, past


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("11 November 875", "0875-11-11"),
        ("November 11, 1875", "1875-11-11"),
        ("Nov. 1875", "1875-11"),
        ("1875-11-11", "1875-11-11"),
        ("1875", "1875"),
        ("5th May 1950", "1950-05-05"),
    ],
)
def test_a_cell_that_is_a_date_is_one(text: str, normal: str) -> None:
    value = typed_value(text)
    assert value is not None
    assert (value.text, value.datatype, value.normal) == (text, "date", normal)


@pytest.mark.parametrize(
    ("text", "normal"), [("12", "12"), ("1,234,567.50", "1234567.5"), ("-0.5", "-0.5"), ("three", "3"), ("007", "7")]
)
def test_a_cell_that_is_a_number_is_one(text: str, normal: str) -> None:
    value = number_value(text)
    assert value is not None
    assert (value.datatype, value.normal) == ("number", normal)


@pytest.mark.parametrize("text", ["", "Paris", "1984 (novel)", "May", "45 May 1950", "12 apples", "3.1.4", "٣٤"])
def test_any_other_cell_is_not_a_value(text: str) -> None:
    assert typed_value(text) is None


def test_dates_among_tokens() -> None:
    words = [
        "He",
        "was",
        "born",
        "on",
        "5",
        "May",
        "1950",
        ",",
        "moved",
        "in",
        "June",
        "1970",
        "and",
        "died",
        "on",
        "July",
        "4",
        ",",
        "1999",
        "aged",
        "49",
        "in",
        "2000",
        ".",
    ]
    found = token_dates(words, [word.lower() for word in words])
    assert [normal for _, _, normal in found] == ["1950-05-05", "1970-06", "1999-07-04", "2000"]
    assert [words[first:last] for first, last, _ in found][2] == ["July", "4", ",", "1999"]


@given(st.text(max_size=60))
def test_dates_are_found_in_any_text_without_harm(text: str) -> None:
    found = date_in(text)
    assert found is None or (0 <= found.start < found.end <= len(text) and found.normal)
    words = text.split()
    for first, last, normal in token_dates(words, [word.lower() for word in words]):
        assert 0 <= first < last <= len(words)
        assert normal


def test_a_lead_with_its_brackets_becomes_a_plain_sentence() -> None:
    text = "Eduardo De Filippo( 24 May 1900 – 31 October 1984), also known simply as Eduardo was an actor."
    cleaned = clean(text, title="Eduardo De Filippo")
    assert cleaned.text == "It was an actor."
    assert cleaned.lead == (0, 18)
    assert [text[aside.start : aside.end] for aside in cleaned.asides] == [" 24 May 1900 – 31 October 1984", "Eduardo"]
    start, end = cleaned.span(10, 15)
    assert text[start:end] == "actor"


def test_a_hyphens_stray_blank_and_dated_brackets_go() -> None:
    text = "Al- Qeed wrote Foo (1999) in post- war and pre- and late Rome."
    cleaned = clean(text)
    assert cleaned.text == "Al-Qeed wrote Foo in post-war and pre- and late Rome."
    place = cleaned.text.index("Al-Qeed")
    assert text[slice(*cleaned.span(place, place + 7))] == "Al- Qeed"
    place = cleaned.text.index("Rome")
    assert text[slice(*cleaned.span(place, place + 4))] == "Rome"


@given(st.text(max_size=80), st.text(max_size=20))
def test_every_clean_character_comes_from_the_text(text: str, title: str) -> None:
    cleaned = clean(text, title=title)
    for index in range(cleaned.replaced + 1 if cleaned.replaced else 0, len(cleaned.text)):
        origin = cleaned.origin(index)
        assert text[origin] == cleaned.text[index] or "\ud800" <= text[origin] <= "\udfff"


def test_the_lead_may_be_fuller_than_the_title() -> None:
    text = "Richard Colley Wesley, 1st Baron Mornington (– 31 January 1758) was an Irish peer."
    assert find_lead(text, "Richard Wesley, 1st Baron Mornington") == (0, 43)
    assert find_lead("Nothing of the kind is here.", "Richard Wesley") is None
    assert plain_title("Lothair (novel)") == "Lothair"
    assert plain_title("(500) Days of Summer") == "(500) Days of Summer"


def test_past_forms_and_noun_types() -> None:
    assert [
        past(verb) for verb in ("marry", "play", "write", "direct", "star", "produce", "deter", "visit", "need", "beat")
    ] == [*("married", "played", "wrote", "directed", "starred", "produced", "deterred", "visited", "needed", "beat")]
    assert [noun_type(noun) for noun in ("actress", "film", "band", "river", "violinist", "idea")] == [
        *("PERSON", "WORK", "ORGANISATION", "PLACE", "PERSON", "")
    ]
