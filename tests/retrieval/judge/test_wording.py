"""One word in other forms."""

from __future__ import annotations

import pytest

from clew.retrieval.judge.wording import meaning, same_word


@pytest.mark.parametrize(
    ("one", "other"),
    [("transfer", "transferred"), ("stopped", "stop"), ("chairs", "chaired"), ("own", "owner"), ("refer", "referring")],
)
def test_forms_of_one_word(one: str, other: str) -> None:
    assert same_word(one, other)
    assert same_word(other, one)


@pytest.mark.parametrize(("one", "other"), [("car", "carpet"), ("transfer", "transform"), ("port", "portrait")])
def test_other_words(one: str, other: str) -> None:
    assert not same_word(one, other)


def test_owning_is_no_function_word() -> None:
    assert meaning("Who owns Orin Ltd?")[0] == "own"
