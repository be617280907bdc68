"""What a batch of the store on disk remembers while it writes must never outlive what it is about."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from clew.graph.errors import StoreError
from clew.graph.model import entity_id
from clew.graph.store import Batch, DocumentRecord
from clew.graph.stores.arcadedb.store import ArcadeStore
from clew.graph.stores.memory import MemoryStore

Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[ArcadeStore]:
    store = ArcadeStore(tmp_path / "kb")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    yield store
    store.close()


def test_edges_lead_to_what_is_there_now(
    kb: ArcadeStore, say: Say, batch: MakeBatch, dump: Callable[..., object]
) -> None:
    """Records take the places of those that went, so an address that was remembered would be another's."""
    told = MemoryStore()
    told.configure(encoder="toy", dimension=8, extracted_with="hand")
    turns = [
        [say(f"doc {turn} {place}", (f"Ann {turn}", "knows", f"Bob {place}"), (f"Bob {place}", "likes", "Hub"))]
        for turn in range(3)
        for place in range(4)
    ]
    for turn, records in enumerate(turns):
        for store in (kb, told):
            store.add(batch(*records))
            if turn >= 3:
                store.remove([turns[turn - 3][0].document.id])
    assert dump(kb) == dump(told)
    hub = kb.neighborhood([entity_id("Hub")])
    assert [triple.id for triple in hub] == [triple.id for triple in told.neighborhood([entity_id("Hub")])]
    for triple in hub:  # from the other end, too
        assert triple in kb.neighborhood([triple.head])


def test_what_is_stale_already_is_written_once_more_where_its_names_change(
    kb: ArcadeStore, say: Say, batch: MakeBatch
) -> None:
    kb.add(batch(say("one", ("Ann", "knows", "Bob"))))
    before = next(kb.entities([entity_id("Bob")]))
    kb.add(batch(say("two", ("Bob", "likes", "Cleo"))))
    after = next(kb.entities([entity_id("Bob")]))
    assert sum(after.names.values()) > sum(before.names.values())
    assert kb.counts().stale == kb.counts().entities == 3
    assert sorted(kb.stale(10)[0]) == sorted(entity_id(name) for name in ("Ann", "Bob", "Cleo"))


def test_garbage_is_collected_again_after_a_write_that_fails(kb: ArcadeStore, say: Say, batch: MakeBatch) -> None:
    good = batch(say("one", ("Ann", "knows", "Bob")))
    with pytest.raises(StoreError):
        kb.add(Batch(good.records, np.ones((9, 3), dtype=np.float32)))
    with kb._engine.transaction():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(StoreError):
        _break_off(kb)
    assert gc.isenabled()
    kb.add(good)
    assert gc.isenabled()


def _break_off(kb: ArcadeStore) -> None:
    with kb._engine.transaction():
        raise OSError("the disk is gone")
