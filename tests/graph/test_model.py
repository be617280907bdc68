"""The stored nouns: ids that never move, names that are one name, counts that any order gives."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clew.graph.model import (
    Chunk,
    Document,
    Entity,
    Mention,
    ReasoningPath,
    Source,
    Triple,
    Value,
    count_entities,
    entity_id,
    name_key,
    stable_id,
)

anything = st.text(st.characters())  # lone surrogates too: broken input must not break an id


def test_ids_are_these_for_ever() -> None:
    assert stable_id("entity", "ada") == "edf005164366cc70bd8718f0"
    assert Document.make("a.txt", "x").id == stable_id("document", "a.txt")
    assert Triple.make("h", "r", "t").id == stable_id("triple", "h", "r", "t")


@given(st.lists(anything, max_size=4), st.lists(anything, max_size=4))
def test_ids_tell_parts_and_their_boundaries_apart(left: list[str], right: list[str]) -> None:
    assert (stable_id(*left) == stable_id(*right)) == (left == right)
    assert len(stable_id(*left)) == 24


@given(st.lists(anything, min_size=2, max_size=4))
def test_moving_a_boundary_changes_the_id(parts: list[str]) -> None:
    joined = [parts[0] + parts[1], "", *parts[2:]]
    assume(joined != parts)
    assert stable_id(*joined) != stable_id(*parts)


@given(anything)
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert entity_id(name_key(name)) == entity_id(name)


@given(st.text(st.sampled_from("the TẞİſK'’s()_-. \t\u0345\u0301\u2028ﬃ"), max_size=12))
def test_a_key_of_awkward_letters_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The Beatles", "  the  beatles' "),
        ("“Lothair”", "Lothair"),
        ("Lothair(novel)", "Lothair ( novel )"),
        ("Ada Lovelace's", "ADA LOVELACE"),
        ("Ｆｕｌｌ_width", "full width"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_share_a_key(left: str, right: str) -> None:
    assert name_key(left) == name_key(right)


@pytest.mark.parametrize(("left", "right"), [("Lothair", "Lothair (novel)"), ("Ada", "Adah"), ("C", "C++"), ("!", "?")])
def test_other_names_have_other_keys(left: str, right: str) -> None:
    assert entity_id(left) != entity_id(right)


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 3), max_size=5), st.randoms())
def test_a_name_does_not_depend_on_the_order_of_counting(counts: dict[str, int], random: object) -> None:
    shuffled = list(counts.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    left, right = Entity("id", counts, {}, counts), Entity("id", dict(shuffled), {}, dict(shuffled))
    assert (left.name, left.type, left.aliases) == (right.name, right.type, right.aliases)


def test_name_and_type_are_the_most_used() -> None:
    entity = Entity("id", {"Ada": 2, "ada": 1, "ADA": 2}, {"Countess": 9}, {"OTHER": 5, "PERSON": 2, "PLACE": 2})
    assert (entity.name, entity.type, entity.aliases) == ("ADA", "PERSON", ("Ada", "Countess", "ada"))
    assert (Entity("id").name, Entity("id", iri="http://x").name, Entity("id").type) == ("id", "http://x", "OTHER")


def _mention(text: str, name: str, form: str, type_: str = "PERSON") -> Mention:
    return Mention("c", "d", 0, len(text), text, type_, 1.0, entity_id(name), name, form)


def test_counting_mentions_in_any_order() -> None:
    mentions = [
        _mention("Ada Lovelace", "Ada Lovelace", "name"),
        _mention("Lovelace", "Ada Lovelace", "alias"),
        _mention("she", "Ada Lovelace", "pronoun", "OTHER"),
        _mention("ada lovelace", "ada lovelace", "name"),
    ]
    for order in itertools.permutations(mentions):
        (entity,) = count_entities(order).values()
        assert entity.names == {"Ada Lovelace": 3, "ada lovelace": 1}
        assert entity.short_forms == {"Lovelace": 1}
        assert entity.types == {"PERSON": 3}


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_chunk_slices_its_document(text: str, start: int, end: int) -> None:
    document = Document.make("a", text)
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    chunk = Chunk.make(document, start, end)
    assert document.text[chunk.start : chunk.end] == chunk.text


def test_a_document_keeps_its_id_and_changes_its_hash() -> None:
    first = Document.make("a.txt", "one", metadata={"x": "1", "y": "2"})
    assert Document.make("a.txt", "one", metadata={"y": "2", "x": "1"}) == first
    for other in (Document.make("a.txt", "two"), Document.make("a.txt", "one", metadata={"x": "1", "y": "3"})):
        assert other.id == first.id
        assert other.content_hash != first.content_hash


def test_values_of_one_meaning_are_one_tail() -> None:
    written, iso = Value("11 Nov 1875", "date", "1875-11-11"), Value("1875-11-11", "date", "1875-11-11")
    assert Triple.make("h", "r", written).id == Triple.make("h", "r", iso).id
    assert Value("1875").id != Value("1875", "number").id
    assert Value("chat", language="fr").id != Value("chat", language="en").id


@given(st.permutations([Source("d", "c", start, 9, confidence=start / 10) for start in range(4)]))
def test_sources_are_sorted_and_the_best_one_counts(sources: list[Source]) -> None:
    triple = Triple.make("h", "r", "t", tuple(sources))
    assert [source.start for source in triple.sources] == [0, 1, 2, 3]
    assert triple.confidence == pytest.approx(0.3)
    assert Triple.make("h", "r", "t").confidence == 0


def test_a_path_names_the_nodes_it_passes() -> None:
    triples = (Triple.make("film", "director", "ada"), Triple.make("bob", "spouse", "ada"))
    assert ReasoningPath(triples, (True, False)).nodes == ("film", "ada", "bob")
    assert ReasoningPath((), ()).nodes == ()
