"""Ids in two arrays are the sequence they were made of, whatever characters they hold, and are found by bisection."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.graph.adjacency import saved as arrays
from clew.graph.adjacency.adjacency import TABLES, Adjacency, build, cut
from clew.graph.adjacency.id_table import Ids, Numbers

texts = st.sets(st.text(st.characters(exclude_categories=()), max_size=6), max_size=30).map(sorted)


@given(texts, st.text(max_size=6))
def test_it_is_the_sequence_it_was_made_of(held: list[str], other: str) -> None:
    ids = Ids.of(held)
    assert (list(ids), ids[:], len(ids)) == (held, held, len(held))
    assert [ids[number] for number in range(-len(held), len(held))] == held + held
    assert [ids.find(text) for text in held] == list(range(len(held)))
    assert (other in ids, ids.find(other)) == (other in held, held.index(other) if other in held else -1)
    assert ids.place(other) == sum(text < other for text in held)
    assert dict(Numbers(ids)) == {text: number for number, text in enumerate(held)}
    assert ids.is_sound()
    assert list(copy.deepcopy(ids)) == held


def test_what_is_not_there_is_an_error() -> None:
    ids = Ids.of(["a", "b"])
    for number in (2, -3):
        with pytest.raises(IndexError):
            ids[number]
    with pytest.raises(KeyError):
        Numbers(ids)["c"]
    assert Numbers(ids).get("c") is None
    assert 7 not in ids


@pytest.mark.parametrize(
    ("offsets", "text"),
    [([], b""), ([1, 2], b"ab"), ([0, 1], b"ab"), ([0, 2, 1, 3], b"abc"), ([0, 1], b"\xff"), ([0, 1, 2], "é".encode())],
)
def test_what_is_no_list_of_texts_is_told(offsets: list[int], text: bytes) -> None:
    assert not Ids(np.array(offsets, dtype=np.int64), np.frombuffer(text, dtype=np.uint8)).is_sound()


@pytest.fixture
def adjacency() -> Adjacency:
    return build(
        5,
        entities=["a", "https://example.org/é", "c"],
        chunks=["x", "y"],
        triples=[("t1", "a", "r", "c", 0.5), ("t2", "c", "s", "v", 1.0), ("t33", "a", "r", "a", 0.25)],
        mentions=[("x", "a"), ("y", "c"), ("x", "a")],
        titles=[("y", "c")],
    )


def test_what_is_saved_comes_back_mapped(adjacency: Adjacency, tmp_path: Path) -> None:
    arrays.save(tmp_path, adjacency, "me")
    back = arrays.load(tmp_path, 5, "me")
    assert back is not None
    assert list(back.nodes) == ["a", "c", "https://example.org/é", "v"]
    assert back.node_index["v"] == 3
    assert back.relations == ["r", "s"]
    for name in TABLES:
        assert name in vars(back)  # nothing is computed again
        for mine, theirs in zip(getattr(back, name), getattr(adjacency, name), strict=True):
            assert np.array_equal(mine, theirs)
    assert isinstance(back.nodes.text.base, np.memmap)
    assert isinstance(back.steps.base, np.ndarray)
    assert not back.steps.flags.owndata
    assert cut(back, np.array([0, 1])).ids == ["a", "c"]
    assert arrays.load(tmp_path, 6, "me") is None
    assert arrays.load(tmp_path, 5, "you") is None


def test_an_empty_graph_is_saved_too(tmp_path: Path) -> None:
    arrays.save(tmp_path, build(0, entities=[], chunks=[], triples=[], mentions=[], titles=[]), "me")
    back = arrays.load(tmp_path, 0, "me")
    assert back is not None
    assert len(back.nodes) == len(back.steps) == 0


DAMAGE = [
    ("nodes", np.frombuffer(b"ac\xff", dtype=np.uint8)),
    ("nodes-offsets", np.array([0, 2, 1, 9, 10], dtype=np.int64)),
    ("triple_ids-offsets", np.array([0], dtype=np.int64)),
    ("head", np.array([0, 1, 4], dtype=np.int32)),
    ("head", np.array([0, 1, 2], dtype=np.int64)),
    ("head", np.array([[0, 1, 2]], dtype=np.int32)),
    ("tail", np.array(["a", "b", "c"], dtype=object)),
    ("incident", np.array([0, 0, 2, 2, 1, 3], dtype=np.int32)),
    ("incident-offsets", np.array([0, 9, 5, 5, 6], dtype=np.int32)),
    ("lean", np.array([0, 1], dtype=np.int32)),
    ("steps", np.zeros(17, dtype=np.int32)),
    ("steps", np.full(18, 4, dtype=np.int32)),
    ("lean_far", np.array([0, -1, 2], dtype=np.int32)),
    ("mentions_by_chunk-offsets", np.array([0, 2], dtype=np.int32)),
]


@pytest.mark.parametrize(("name", "array"), DAMAGE)
def test_what_does_not_fit_is_not_used(name: str, array: np.ndarray, adjacency: Adjacency, tmp_path: Path) -> None:
    arrays.save(tmp_path, adjacency, "me")
    np.save(tmp_path / "adjacency-5" / f"{name}.npy", array, allow_pickle=array.dtype == object)
    assert arrays.load(tmp_path, 5, "me") is None


def test_taking_many_is_taking_each() -> None:
    ids = Ids.of(sorted(["a", "é", "\ud800", "", "zz", "日本"]))
    numbers = np.array([3, 0, 3, 5], dtype=np.int32)
    assert ids.take(numbers) == [ids[number] for number in numbers]
    assert ids.take(np.empty(0, dtype=np.int32)) == []
