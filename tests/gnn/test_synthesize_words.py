"""The words of made questions: forms, relation names understood, and phrases for names nobody foresaw."""

from __future__ import annotations

import random
import re

import pytest

from clew.gnn.questions.grammar import base_form, looks_like, numbered, plural, present, sort_value
from clew.gnn.questions.phrases import end_kinds, known, sides_of, split_name
from clew.gnn.questions.templates import SEEDS, Place, said, word_path


@pytest.mark.parametrize(
    ("past", "base"),
    [
        ("directed", "direct"),
        ("wrote", "write"),
        ("produced", "produce"),
        ("composed", "compose"),
        ("starred", "star"),
        ("married", "marry"),
        ("published", "publish"),
        ("located", "locate"),
        ("founded", "found"),
        ("created", "create"),
        ("played", "play"),
        ("appeared", "appear"),
        ("released", "release"),
        ("owned", "own"),
        ("died", "die"),
        ("shared", "share"),
        ("received", "receive"),
        ("designed", "design"),
        ("discovered", "discover"),
        ("moved", "move"),
        ("joined", "join"),
        ("portrayed", "portray"),
        ("ruled", "rule"),
        ("studied", "study"),
        ("remained", "remain"),
        ("participated", "participate"),
        ("succeeded", "succeed"),
        ("worked", "work"),
        ("edited", "edit"),
        ("visited", "visit"),
        ("painted", "paint"),
        ("retired", "retire"),
        ("raised", "raise"),
        ("served", "serve"),
        ("helmed", "helm"),
        ("attended", "attend"),
        ("treated", "treat"),
        ("star", "star"),
        ("co-wrote", "co-write"),
    ],
)
def test_base_form(past: str, base: str) -> None:
    assert base_form(past) == base


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("film", "films"),
        ("person", "people"),
        ("country", "countries"),
        ("place of birth", "places of birth"),
        ("wife", "wives"),
        ("child", "children"),
        ("boss", "bosses"),
        ("cast member", "cast members"),
        ("brother or sister", "brothers or sisters"),
        ("mother-in-law", "mothers-in-law"),
        ("city", "cities"),
        ("day", "days"),
    ],
)
def test_plural(noun: str, expected: str) -> None:
    assert plural(noun) == expected


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("1998", "year"),
        ("13 January 1980", "date"),
        ("1980-01-13", "date"),
        ("January 13, 1980", "date"),
        ("42.5", "number"),
        ("1,200,300", "number"),
        ("Apollo 13", "text"),
        ("Paris", "text"),
        ("", "text"),
    ],
)
def test_looks_like(text: str, look: str) -> None:
    assert looks_like(text) == look


def test_times_order_across_their_forms() -> None:
    texts = ["3 March 1875", "1875-11-02", "1876", "January 5, 1901", "1901-01-06"]
    values = [sort_value(text) for text in texts]
    assert all(value is not None and value[0] == "time" for value in values)
    assert values == sorted(values)  # type: ignore[type-var]
    assert sort_value("1,000") == ("number", 1000.0)
    assert sort_value("Rome") is None


@pytest.mark.parametrize(
    ("relation", "noun"),
    [
        ("directed_by", "director"),
        ("starred_actors", "actor"),
        ("has_genre", "genre"),
        ("release_year", "release year"),
        ("in_language", "language"),
        ("has_tags", "topic"),
        ("written_by", "writer"),
        ("music written by", "composer"),
        ("people.person.place_of_birth", "place of birth"),
        ("place_of_birth", "place of birth"),
        ("causeOfDeath", "cause of death"),
        ("http://example.org/ns#birthPlace", "place of birth"),
        ("spouse", "spouse"),
        ("children", "child"),
        ("son of", "parent"),
        ("has parents", "parent"),
        ("educated at", "school"),
        ("record_label", "record label"),
        ("people.deceased_person.cause_of_death", "cause of death"),
        ("capital", "capital"),
        ("owned by", "owner"),
        ("population", "population"),
    ],
)
def test_relation_names_are_understood(relation: str, noun: str) -> None:
    assert known(relation)
    assert sides_of(relation, False, True).nouns[0].partition("@")[0] == noun


@pytest.mark.parametrize("relation", ["father of", "directed", "capital of", "wife of", "wrote", "founder of"])
def test_names_told_from_the_other_end_are_turned(relation: str) -> None:
    nouns = sides_of(relation, False, False).nouns
    assert nouns[0].partition("@")[0] in {"father", "director", "capital", "spouse", "writer", "founder"}


def test_a_place_or_a_date_decides_what_born_in_means() -> None:
    assert "where <was> {} born" in sides_of("born in", False, True).asks
    assert "when <was> {} born" in sides_of("born in", True, True).asks


def test_names_split_into_words() -> None:
    assert split_name("people.person.placeOfBirth") == "people person place of birth"
    assert split_name("HTTPServer_name") == "http server name"
    assert end_kinds("directed_by", False) == ("film", "person")
    assert end_kinds("directed", False) == ("person", "film")


def spoken(relation: str, *, ahead: bool = True) -> set[str]:
    side = sides_of(relation, False, ahead)
    place = Place(side, side.kind, False, False)
    rng = random.Random(5)
    return {word_path(rng, "thing", [place]).replace(SEEDS[0], "X") for _ in range(400)}


@pytest.mark.parametrize(
    ("relation", "ahead", "sentence"),
    [
        ("directed_by", True, "who directed X"),
        ("directed_by", False, "what did X direct"),
        ("glued to", True, "what was X glued to"),
        ("glued to", False, "what was glued to X"),
        ("located_in", True, "where is X located"),
        ("zapped in", True, "where was X zapped"),
        ("zapped by", True, "who zapped X"),
        ("wing span", True, "what is the wing span of X"),
        ("wing span", False, "what has the wing span X"),
        ("keeper of", True, "what is X the keeper of"),
        ("keeper of", False, "what is the keeper of X"),
    ],
)
def test_what_people_would_say_is_said(relation: str, ahead: bool, sentence: str) -> None:
    assert sentence in spoken(relation, ahead=ahead)


@pytest.mark.parametrize(
    "relation", ["", "_", "P123", "a.b.c", "of", "by", "is", "has", "___of", "日本", "ed", "{} {}", "x" * 300]
)
def test_odd_relation_names_still_make_questions(relation: str) -> None:
    for ahead in (True, False):
        assert all("X" in question and "<" not in question for question in spoken(relation, ahead=ahead))


def test_names_keep_their_place_in_every_register() -> None:
    for seed in range(200):
        text, spans = said(
            random.Random(seed), f"who is 's  the {SEEDS[1]}'s and {SEEDS[0]}", ["The A's", SEEDS[0] + "b"]
        )
        first, second = (text[start:end] for start, end in spans)
        assert first.lower() == "the a's"
        assert second == SEEDS[0] + "b"


def paths_said(*steps: tuple[str, bool], seed_kind: str, count: int = 6000) -> set[str]:
    """Questions over these relations, in lower case, with X for the seed; steps that turn back are marked so."""
    rng = random.Random(11)
    found = set()
    for _ in range(count):
        places = []
        for place, (relation, ahead) in enumerate(steps):
            side = sides_of(relation, False, ahead)
            back = place > 0 and steps[place - 1] == (relation, not ahead)
            kind = "film" if side.kind == "work" else side.kind
            places.append(Place(side, kind, rng.random() < 0.6, back))
        found.add(word_path(rng, seed_kind, places).replace(SEEDS[0], "X"))
    return found


@pytest.mark.parametrize(
    ("steps", "seed_kind", "parts"),
    [
        (
            [("directed_by", False), ("has_genre", True)],
            "person",
            ["X directed films", "X-directed movies", "director X", "the filmmaker X"],
        ),
        ([("starred_actors", False), ("written_by", True)], "person", ["X starred movies", "starred by X"]),
        (
            [("directed_by", True), ("directed_by", False)],
            "film",
            [
                "the film X",
                "movie X",
                "the X director",
                "also directed which films",
                "the director of X is also the director of which movies",
            ],
        ),
        (
            [("starred_actors", True), ("starred_actors", False), ("release_year", True)],
            "film",
            ["whose actors also appear in X", "share actors with X", "were released in which years"],
        ),
        (
            [("written_by", False), ("written_by", True)],
            "person",
            ["co-wrote films with", "worked together with", "shared a film with"],
        ),
        ([("starred_actors", False), ("starred_actors", True)], "person", ["acted together with X", "co-starred with"]),
        (
            [("starred_actors", True), ("starred_actors", False), ("directed_by", True)],
            "film",
            ["of X's actor's film", "directed by who"],
        ),
        ([("born in", False), ("spouse", True)], "place", ["X-born people", "the town of X"]),
    ],
)
def test_plain_english_forms_are_said(steps: list[tuple[str, bool]], seed_kind: str, parts: list[str]) -> None:
    spoken_forms = paths_said(*steps, seed_kind=seed_kind)
    missing = [part for part in parts if not any(part in question for question in spoken_forms)]
    assert not missing
    assert not any("@" in question or "<" in question or "{" in question for question in spoken_forms)


def test_a_clause_moves_to_the_end_of_its_question() -> None:
    found = paths_said(("directed_by", True), ("directed_by", False), ("release_year", True), seed_kind="film")
    assert any(re.search(r"when did the (films|movies) (release|come out) whose", question) for question in found)


def test_predicates_agree_in_number_and_tense() -> None:
    assert numbered("<WAS> a star of {}", True) == "<WAS> stars of {}"
    assert numbered("<WAS> the writer of {}", True) == "<WAS> the writers of {}"
    assert numbered("<WAS> a star of {}", False) == "<WAS> a star of {}"
    assert present("directed {}", False) == "directs {}"
    assert present("appeared in {}", True) == "appear in {}"
    assert present("<WAS> in {}", True) == "were in {}"
