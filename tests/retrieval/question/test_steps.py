"""Questions of several steps are taken apart by their own syntax, also where the parser mistakes a verb for a noun."""

from __future__ import annotations

from functools import cache

import pytest

from clew.ingest.parser import SHIPPED
from clew.question_syntax import question_parser
from clew.retrieval.question.steps import first_step
from clew.retrieval.question.syntax import Parse


@cache
def _parse() -> Parse:
    return question_parser(SHIPPED)


@pytest.mark.parametrize(
    ("question", "asks", "then"),
    [
        ("Who leads the team that owns Harbour?", "Which team owns Harbour?", "Who leads Vega?"),
        ("Who trained the person who trained Ida Lund?", "Which person trained Ida Lund?", "Who trained Vega?"),
        (
            "What does a jar of the jam made by Ida Lund cost in June?",
            "What is the jam made by Ida Lund?",
            "What does a jar of Vega cost in June?",
        ),
        ("What does a day with the tent that the ranger lost cost?", "Which tent did the ranger lose?", ""),
        ("How much does the book by the poet who broke her arm cost?", "Which poet broke her arm?", ""),
        (
            "In which year was the cheese first made that won gold?",
            "Which cheese won gold?",
            "In which year was Vega first made?",
        ),
        ("What model is the van whose mirror got lost?", "Which van's mirror got lost?", "What model is Vega?"),
    ],
)
def test_the_described_thing_is_asked_for_first(question: str, asks: str, then: str) -> None:
    step = first_step(_parse()(question))
    assert step is not None
    assert step.asks == asks
    if then:
        assert step.put_in(question, "Vega") == then


def test_a_mere_number_keeps_its_noun() -> None:
    question = "Who rents the flat that was damaged by water?"
    step = first_step(_parse()(question))
    assert step is not None
    assert step.put_in(question, "4") == "Who rents flat 4?"
    assert step.put_in(question, "flat 4") == "Who rents flat 4?"
    assert step.put_in(question, "Garden Wing") == "Who rents Garden Wing?"


@pytest.mark.parametrize("question", ["Who leads Vega?", "What does Ida Lund sell?", "When was Vega made?", ""])
def test_a_plain_question_has_no_step(question: str) -> None:
    assert first_step(_parse()(question)) is None
