"""Heads are trees: the best ones, whatever the scores."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.parser.trees import best_tree, decode, sentence_numbers


def is_tree(heads: tuple[int, ...], root: int) -> bool:
    for word in range(len(heads)):
        at = word
        for _ in heads:
            at = heads[at]
        if at != root:
            return False
    return heads[root] == root


def total(scores: np.ndarray, heads: tuple[int, ...], root: int) -> float:
    return float(sum(scores[word, head] for word, head in enumerate(heads) if word != root))


@pytest.mark.parametrize("seed", range(40))
def test_the_tree_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 6))
    root = int(rng.integers(size))
    scores = rng.normal(size=(size, size)).astype(np.float32)
    every = [heads for heads in product(range(size), repeat=size) if is_tree(heads, root)]
    best = max(total(scores, heads, root) for heads in every)
    found = tuple(best_tree(scores, root).tolist())
    assert is_tree(found, root)
    assert total(scores, found, root) == pytest.approx(best, abs=1e-4)


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_each_sentence_has_one_root_that_all_its_words_reach(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = rng.random(size) < 0.2
    sentence = sentence_numbers(starts)
    heads = decode(rng.normal(size=(size, size + 1)).astype(np.float32), sentence)
    assert (sentence[heads] == sentence).all()
    roots = np.flatnonzero(heads == np.arange(size))
    assert sentence[roots].tolist() == list(range(sentence[-1] + 1))
    for word in range(size):
        at = word
        for _ in range(size):
            at = heads[at]
        assert at in roots


def test_a_clear_tree_is_read_off() -> None:
    arcs = np.full((3, 4), -5, dtype=np.float32)
    arcs[0, 2] = arcs[1, 0] = arcs[2, 2] = 5  # the second word is the root and heads the others
    assert decode(arcs, np.zeros(3, dtype=np.int64)).tolist() == [1, 1, 1]
