"""CaRB's scorer on cases worked out by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    """`benchmarks/` is a folder of scripts, not a package."""
    path = Path(__file__).parents[3] / "benchmarks" / "carb_score.py"
    spec = importlib.util.spec_from_file_location("carb_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["carb_score"] = module
    spec.loader.exec_module(module)
    return module


carb = _load()
Tuple = carb.Tuple


def test_words_match_part_by_part_as_often_as_both_have_them() -> None:
    gold = Tuple("was born in", ("Marie Curie", "Warsaw", "in 1867"))
    said = Tuple("was born", ("Marie", "in Warsaw"))
    # relation 2 of 2 and 3; first argument 1 of 1 and 2; the rest "Warsaw in 1867" shares "in" and "Warsaw"
    assert carb.match(gold, said) == (pytest.approx(5 / 5), pytest.approx(5 / 8))


def test_a_repeated_word_counts_once_for_each_time_that_both_have_it() -> None:
    assert carb.match(Tuple("is", ("the the", "x")), Tuple("is", ("the", "x x"))) == (3 / 4, 3 / 4)


def test_relations_that_share_no_word_do_not_match() -> None:
    assert carb.match(Tuple("likes", ("A", "B")), Tuple("loves", ("A", "B"))) == (0.0, 0.0)


def test_an_extraction_without_second_argument_matches_only_a_gold_without_one() -> None:
    assert carb.match(Tuple("sleeps", ("A", "here")), Tuple("sleeps", ("A",))) == (0.0, 0.0)
    assert carb.match(Tuple("sleeps", ("A",)), Tuple("sleeps", ("A",))) == (1.0, 1.0)


def test_a_bare_be_stands_for_its_forms() -> None:
    assert carb.match(Tuple("was", ("A", "B")), Tuple("be", ("A", "B"))) == (1.0, 1.0)


def test_speaker_and_speech_may_be_in_either_order() -> None:
    gold = Tuple("said", ("it is late", "Anna"))
    assert carb.match(gold, Tuple("said", ("Anna", "it is late"))) == (1.0, 1.0)


def test_precision_is_one_to_one_and_recall_many_to_one() -> None:
    gold = {"s": [Tuple("won", ("A", "x")), Tuple("won", ("B", "x"))]}
    said = {"s": [Tuple("won", ("A B", "x"), 0.9)]}
    found = carb.score(gold, said)
    # the one extraction pairs with one gold (3 of 4 words); both gold tuples are covered by it in full
    assert (found.precision, found.recall) == (pytest.approx(0.75), pytest.approx(1.0))
    said = {"s": [Tuple("won", ("A", "x"), 0.9), Tuple("won", ("A", "x y"), 0.9)]}
    found = carb.score(gold, said)
    # best first: 1 for A; then B's gold pairs with the second (2 of 4 words); recall (3/3 + 2/3) / 2
    assert (found.precision, found.recall) == (pytest.approx((1 + 0.5) / 2), pytest.approx((1 + 2 / 3) / 2))


def test_the_best_point_and_the_area_follow_the_confidence() -> None:
    gold = {"s": [Tuple("r", ("a", "b")), Tuple("q", ("c", "d"))], "t": [Tuple("p", ("e", "f"))]}
    said = {
        "s": [Tuple("r", ("a", "b"), 0.9), Tuple("zzz", ("c", "d"), 0.5)],
        "t": [Tuple("p", ("e", "f"), 0.7)],
        "not in the gold": [Tuple("p", ("e", "f"), 1.0)],
    }
    assert carb.curve(gold, said) == [
        (0.9, 1.0, pytest.approx(1 / 3)),
        (0.7, 1.0, pytest.approx(2 / 3)),
        (0.5, pytest.approx(2 / 3), pytest.approx(2 / 3)),
    ]
    found = carb.score(gold, said)
    assert found.f1 == pytest.approx(0.8)
    assert found.auc == pytest.approx(2 / 3)


def test_nothing_said_scores_nothing() -> None:
    assert carb.score({"s": [Tuple("r", ("a", "b"))]}, {}) == carb.Score(0.0, 0.0, 0.0, 0.0)


def test_pairs_give_each_extraction_a_gold_of_its_own() -> None:
    gold = [Tuple("r", ("a", "b")), Tuple("q", ("c", "d"))]
    said = [Tuple("q", ("c", "d")), Tuple("r", ("a", "x")), Tuple("r", ("a", "b"))]
    assert carb.pairs(gold, said) == {0: (1.0, 1.0), 2: (1.0, 1.0)}
