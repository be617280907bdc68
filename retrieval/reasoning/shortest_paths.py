"""The shortest reasoning paths between two given entities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.model import ReasoningPath
from clew.graph.store import GraphStore

EXPANSIONS = 200_000  # edges looked at before the search gives up; keeps hubs from taking minutes


def between(store: GraphStore, start: str, end: str, *, max_hops: int = 4, k: int = 3) -> list[ReasoningPath]:
    """Up to `k` paths from entity `start` to entity `end` (ids), shortest first, then most confident, then by id.

    A path uses a relationship at most once and never comes back to its start. Empty where none is short enough.
    """
    adjacency = store.adjacency()
    source, target = adjacency.node_index.get(start), adjacency.node_index.get(end)
    if source is None or target is None or source == target:
        return []
    distance = _distances(adjacency, target, max_hops)
    if source not in distance:
        return []
    found: list[tuple[float, list[tuple[int, bool]]]] = []
    for hops in range(distance[source], max_hops + 1):
        walks = list(_walks(adjacency, source, target, hops, distance))
        found += sorted((-_confidence(adjacency, walk), walk) for walk in walks)
        if len(found) >= k:
            break
    return [_path(store, adjacency, walk, -cost) for cost, walk in found[:k]]


def _distances(adjacency: Adjacency, target: int, max_hops: int) -> dict[int, int]:
    """Hops to `target` of every node within `max_hops`, by breadth-first search."""
    distance = {target: 0}
    frontier, looked = [target], 0
    for hop in range(1, max_hops + 1):
        reached: list[int] = []
        for node in frontier:
            for _, other, _ in _steps(adjacency, node):
                looked += 1
                if other not in distance:
                    distance[other] = hop
                    reached.append(other)
            if looked > EXPANSIONS:
                return distance
        frontier = reached
    return distance


def _steps(adjacency: Adjacency, node: int) -> Iterator[tuple[int, int, bool]]:
    """(edge, other end, walked forward) of every edge at a node."""
    offsets, incident = adjacency.incident
    for edge in np.unique(incident[offsets[node] : offsets[node + 1]]):
        head, tail = int(adjacency.head[edge]), int(adjacency.tail[edge])
        if head == node:
            yield int(edge), tail, True
        if tail == node:
            yield int(edge), head, False


def _walks(
    adjacency: Adjacency, source: int, target: int, hops: int, distance: dict[int, int]
) -> Iterator[list[tuple[int, bool]]]:
    """Every path of exactly `hops` edges, depth first, pruned by the distance still to go."""
    looked = 0
    stack: list[tuple[int, list[tuple[int, bool]]]] = [(source, [])]
    while stack and looked < EXPANSIONS:
        node, walk = stack.pop()
        if len(walk) == hops:
            if node == target:
                yield walk
            continue
        if node == target:  # a longer path must not pass through its own end
            continue
        used = {edge for edge, _ in walk}
        for edge, other, forward in _steps(adjacency, node):
            looked += 1
            if edge not in used and other != source and distance.get(other, hops) <= hops - len(walk) - 1:
                stack.append((other, [*walk, (edge, forward)]))


def _confidence(adjacency: Adjacency, walk: list[tuple[int, bool]]) -> float:
    return float(np.prod([adjacency.confidence[edge] for edge, _ in walk]))


def _path(store: GraphStore, adjacency: Adjacency, walk: list[tuple[int, bool]], score: float) -> ReasoningPath:
    triples = tuple(store.triples([adjacency.triple_ids[edge] for edge, _ in walk]))
    return ReasoningPath(triples, tuple(forward for _, forward in walk), score, {"confidence": score})
