"""Which nodes a push finds: near before far, both ways, within hops and budget, through hubs, never hidden ones."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.adjacency.adjacency import Adjacency, build, cut
from clew.graph.adjacency.personalised_pagerank import HUB, RESTART, push

Told = tuple[str, str, str]


def graph(*told: Told, lonely: tuple[str, ...] = (), confidence: float = 1.0) -> Adjacency:
    ends = {end for head, _, tail in told for end in (head, tail)}
    triples = [(f"t{number:06}", *each, confidence) for number, each in enumerate(told)]
    return build(1, entities=sorted(ends.union(lonely)), chunks=[], triples=triples, mentions=[], titles=[])


def names(adjacency: Adjacency, nodes: np.ndarray) -> list[str]:
    return [adjacency.nodes[node] for node in nodes]


def reached(adjacency: Adjacency, *seeds: str, **options: object) -> list[str]:
    weights = {adjacency.node_index[seed]: 1.0 for seed in seeds}
    return names(adjacency, push(adjacency, weights, **options))  # type: ignore[arg-type] # options of every type


CHAIN = (("a", "r", "b"), ("c", "r", "b"), ("c", "r", "d"), ("d", "r", "e"), ("e", "r", "f"))


@pytest.mark.parametrize(("hops", "expected"), [(0, "a"), (1, "ab"), (2, "abc"), (3, "abcd"), (9, "abcdef")])
def test_both_directions_within_hops(hops: int, expected: str) -> None:
    assert reached(graph(*CHAIN), "a", hops=hops) == list(expected)


def test_seeds_come_first_and_the_weightiest_where_they_are_too_many() -> None:
    adjacency = graph(*CHAIN, lonely=("x", "y"))
    index = adjacency.node_index
    assert reached(adjacency, "x", "f", budget=3) == ["f", "x", "e"]
    weights = {index["y"]: 3.0, index["a"]: 1.0, index["f"]: 2.0}
    assert names(adjacency, push(adjacency, weights, budget=2)) == ["y", "f"]
    assert len(push(adjacency, weights, budget=0)) == len(push(adjacency, {})) == 0
    for stranger in (-1, 8):
        with pytest.raises(IndexError, match=str(stranger)):
            push(adjacency, {stranger: 1.0})


def test_nothing_to_walk_on() -> None:
    empty = build(1, entities=[], chunks=[], triples=[], mentions=[], titles=[])
    assert len(push(empty, {})) == 0
    assert reached(graph(("a", "r", "a"), lonely=("x",)), "a", "x") == ["a", "x"]


def test_disconnected_seeds_each_get_their_part() -> None:
    told = [(side, "r", f"{side}{number}") for side in "pq" for number in range(50)]
    found = reached(graph(*told), "p", "q", budget=42)
    assert len(found) == 42
    assert {name[0] for name in found} == {"p", "q"}


def exact(adjacency: Adjacency, seed: int, hops: int) -> np.ndarray:
    """Visits to each node by walks of at most so many hops: sum over k of (1 - RESTART)^k (the walk's matrix)^k."""
    size = len(adjacency.nodes)
    matrix = np.zeros((size, size))
    for head, tail, weight in zip(adjacency.head, adjacency.tail, adjacency.confidence, strict=True):
        matrix[tail, head] += weight
        matrix[head, tail] += weight
    matrix /= np.maximum(matrix.sum(axis=0), 1e-12)
    now = np.eye(size)[seed]
    total = now.copy()
    for _ in range(hops):
        now = (1 - RESTART) * matrix @ now
        total += now
    return total


nodes_ = st.sampled_from("abcdefghij")


@settings(deadline=None)
@given(st.lists(st.tuples(nodes_, st.sampled_from("rs"), nodes_), min_size=1, max_size=25), st.integers(1, 4))
def test_without_hubs_it_is_personalised_pagerank(told: list[Told], hops: int) -> None:
    adjacency = graph(*told)
    scores = exact(adjacency, 0, hops)
    found = push(adjacency, {0: 1.0}, hops=hops)
    assert found[0] == 0
    assert sorted(found.tolist()) == np.flatnonzero(scores > 0).tolist()
    others = scores[found[1:]]
    assert (others[:-1] >= others[1:] - 1e-9).all()


def test_the_asked_relation_leads() -> None:
    told = [("film", "cast", f"actor {number}") for number in range(9)] + [("film", "director", "zoe")]
    adjacency = graph(*told)
    weight = np.array([0.08, 1.0], dtype=np.float32)  # cast, director
    assert reached(adjacency, "film", budget=2, relation_weight=weight) == ["film", "zoe"]
    assert reached(adjacency, "film", budget=2) == ["film", "actor 0"]


def year(films: int) -> Adjacency:
    """A hub: a year in which many films came out, and one thing else happened."""
    told = [(f"film {number:06}", "release year", "1999") for number in range(films)]
    return graph(*told, ("eclipse", "date", "1999"), ("fan", "likes", "film 000007"))


def test_the_neighbours_of_a_seed_fill_the_budget() -> None:
    found = reached(year(5000), "1999", budget=2000)
    assert len(found) == 2000
    assert sum(name.startswith("film") for name in found) >= 1990


def test_a_hub_on_the_way_is_sampled_and_gives_what_is_asked_first() -> None:
    adjacency = year(5000)
    assert len(reached(adjacency, "fan", hops=3)) <= 3 + HUB
    assert "eclipse" not in reached(adjacency, "fan", hops=3)
    weight = np.array([1.0, 0.1, 0.1], dtype=np.float32)  # date, likes, release year
    assert "eclipse" in reached(adjacency, "fan", hops=3, relation_weight=weight)


def test_a_hidden_edge_is_never_followed() -> None:
    adjacency = graph(*CHAIN)
    visible = adjacency.head != adjacency.node_index["d"]  # d -r-> e is hidden
    assert reached(adjacency, "a", hops=9, visible=visible) == list("abcd")
    everything = np.arange(len(adjacency.nodes))
    assert [adjacency.triple_ids[edge] for edge in cut(adjacency, everything, visible=visible).edges] == [
        "t000000",
        "t000001",
        "t000002",
        "t000004",
    ]
    hub = year(5000)
    assert reached(hub, "1999", visible=np.zeros(len(hub.head), dtype=bool)) == ["1999"]
    one = np.zeros(len(hub.head), dtype=bool)
    one[4321] = True
    assert reached(hub, "1999", visible=one) == ["1999", "film 004321"]


def test_the_same_question_finds_the_same_nodes() -> None:
    draw = np.random.default_rng(5)
    told = [(f"n{a}", f"r{r}", f"n{int(b**2 / 3000)}") for a, r, b in draw.integers(0, 3000, (9000, 3))]
    adjacency = graph(*told)
    weight = draw.uniform(0.1, 1.0, len(adjacency.relations)).astype(np.float32)
    runs = [push(adjacency, {3: 1.0, 7: 0.5}, budget=300, relation_weight=weight) for _ in range(3)]
    assert len(runs[0]) == len(set(runs[0].tolist())) == 300
    assert all(np.array_equal(runs[0], run) for run in runs)


def test_the_cost_does_not_grow_with_the_hubs_on_the_way() -> None:
    def seconds(films: int) -> float:
        adjacency = year(films)
        start = adjacency.node_index["fan"]
        times = []
        for _ in range(9):
            begun = time.process_time()
            cut(adjacency, push(adjacency, {start: 1.0}))
            times.append(time.process_time() - begun)
        return min(times)

    assert seconds(100_000) < 10 * seconds(2000)
