"""Scores of entity tags become sequences that make sense: a name goes on only where one of its kind has begun."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_NEVER = np.float32(-1e9)


def allowed_steps(tags: Sequence[str]) -> Floats:
    """What a step from tag (row) to tag (column) costs: nothing, or all where I follows no B or I of its kind."""
    steps = np.zeros((len(tags), len(tags)), dtype=np.float32)
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            fits = np.array([before[2:] == tag[2:] and before != "O" for before in tags])
            steps[~fits, column] = _NEVER
    return steps


def best_tags(scores: Floats, steps: Floats, words: Ints) -> Ints:
    """The best sequence of tags of each row that takes only allowed steps; the first step is from tag 0, "O".

    `scores` [rows, words, tags], `words` [rows]: how many words each row has; past them, anything.
    """
    best = scores.argmax(axis=-1)
    before = np.pad(best, ((0, 0), (1, 0)))[:, :-1]
    inside = np.arange(best.shape[1]) < words[:, None]
    odd = ((steps[before, best] < 0) & inside).any(axis=1)  # elsewhere the best tags are the best sequence
    for row in np.flatnonzero(odd).tolist():
        size = int(words[row])
        best[row, :size] = _viterbi(scores[row, :size], steps)
    return np.asarray(best, dtype=np.int64)


def _viterbi(scores: Floats, steps: Floats) -> Ints:
    """The best allowed sequence of one row (Viterbi 1967)."""
    size = len(scores)
    total = scores[0] + steps[0]
    back = np.zeros((size, len(steps)), dtype=np.int64)
    for word in range(1, size):
        paths = total[:, None] + steps
        back[word] = paths.argmax(axis=0)
        total = paths.max(axis=0) + scores[word]
    best = np.zeros(size, dtype=np.int64)
    best[-1] = total.argmax()
    for word in range(size - 1, 0, -1):
        best[word - 1] = back[word, best[word]]
    return best
