"""A lemma's rule gives the lemma back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.parser.lemmas import apply_rule, lemma_rule, spelled


@pytest.mark.parametrize(
    ("word", "lemma", "rule"),
    [
        ("directed", "direct", "k2:"),
        ("Cities", "city", "l3:y"),
        ("went", "go", "=go"),
        ("Ulm", "Ulm", "k0:"),
        ("1990s", "1990s", "k0:"),
        ("The", "the", "l0:"),
    ],
)
def test_rules(word: str, lemma: str, rule: str) -> None:
    assert lemma_rule(word, lemma) == rule
    assert apply_rule(word, rule) == lemma


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_a_rule_gives_its_lemma_back(word: str, lemma: str) -> None:
    assert apply_rule(word, lemma_rule(word, lemma)) == lemma


def test_one_rule_serves_words_of_a_kind() -> None:
    assert apply_rule("parties", lemma_rule("cities", "city")) == "party"


@given(st.text(min_size=1, max_size=3))
def test_a_rule_that_does_not_fit_still_gives_a_lemma(word: str) -> None:
    assert apply_rule(word, "l9:y")
    assert apply_rule(word, "k1:")


@pytest.mark.parametrize(
    ("lemma", "tag", "right"),
    [("denie", "VBZ", "deny"), ("stitche", "NNS", "stitch"), ("cache", "NNS", "cache"), ("movie", "NNS", "movie"),
     ("die", "VBZ", "die"), ("supply", "VBZ", "supply")],
)  # fmt: skip
def test_a_lemma_is_spelled_as_english_does(lemma: str, tag: str, right: str) -> None:
    assert spelled(lemma, tag) == right
