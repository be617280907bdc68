"""The best paths are the best: compared with trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from clew.graph.adjacency.adjacency import Subgraph, build, cut
from clew.graph.adjacency.k_best_paths import Chances


def graph(pairs: list[tuple[int, int]], values: set[int]) -> Subgraph:
    names = {node: f"n{node}" for pair in pairs for node in pair}
    rows = [(f"t{n:02}", names[head], "r", names[tail], 1.0) for n, (head, tail) in enumerate(pairs)]
    entities = [name for node, name in names.items() if node not in values]
    adjacency = build(1, entities=entities, chunks=[], triples=rows, mentions=[], titles=[])
    return cut(adjacency, np.arange(len(adjacency.nodes)))


def everything(subgraph: Subgraph, chances: np.ndarray, seed: int, goal: int, length: int) -> list[float]:
    found = []
    for edges in itertools.permutations(range(len(subgraph.head)), length):
        for ways in itertools.product((0, 1), repeat=length):
            node, score, good = seed, 1.0, True
            for hop, (edge, way) in enumerate(zip(edges, ways, strict=True)):
                ends = (int(subgraph.head[edge]), int(subgraph.tail[edge]))
                start, end = ends if way == 0 else ends[::-1]
                literal = hop > 0 and bool(subgraph.adjacency.is_value[subgraph.nodes[start]])
                if start != node or end == seed or literal:
                    good = False
                    break
                node, score = end, score * float(chances[hop, way, edge])
            if good and node == goal and score > 0:
                found.append(score)
    return sorted(found, reverse=True)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_paths_are_those_that_trying_everything_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    pairs = sorted({(int(a), int(b)) for a, b in random.integers(6, size=(8, 2)) if a < 5 and a != b})
    subgraph = graph(pairs, values={5})
    chances = random.random((3, 2, len(pairs))).astype(np.float32) * (random.random((3, 2, len(pairs))) > 0.2)
    search = Chances(subgraph, chances)
    for goal, length in itertools.product(range(1, len(subgraph.nodes)), (1, 2, 3)):
        trails = search.best([0], goal, length=length, k=50)
        assert [trail.score for trail in trails] == pytest.approx(everything(subgraph, chances, 0, goal, length))
        for trail in trails:
            assert len(set(trail.edges)) == length


def test_of_equal_paths_the_order_is_that_of_their_edges() -> None:
    subgraph = graph([(0, 1), (0, 1), (1, 2)], set())
    trails = Chances(subgraph, np.ones((2, 2, 3), dtype=np.float32)).best([0], 2, length=2, k=5)
    assert [trail.edges for trail in trails] == [(0, 2), (1, 2)]
    assert trails[0].forward == (True, True)


def test_no_path_is_an_empty_list() -> None:
    subgraph = graph([(0, 1), (2, 3)], set())
    assert Chances(subgraph, np.ones((2, 2, 2), dtype=np.float32)).best([0], 3, length=2, k=5) == []
