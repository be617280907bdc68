"""What every store keeps while it lives: threads, closing, opening again, read-only queries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.graph.errors import QueryError, SettingsError, StoreError, StoreUnsupportedError
from clew.graph.model import entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore

Records = tuple[DocumentRecord, ...]
Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]
Dump = Callable[[GraphStore], dict[str, Any]]


def test_readers_in_threads_see_whole_batches(store: GraphStore, say: Say, batch: MakeBatch) -> None:
    wrong: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                told = {triple.relation for triple in store.neighborhood([entity_id("Hub")])}
                assert told in ({"left", "right"}, {"up", "down"}, set()), told
                store.search_text("chunk", "Hub", 3)
                store.search_vectors("chunk", np.full(8, 8**-0.5, dtype=np.float32), 3)
                assert store.counts().documents in {0, 1}
        except BaseException as error:
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(10):
        names = ("left", "right") if turn % 2 else ("up", "down")
        store.add(batch(say("hub.txt", *(("Hub", name, f"Rim {turn}") for name in names))))
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_closed_store_says_so(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.close()
    store.close()
    calls: list[Callable[[], Any]] = [
        store.info,
        store.counts,
        store.adjacency,
        lambda: store.add(batch(golden[0])),
        lambda: store.remove(["x"]),
        lambda: store.stale(1),
        lambda: list(store.documents()),
        lambda: list(store.mentions()),
        lambda: store.find(["x"]),
        lambda: store.search_text("chunk", "x", 1),
        lambda: store.query("RETURN 1"),
    ]
    for call in calls:
        with pytest.raises(StoreError, match="closed"):
            call()


def test_a_reopened_store_is_the_same(
    url: str, golden: Records, batch: MakeBatch, dump: Dump, describe_all: Callable[[GraphStore], None]
) -> None:
    if url == "memory:":
        pytest.skip("a memory store ends when it is closed")
    with pytest.raises(StoreError):
        open_store(url, create=False)
    store = open_store(url)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*golden))
    describe_all(store)
    before, info = dump(store), store.info()
    store.close()
    store = open_store(url, create=False)
    assert dump(store) == before
    assert store.info() == info
    assert [hit.id for hit in store.search_text("chunk", "Endymion", 5)] == [golden[2].chunks[0].id]
    store.close()


def test_cypher_is_read_only_or_absent(engine: str, store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    if engine in {"memory", "rdf"}:
        with pytest.raises(StoreUnsupportedError, match="arcadedb:"):
            store.query("RETURN 1")
        pytest.skip(f"the store {engine} has no Cypher")
    one = store.query("RETURN 1 AS one, $x AS x", {"x": "a'b"})
    assert (one.columns, one.rows, one.truncated) == (("one", "x"), ((1, "a'b"),), False)
    cut = store.query("UNWIND range(1, 10) AS x RETURN x", limit=3)
    assert (cut.rows, cut.truncated) == (((1,), (2,), (3,)), True)
    whole = store.query("UNWIND range(1, 3) AS x RETURN x", limit=3)
    assert (len(whole.rows), whole.truncated) == (3, False)
    for refused in (
        "CREATE (n:Entity) RETURN n",
        "MATCH (n) DETACH DELETE n",
        "RETURN",
        "LOAD CSV FROM 'x' AS x RETURN x",
    ):
        with pytest.raises(QueryError):
            store.query(refused)
    assert store.counts().entities == 5


@pytest.mark.parametrize("url_", ["postgres:x", "memory:somewhere"])
def test_an_impossible_url_is_refused(url_: str) -> None:
    with pytest.raises(SettingsError, match=r"memory:"):
        open_store(url_)


def test_a_missing_store_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_store("memory:", create=False)
    assert list(tmp_path.iterdir()) == []
