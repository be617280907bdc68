"""Scores of heads become trees: one root a sentence, no cycles (Chu and Liu 1965, Edmonds 1967)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_NEVER = np.float32(-1e9)


def sentence_numbers(starts: npt.NDArray[np.bool_]) -> Ints:
    """The number of each word's sentence, from 0, given which words start one; the first always does."""
    numbers = np.cumsum(starts)
    return np.asarray(numbers - numbers[:1], dtype=np.int64)


def decode(arcs: Floats, sentence: Ints) -> Ints:
    """The head of each word [words], itself for a root: the best tree of each sentence.

    `arcs` [words, 1 + words] scores the root (first) and each word as head; `sentence` [words] are numbers from 0. A
    sentence's root is the word that gains most by being it.
    """
    size = len(arcs)
    inside = np.where(sentence[:, None] == sentence[None, :], arcs[:, 1:], _NEVER)
    np.fill_diagonal(inside, _NEVER)
    heads = inside.argmax(axis=1)
    places = np.arange(size)
    gain = arcs[:, 0] - inside[places, heads]
    order = np.lexsort((-places, gain, sentence))  # of equal gains the first word's counts
    roots = order[np.append(np.flatnonzero(np.diff(sentence[order])), size - 1)]
    heads[roots] = roots
    for number in np.unique(sentence[_lost(heads)]):
        words = np.flatnonzero(sentence == number)
        root = int(roots[number] - words[0])
        heads[words] = words[0] + best_tree(inside[np.ix_(words, words)], root)
    return np.asarray(heads, dtype=np.int64)


def _lost(heads: Ints) -> Ints:
    """The words from which no root can be reached."""
    reached = heads
    for _ in range(len(heads).bit_length()):
        reached = reached[reached]
    return np.flatnonzero(heads[reached] != reached)


def best_tree(scores: Floats, root: int) -> Ints:
    """The head of each word (the root's is itself) in the tree of highest total; `scores` [words, words] are of word
    (row) and head (column)."""
    size = len(scores)
    scores = scores.copy()
    np.fill_diagonal(scores, 4 * _NEVER)
    heads = scores.argmax(axis=1)
    heads[root] = root
    cycle = _cycle(heads, root)
    if not len(cycle):
        return np.asarray(heads, dtype=np.int64)
    rest = np.setdiff1d(np.arange(size), cycle)
    inner = scores[cycle, heads[cycle]]
    entering = scores[np.ix_(cycle, rest)] - inner[:, None]  # what the total loses where the cycle breaks there
    leaving = scores[np.ix_(rest, cycle)]
    smaller = np.full((len(rest) + 1, len(rest) + 1), 4 * _NEVER, dtype=scores.dtype)
    smaller[:-1, :-1] = scores[np.ix_(rest, rest)]
    smaller[-1, :-1] = entering.max(axis=0)
    smaller[:-1, -1] = leaving.max(axis=1)
    found = best_tree(smaller, int(np.searchsorted(rest, root)))
    breaks = cycle[entering[:, found[-1]].argmax()]
    heads[breaks] = rest[found[-1]]
    for place, word in enumerate(rest):
        head = found[place]
        heads[word] = cycle[leaving[place].argmax()] if head == len(rest) else rest[head]
    heads[root] = root
    return np.asarray(heads, dtype=np.int64)


def _cycle(heads: Ints, root: int) -> Ints:
    """The words of one cycle that is not the root's own; empty where there is none."""
    state = np.zeros(len(heads), dtype=np.int8)
    state[root] = 2
    for start in range(len(heads)):
        trail, word = [], start
        while state[word] == 0:
            state[word] = 1
            trail.append(word)
            word = int(heads[word])
        if state[word] == 1:
            return np.array(sorted(trail[trail.index(word) :]), dtype=np.int64)
        state[trail] = 2
    return np.array([], dtype=np.int64)
