"""Vectors by id, searched exactly: one matrix product for a query."""

from __future__ import annotations

import numpy as np

from clew.graph.store import Hit, Vectors


class ExactVectors:
    """A growing table of vectors, float32 [n, dimension]. Not locked: one thread at a time."""

    def __init__(self, dimension: int) -> None:
        self._matrix = np.zeros((0, dimension), dtype=np.float32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def put(self, id_: str, vector: Vectors) -> None:
        """The id carries this vector, in place of an earlier one."""
        row = self._rows.get(id_)
        if row is None:
            row = self._rows[id_] = len(self._ids)
            self._ids.append(id_)
            if row >= len(self._matrix):
                grown = np.zeros((max(64, 2 * row), self._matrix.shape[1]), dtype=np.float32)
                grown[:row] = self._matrix
                self._matrix = grown
        self._matrix[row] = vector

    def get(self, id_: str) -> Vectors | None:
        """The id's vector, None where it carries none."""
        row = self._rows.get(id_)
        return None if row is None else self._matrix[row]

    def drop(self, id_: str) -> None:
        """The id carries no vector."""
        row = self._rows.pop(id_, None)
        if row is None:
            return
        last = self._ids.pop()
        if last != id_:  # the last one moves into the gap, so that the rows stay dense
            self._matrix[row] = self._matrix[len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` nearest by inner product (the cosine of unit vectors), best first, ties by id."""
        count = len(self._ids)
        if not count or k <= 0:
            return []
        scores = self._matrix[:count] @ np.asarray(vector, dtype=np.float32)
        best = np.arange(count)
        if count > k:
            best = np.flatnonzero(scores >= np.partition(scores, count - k)[count - k])
        found = sorted((-float(scores[row]), self._ids[row]) for row in best)
        return [Hit(id_, -score) for score, id_ in found[:k]]
