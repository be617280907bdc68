"""The whole graph as arrays, drawn:  a -r-> b -s-> c,  c -r-> a,  b -r-> b (a loop),  b -s-> v (a value)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.graph.adjacency.adjacency import Adjacency, build, cut

ENTITIES = ["a", "b", "c", "lonely"]
TRIPLES = [
    ("t1", "a", "r", "b", 0.5),
    ("t2", "b", "s", "c", 0.25),
    ("t3", "c", "r", "a", 1.0),
    ("t4", "b", "r", "b", 0.75),
    ("t5", "b", "s", "v", 0.125),
]
MENTIONS = [("y", "a"), ("x", "b"), ("x", "a"), ("x", "a")]


def _build(triples: list[tuple[str, str, str, str, float]], entities: list[str]) -> Adjacency:
    return build(7, entities=entities, chunks=["y", "x"], triples=triples, mentions=MENTIONS, titles=[("y", "c")])


@pytest.fixture
def drawn() -> Adjacency:
    return _build(TRIPLES, ENTITIES)


def _near(rows: tuple[np.ndarray, np.ndarray], index: int) -> list[int]:
    offsets, items = rows
    return sorted(int(item) for item in items[offsets[index] : offsets[index + 1]])


def test_the_arrays_say_what_was_drawn(drawn: Adjacency) -> None:
    assert drawn.generation == 7
    assert list(drawn.nodes) == ["a", "b", "c", "lonely", "v"]
    assert list(drawn.is_value) == [False, False, False, False, True]
    assert (list(drawn.chunks), list(drawn.relations)) == (["x", "y"], ["r", "s"])
    assert list(drawn.triple_ids) == ["t1", "t2", "t3", "t4", "t5"]
    assert (list(drawn.head), list(drawn.tail)) == ([0, 1, 2, 1, 1], [1, 2, 0, 1, 4])
    assert list(drawn.relation) == [0, 1, 0, 0, 1]
    assert list(drawn.confidence) == [0.5, 0.25, 1.0, 0.75, 0.125]
    groups = zip(drawn.mention_chunk, drawn.mention_entity, drawn.mention_count, strict=True)
    assert [tuple(map(int, group)) for group in groups] == [(0, 0, 2), (0, 1, 1), (1, 0, 1)]
    assert list(drawn.title_entity) == [-1, 2]
    for ints in (drawn.head, drawn.relation, drawn.tail, drawn.mention_chunk, drawn.mention_count, drawn.title_entity):
        assert ints.dtype == np.int32


def test_rows_list_what_touches_a_node(drawn: Adjacency) -> None:
    assert _near(drawn.incident, 0) == [0, 2]
    assert _near(drawn.incident, 1) == [0, 1, 3, 3, 4]
    assert _near(drawn.incident, 3) == []
    assert _near(drawn.incident, 4) == [4]
    assert _near(drawn.mentions_by_entity, 0) == [0, 2]
    assert _near(drawn.mentions_by_chunk, 0) == [0, 1]
    assert (drawn.node_index["c"], drawn.chunk_index["y"]) == (2, 1)


@given(st.permutations(TRIPLES), st.permutations(ENTITIES))
def test_the_order_of_telling_changes_nothing(
    triples: list[tuple[str, str, str, str, float]], entities: list[str]
) -> None:
    left, right = _build(triples, entities), _build(TRIPLES, ENTITIES)
    for name, value in vars(right).items():
        assert list(getattr(left, name)) == list(value) if name != "generation" else left.generation == value


def test_a_cut_keeps_the_edges_inside(drawn: Adjacency) -> None:
    part = cut(drawn, np.array([1, 0, 4, 1]))
    assert part.ids == ["a", "b", "v"]
    assert [drawn.triple_ids[edge] for edge in part.edges] == ["t1", "t4", "t5"]
    assert (list(part.head), list(part.tail)) == ([0, 1, 1], [1, 1, 2])
    assert (list(part.relation), list(part.confidence)) == ([0, 0, 1], [0.5, 0.75, 0.125])


@given(st.sets(st.integers(0, 4)))
def test_a_cut_is_the_induced_subgraph(nodes: set[int]) -> None:
    drawn = _build(TRIPLES, ENTITIES)
    part = cut(drawn, np.array(sorted(nodes), dtype=np.int32))
    inside = [edge for edge in range(5) if {int(drawn.head[edge]), int(drawn.tail[edge])} <= nodes]
    assert [int(edge) for edge in part.edges] == inside
    assert [int(part.nodes[head]) for head in part.head] == [int(drawn.head[edge]) for edge in inside]


def test_nothing_is_a_graph_too() -> None:
    empty = build(0, entities=[], chunks=[], triples=[], mentions=[], titles=[])
    assert len(empty.nodes) == len(empty.head) == len(empty.mention_chunk) == 0
    assert list(empty.incident[0]) == list(empty.mentions_by_chunk[0]) == [0]
    assert cut(empty, np.empty(0, dtype=np.int32)).ids == []


def test_an_unknown_chunk_or_entity_is_an_error() -> None:
    with pytest.raises(KeyError):
        build(0, entities=["a"], chunks=["x"], triples=[], mentions=[("x", "b")], titles=[])
    with pytest.raises(KeyError):
        build(0, entities=["a"], chunks=["x"], triples=[], mentions=[], titles=[("z", "a")])
