"""Made questions in other words: no name leaves, none is lost, and no answer slips in."""

from __future__ import annotations

import pytest

from clew.gnn.example import Example
from clew.gnn.questions.reword import mask, reworded

NAMES = {"a": "Airheads", "b": "Lund", "m": "Michael Lehmann"}


def example(question, *seeds, answers=("m",)):
    spans = tuple((question.index(NAMES[seed]), question.index(NAMES[seed]) + len(NAMES[seed])) for seed in seeds)
    return Example(question, spans, tuple(seeds), answers, (("directed by", True),))


ONE = example("who directed Airheads?", "a")
TWO = example("who was born in Lund and directed Airheads", "a", "b")


def say(wording, *examples):
    seen = []

    def reword(texts):
        seen.extend(texts)
        return [wording] * len(texts)

    return *reworded(examples or (ONE,), reword, NAMES.__getitem__), seen


def test_a_wording_keeps_seeds_spans_and_answers():
    (one,), counts, seen = say("By whom was  [A] made?")
    assert seen == ["who directed [A]?"]
    assert one.question == "By whom was Airheads made?"
    assert [one.question[start:end] for start, end in one.spans] == ["Airheads"]
    assert (one.seeds, one.answers, one.path) == (ONE.seeds, ONE.answers, ONE.path)
    assert counts == {"reworded": 1}


def test_two_seeds_may_change_places():
    (two,), _, seen = say("[A]'s director, born in [B]: who?", TWO)
    assert seen == ["who was born in [B] and directed [A]"]
    assert two.question == "Airheads's director, born in Lund: who?"
    assert [two.question[start:end] for start, end in two.spans] == ["Airheads", "Lund"]


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        ("", "without a wording"),
        ("who directed [A]?", "in the same words"),
        ("who made it?", "without the seed's name"),
        ("who made [A], [A]?", "without the seed's name"),
        ("who made [A] in [B]?", "without the seed's name"),
        ("[A] " + "very " * 80, "without the seed's name"),
        ("did michael lehmann direct [A]?", "with the answer's name"),
    ],
)
def test_any_other_wording_is_dropped_and_counted(wording, why):
    (one,), counts, _ = say(wording)
    assert one == ONE
    assert counts == {why: 1}


def test_equal_questions_are_asked_once_and_odd_ones_never():
    odd = Example("what is [A]?", ((8, 11),), ("a",), ("m",))
    kept, counts, seen = say("[A] was made by whom?", ONE, ONE, odd)
    assert seen == ["who directed [A]?"]
    assert mask(odd) == ""
    assert kept[2] == odd
    assert counts == {"reworded": 2, "without a wording": 1}
