"""What changed, merged into the arrays, gives what building the whole anew gives; what was deleted never comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.adjacency.adjacency import TABLES, Adjacency, build, cut
from clew.graph.adjacency.personalised_pagerank import push
from clew.graph.adjacency.refresh import Touched, refresh
from clew.graph.adjacency.saved import Kept
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore

ENTITIES = ["a", "b", "bb", "c", "é", "lonely", "z"]
VALUES = ["0", "v", "w"]
CHUNKS = ["k1", "k2", "k3", "k33"]
RELATIONS = ["r", "s", "t"]


@dataclass
class World:
    """What there is, as a store knows it."""

    entities: set[str] = field(default_factory=set)
    chunks: dict[str, tuple[list[str], str]] = field(default_factory=dict)  # entities mentioned, title
    triples: dict[str, tuple[str, str, str, float]] = field(default_factory=dict)

    def told(self, touched: Touched | None = None) -> dict[str, Any]:
        entities = [id_ for id_ in self.entities if touched is None or id_ in touched.entities]
        chunks = {id_: said for id_, said in self.chunks.items() if touched is None or id_ in touched.chunks}
        return {
            "entities": entities,
            "chunks": list(chunks),
            "triples": [
                (id_, *rest) for id_, rest in self.triples.items() if touched is None or id_ in touched.triples
            ],
            "mentions": [(chunk, entity) for chunk, (named, _) in chunks.items() for entity in named],
            "titles": [(chunk, title) for chunk, (_, title) in chunks.items() if title],
        }


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[World, Touched]]:
    """A few states of a world, each with what may have changed since the one before."""
    states: list[tuple[World, Touched]] = []
    ids = [f"t{number}" for number in range(9)]
    for _ in range(draw(st.integers(2, 4))):
        before = states[-1][0] if states else World()
        touched = Touched(
            draw(st.sets(st.sampled_from(ENTITIES))),
            draw(st.sets(st.sampled_from(CHUNKS))),
            draw(st.sets(st.sampled_from(ids))),
        )
        triples = {id_: told for id_, told in before.triples.items() if id_ not in touched.triples}
        for id_ in sorted(touched.triples & draw(st.sets(st.sampled_from(ids)))):
            head = draw(st.sampled_from(ENTITIES))
            tail = draw(st.sampled_from([head, *ENTITIES, *VALUES]))
            triples[id_] = (head, draw(st.sampled_from(RELATIONS)), tail, draw(st.sampled_from([0.25, 0.5, 1.0])))
        chunks = {id_: told for id_, told in before.chunks.items() if id_ not in touched.chunks}
        for id_ in sorted(touched.chunks & draw(st.sets(st.sampled_from(CHUNKS)))):
            named = draw(st.lists(st.sampled_from(ENTITIES), max_size=4))
            chunks[id_] = named, draw(st.sampled_from([*named, ""]))
        used = {end for head, _, tail, _ in triples.values() for end in (head, tail) if end not in VALUES}
        used |= {entity for named, _ in chunks.values() for entity in named}
        touched.entities |= used ^ (before.entities & used) | (before.entities - used)
        spare = touched.entities - used - draw(st.sets(st.sampled_from(ENTITIES)))
        states.append((World(used | spare, chunks, triples), touched))
    return states


def assert_equal(left: Adjacency, right: Adjacency) -> None:
    for each in fields(Adjacency):
        mine, theirs = getattr(left, each.name), getattr(right, each.name)
        if isinstance(theirs, np.ndarray):
            assert mine.dtype == theirs.dtype, each.name
        assert mine == theirs if each.name == "generation" else list(mine) == list(theirs), each.name
    for name in TABLES:
        mine, theirs = getattr(left, name), getattr(right, name)
        for one, other in zip(mine, theirs, strict=True):
            assert np.array_equal(one, other), name
    assert np.array_equal(left.nodes.offsets, right.nodes.offsets)


@settings(max_examples=150, deadline=None)
@given(changes(), st.booleans())
def test_a_refreshed_adjacency_is_the_one_built_anew(states: list[tuple[World, Touched]], warm: bool) -> None:
    adjacency = build(0, **states[0][0].told())
    for generation, (world, touched) in enumerate(states[1:], start=1):
        if warm:
            assert len(adjacency.steps) == 2 * len(adjacency.lean_far)  # the tables are at hand, and merged too
            assert adjacency.mentions_by_entity
            assert adjacency.mentions_by_chunk
        adjacency = refresh(adjacency, touched, generation, **world.told(touched))
        assert_equal(adjacency, build(generation, **world.told()))


def test_nothing_changed_keeps_every_array() -> None:
    world = World({"a", "b"}, {"k1": (["a"], "a")}, {"t1": ("a", "r", "b", 1.0)})
    adjacency = build(3, **world.told())
    steps = adjacency.steps
    again = refresh(adjacency, Touched(), 4, **World().told())
    assert (again.generation, adjacency.generation) == (4, 3)
    assert again.head is adjacency.head
    assert again.steps is steps


@pytest.mark.parametrize("gone", ["b", "a"])
def test_what_refers_to_something_gone_is_an_error(gone: str) -> None:
    world = World({"a", "b"}, {"k1": (["b"], "b")}, {"t1": ("a", "r", "v", 1.0)})
    with pytest.raises(KeyError):
        refresh(build(0, **world.told()), Touched({gone}), 1, **World().told())
    with pytest.raises(KeyError):
        refresh(build(0, **world.told()), Touched(), 1, **World(set(), {"k2": (["new"], "")}).told())


Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]


def test_a_deleted_triple_never_comes_back(store: GraphStore, say: Say, batch: MakeBatch) -> None:
    kept = say("kept.txt", ("Ada", "knows", "Ben"), ("Ben", "knows", "Cyd"))
    secret = say("secret.txt", ("Ada", "owes", "Cyd"), ("Cyd", "hides", "Loot"))
    store.add(batch(kept, secret))
    gone = {triple.id for triple in secret.triples}
    before = store.adjacency()
    assert gone <= set(before.triple_ids)
    store.remove([secret.document.id])
    for _ in range(3):  # whatever else changes afterwards
        adjacency = store.adjacency()
        everything = cut(adjacency, push(adjacency, dict.fromkeys(range(len(adjacency.nodes)), 1.0), hops=5))
        said = {adjacency.triple_ids[edge] for edge in everything.edges}
        assert said == {triple.id for triple in kept.triples}
        assert secret.triples[1].tail_id not in adjacency.node_index
        assert "owes" not in adjacency.relations
        store.add(batch(say("more.txt", ("Ben", "likes", "Dot"))))
        store.adjacency()
        store.remove([say("more.txt").document.id])
    store.add(batch(secret))
    assert gone <= set(store.adjacency().triple_ids)
    assert gone <= set(before.triple_ids)  # the older arrays stay what they were


def test_a_store_that_refreshes_equals_one_that_was_never_asked(say: Say, batch: MakeBatch) -> None:
    records = [say(f"{number}.txt", (f"E{number % 4}", f"r{number % 3}", f"E{number}")) for number in range(9)]
    asked, quiet = open_store("memory:"), open_store("memory:")
    for store in (asked, quiet):
        store.configure(encoder="toy", dimension=8, extracted_with="hand")
        for number, record in enumerate(records):
            store.add(batch(record))
            if store is asked:
                assert store.adjacency().generation == store.info().generation
            if number % 2:
                store.remove([records[number // 2].document.id])
    assert_equal(asked.adjacency(), quiet.adjacency())


def test_what_is_kept_is_mended_and_saved_at_the_end(tmp_path: Path) -> None:
    first = World({"a", "b"}, {}, {"t1": ("a", "r", "b", 1.0)})
    second = World({"a", "b", "c"}, {}, {"t1": ("a", "r", "b", 1.0), "t2": ("b", "r", "c", 1.0)})
    made: list[int] = []

    def make() -> Adjacency:
        made.append(1)
        return build(1, **first.told())

    def mend(held: Adjacency, touched: Touched) -> Adjacency:
        return refresh(held, touched, 2, **second.told(touched))

    kept = Kept(tmp_path, "me")
    kept.touch(Touched({"lost"}))  # before anything is held there is nothing to mend
    assert list(kept.get(1, make, mend).triple_ids) == ["t1"]
    kept.touch(Touched({"b", "c"}, set(), {"t2"}))
    assert list(kept.get(2, make, mend).triple_ids) == ["t1", "t2"]
    kept.close(2)
    again = Kept(tmp_path, "me")
    assert_equal(again.get(2, make, mend), build(2, **second.told()))
    assert len(made) == 1
