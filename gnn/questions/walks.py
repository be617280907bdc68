"""Relation sequences that really occur in a graph, and all that they lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Adjacency

Numbers = npt.NDArray[np.int64]
_MAX_PATHS = 6_000  # a frontier wider than this is given up: its answers would be too many to ask for
_MAX_TABLE = 4_000_000
_TURNS = 0.15  # of the longer walks, how many are sent back over their first relation
_TRIES = 4  # steps tried from a place before the walk is given up


class Walks:
    """An adjacency sorted for walking. A step is a relation and a direction: `2 * relation`, plus 1 from tail to head.

    A path uses an edge at most once, never comes back to its seed, and ends where it meets a value.
    """

    def __init__(self, adjacency: Adjacency, favor: npt.NDArray[np.float64]) -> None:
        """`favor[relation]` is how much oftener than others a relation is to be walked."""
        self.adjacency = adjacency
        self.size = max(len(adjacency.nodes), 1)
        self.is_value = np.asarray(adjacency.is_value, dtype=bool)
        ends = [np.asarray(end, dtype=np.int64) for end in (adjacency.head, adjacency.tail)]
        relation = np.asarray(adjacency.relation, dtype=np.int64)
        self._rows = [_sorted_rows(relation * self.size + ends[way], ends[1 - way]) for way in (0, 1)]
        cells = len(adjacency.relations) * self.size + 1
        # Where each key's rows begin, as a table while that is small; else they are searched for.
        self._begins = [np.searchsorted(rows[0], np.arange(cells)) for rows in self._rows if cells <= _MAX_TABLE]
        keys = np.concatenate([ends[way] * (2 * len(adjacency.relations)) + 2 * relation + way for way in (0, 1)])
        node, self._steps = np.divmod(np.unique(keys), max(2 * len(adjacency.relations), 1))
        usable = ~self.is_value[node] if len(node) else np.empty(0, dtype=bool)
        node, self._steps = node[usable], self._steps[usable]
        self._offsets = np.searchsorted(node, np.arange(self.size + 1))
        order = np.argsort(self._steps, kind="stable")
        self._starts: Numbers = node[order]
        self.used, self._first, counts = np.unique(self._steps[order], return_index=True, return_counts=True)
        self._counts = counts.astype(np.int64)
        # The square root lies between asking every relation alike and asking what the graph says most.
        self._weights = np.cumsum(np.sqrt(counts) * favor[self.used >> 1])
        self._share = dict(zip(self.used.tolist(), (counts**0.25 * favor[self.used >> 1]).tolist(), strict=True))
        self.emitted: Counter[tuple[int, ...]] = Counter()

    def steps_at(self, node: int) -> Numbers:
        """The steps that can be taken from a node, ascending."""
        return self._steps[self._offsets[node] : self._offsets[node + 1]]

    def random_start(self, rng: np.random.Generator) -> tuple[int, int]:
        """A node and a step that can be taken from it; rare steps come oftener than in the graph."""
        choice = int(np.searchsorted(self._weights, rng.random() * self._weights[-1], side="right"))
        first, count = self._first[choice], self._counts[choice]
        return int(self._starts[first + int(rng.integers(count))]), int(self.used[choice])

    def nodes_with(self, step: int) -> Numbers:
        """The nodes from which a step can be taken, ascending."""
        place = int(np.searchsorted(self.used, step))
        if place == len(self.used) or self.used[place] != step:
            return np.empty(0, dtype=np.int64)
        first = int(self._first[place])
        return self._starts[first : first + int(self._counts[place])]

    def neighbors(self, node: int, step: int) -> Numbers:
        """The nodes one step away."""
        frontier = self._expand(_start(node), step, node)
        return _NONE if frontier is None else frontier[0]

    def follow(self, seed: int, steps: Sequence[int], *, limit: int) -> Numbers | None:
        """All that a sequence of steps leads to, ascending; None where more than `limit` or than can be walked."""
        frontier = _start(seed)
        for step in steps:
            further = self._expand(frontier, step, seed)
            if further is None:
                return None
            frontier = further
        answers = np.unique(frontier[0])
        return answers if len(answers) <= limit else None

    def random_walk(
        self, length: int, rng: np.random.Generator, *, limit: int
    ) -> tuple[tuple[int, ...], list[Numbers]] | None:
        """A sequence of steps that occurs and the nodes at each place of it, the seed first; None where the walk
        ran into a dead end or a crowd. Sequences asked before become less likely."""
        seed, step = self.random_start(rng)
        frontier, ends = _start(seed), [np.array([seed])]
        steps: tuple[int, ...] = ()
        while len(steps) < length:
            last = len(steps) == length - 1
            taken = self._take(frontier, (steps, step), seed, rng, limit=limit if last else _MAX_PATHS)
            if taken is None:
                return None
            step, frontier = taken
            steps = (*steps, step)
            ends.append(np.unique(frontier[0]))
            # There and back and on ("genres of films by X's director") is asked far oftener than it occurs.
            turn = length > 2 and len(steps) == 1 and rng.random() < _TURNS
            step = steps[-1] ^ 1 if turn else self._choose(frontier[0], steps, rng)
        return steps, ends

    def _take(
        self,
        frontier: tuple[Numbers, Numbers],
        plan: tuple[tuple[int, ...], int],
        seed: int,
        rng: np.random.Generator,
        *,
        limit: int,
    ) -> tuple[int, tuple[Numbers, Numbers]] | None:
        """The planned step from the frontier, or another where that leads nowhere or to more than `limit` nodes."""
        steps, step = plan
        for _ in range(_TRIES):
            further = self._expand(frontier, step, seed) if step >= 0 else None
            if further is not None and len(further[0]) and (limit == _MAX_PATHS or len(np.unique(further[0])) <= limit):
                return step, further
            step = self._choose(frontier[0], steps, rng)
        return None

    def _choose(self, frontier: Numbers, steps: tuple[int, ...], rng: np.random.Generator) -> int:
        """A step that can be taken from one of the nodes, -1 where there is none."""
        options = self.steps_at(int(frontier[int(rng.integers(len(frontier)))])).tolist()
        if not options:
            return -1
        weights = np.cumsum([self._share[option] / (1.0 + self.emitted[(*steps, option)]) for option in options])
        return int(options[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))])

    def count(self, steps: tuple[int, ...]) -> None:
        """Every prefix of the sequence has been asked once more."""
        for end in range(1, len(steps) + 1):
            self.emitted[steps[:end]] += 1

    def _range(self, nodes: Numbers, step: int) -> tuple[Numbers, Numbers]:
        wanted = (step >> 1) * self.size + nodes
        if self._begins:
            begins = self._begins[step & 1]
            return begins[wanted], begins[wanted + 1]
        keys = self._rows[step & 1][0]
        return np.searchsorted(keys, wanted, side="left"), np.searchsorted(keys, wanted, side="right")

    def _expand(self, frontier: tuple[Numbers, Numbers], step: int, seed: int) -> tuple[Numbers, Numbers] | None:
        """One step further: end nodes [P] and the edges used [P, hops], a row a path; None where these are too many."""
        nodes, used = frontier
        _, edges, others = self._rows[step & 1]
        low, high = self._range(nodes, step)
        if len(nodes):
            high = np.where(self.is_value[nodes], low, high)
        counts = high - low
        if counts.sum() > _MAX_PATHS:
            return None
        if len(nodes) == 1:  # most steps; no rows to spread
            edge, end = edges[low[0] : high[0]], others[low[0] : high[0]]
            kept = (end != seed) & ~(edge[:, None] == used).any(axis=1)
            return end[kept], np.column_stack([np.repeat(used, int(kept.sum()), axis=0), edge[kept]])
        row = np.repeat(np.arange(len(nodes)), counts)
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + low[row]
        edge, end = edges[place], others[place]
        kept = (end != seed) & ~(used[row] == edge[:, None]).any(axis=1)
        return end[kept], np.column_stack([used[row][kept], edge[kept]])


_NONE = np.empty(0, dtype=np.int64)


def _start(seed: int) -> tuple[Numbers, Numbers]:
    return np.array([seed], dtype=np.int64), np.empty((1, 0), dtype=np.int64)


def _sorted_rows(keys: Numbers, others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Keys ascending, with the edge behind each and its other end."""
    order = np.argsort(keys, kind="stable")
    return keys[order], order.astype(np.int64), others[order]
