"""The best paths between two nodes of a subgraph, exactly, where every edge has a chance at every hop."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Floats, Subgraph

EXPANDED = 4_000  # partial paths looked at for one pair of ends: a bound, hardly ever reached


class Trail(NamedTuple):
    """A path as numbers: `edges` of the subgraph in order, `forward` where it goes from head to tail, `score` the
    product of the edges' chances."""

    edges: tuple[int, ...]
    forward: tuple[bool, ...]
    score: float


class Chances:
    """A subgraph with the chance in 0..1 of each edge at each hop, either way: float32 [hops, 2, edges], forward first.

    A path uses a relationship at most once, never comes back to its seed (unless `returning`), and ends at a value.
    """

    def __init__(self, subgraph: Subgraph, chances: Floats, *, returning: bool = False) -> None:
        self.returning = returning
        self.subgraph = subgraph
        self.count = len(subgraph.nodes)
        self.source = np.concatenate([subgraph.head, subgraph.tail]).astype(np.int64)
        self.target = np.concatenate([subgraph.tail, subgraph.head]).astype(np.int64)
        self.chance = chances.reshape(len(chances), -1).astype(np.float64)
        order = np.argsort(self.source, kind="stable")
        self.order = order
        self.offsets = np.searchsorted(self.source[order], np.arange(self.count + 1))
        self.ends = np.asarray(subgraph.adjacency.is_value[subgraph.nodes])

    def best(self, seeds: Sequence[int], goal: int, *, length: int, k: int) -> list[Trail]:
        """Up to `k` paths of `length` edges from any of the seeds to the goal, best first, ties by edge numbers.

        Best-first search led by the exact best chance of what is still to come (A*, Hart et al. 1968): the first path
        that arrives is the best there is.
        """
        ahead = self._ahead(goal, length)
        heap: list[tuple[float, tuple[int, ...], int, int, float]] = [
            (-float(ahead[length][seed]), (), seed, seed, 1.0) for seed in sorted(set(seeds)) if ahead[length][seed] > 0
        ]
        heapq.heapify(heap)
        found: list[Trail] = []
        for _ in range(EXPANDED):
            if not heap or len(found) >= k:
                break
            _, walked, node, seed, score = heapq.heappop(heap)
            if len(walked) == length:
                found.append(self._trail(walked, score))
                continue
            for edge, other, chance in self._onward(node, len(walked)):
                rest = ahead[length - len(walked) - 1][other]
                if rest > 0 and (self.returning or other != seed) and not self._used(edge, walked):
                    heapq.heappush(heap, (-score * chance * float(rest), (*walked, edge), other, seed, score * chance))
        return found

    def _ahead(self, goal: int, length: int) -> list[npt.NDArray[np.float64]]:
        """By number of hops left, the best chance of reaching the goal from each node."""
        table = [np.zeros(self.count)]
        table[0][goal] = 1.0
        for left in range(1, length + 1):
            best = np.zeros(self.count)
            reach = self.chance[length - left] * table[-1][self.target]
            if left < length:
                reach[self.ends[self.source]] = 0.0
            np.maximum.at(best, self.source, reach)
            table.append(best)
        return table

    def _onward(self, node: int, hop: int) -> list[tuple[int, int, float]]:
        rows = self.order[self.offsets[node] : self.offsets[node + 1]]
        chance = self.chance[hop][rows]
        kept = rows[chance > 0]
        return list(zip(kept.tolist(), self.target[kept].tolist(), chance[chance > 0].tolist(), strict=True))

    def _used(self, edge: int, walked: tuple[int, ...]) -> bool:
        half = len(self.source) // 2
        return any(edge % half == other % half for other in walked)

    def _trail(self, walked: tuple[int, ...], score: float) -> Trail:
        half = len(self.source) // 2
        return Trail(tuple(edge % half for edge in walked), tuple(edge < half for edge in walked), score)
