"""Kinship has a direction and a length."""

import pytest

from clew.graph.model import Triple
from clew.retrieval.reasoning.kinship import fits, rises, steps


@pytest.mark.parametrize(
    ("relation", "forward", "step"),
    [
        ("son of", True, 1),
        ("son of", False, -1),
        ("second daughter of", True, 1),
        ("father of", True, -1),
        ("mother of", False, 1),
        ("born to", True, 1),
        ("directed by", True, 0),
        ("of", True, 0),
    ],
)
def test_a_relation_rises_to_parents(relation: str, forward: bool, step: int) -> None:
    assert rises(relation, forward=forward) == step


def path(*relations: str) -> list[Triple]:
    return [Triple.make(f"e{number}", relation, f"e{number + 1}") for number, relation in enumerate(relations)]


@pytest.mark.parametrize(
    ("cue", "relations", "forward", "fitting"),
    [
        ("father", ["son of"], [True], True),
        ("father", ["son of"], [False], False),
        ("daughter", ["son of"], [False], True),
        ("grandfather", ["son of"], [True], False),
        ("grandfather", ["son of", "son of"], [True, True], True),
        ("grandfather", ["son of", "son of"], [True, False], False),
        ("grandfather", ["grandson of"], [True], True),
        ("mother-in-law", ["wife of", "son of"], [True, True], True),
        ("mother-in-law", ["daughter of"], [True], False),
        ("uncle", ["son of", "brother of"], [True, False], True),
        ("director", ["directed by"], [True], True),
    ],
)
def test_a_path_fits_what_is_asked(cue: str, relations: list[str], forward: list[bool], fitting: bool) -> None:
    assert fits([cue], path(*relations), forward) is fitting


def test_a_question_that_goes_both_ways_is_left_alone() -> None:
    assert fits(["mother", "son"], path("son of", "father of"), [True, True])


def test_how_many_triples_a_word_asks_for() -> None:
    assert [steps(cue) for cue in ("father", "grandfather", "sister-in-law", "aunt", "director")] == [1, 2, 2, 2, 1]
