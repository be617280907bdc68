"""What goes wrong with Neo4j servers: each with a clear error, and nothing half-written."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clew.graph.errors import SettingsError, StoreError, StoreFormatError
from clew.graph.model import Chunk, Document, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.graph.stores.neo4j.server import place_of, version_of
from clew.graph.stores.neo4j.store import Neo4jStore

Records = tuple[DocumentRecord, ...]
Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]
DISRAELI = entity_id("Benjamin Disraeli")


@pytest.fixture
def kb(neo4j_url: str) -> Iterator[Neo4jStore]:
    store = open_store(neo4j_url)
    assert isinstance(store, Neo4jStore)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    yield store
    store.close()


class Wire:
    """A line to a real server that can be cut (`cut()`, or of itself after `cut_after` bytes were sent) and mended, and
    that can replace bytes in what the server says by as many others."""

    def __init__(self, uri: str, swap: tuple[bytes, bytes] = (b"", b"")) -> None:
        host, _, port = uri.partition("://")[2].partition("?")[0].rpartition(":")
        self._server, self._swap = (host, int(port)), swap
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"bolt://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self.cut_after: int | None = None
        self.cuts = self.sent = 0
        self.stays_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.stays_cut:
                client.close()
                continue
            server = socket.create_connection(self._server)
            self._open += [client, server]
            threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(4096):
                self.sent += len(data) if up else 0
                if up and self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after < 0:
                        self.cut_after, self.cuts = None, self.cuts + 1
                        break
                target.sendall(data if up or not self._swap[0] else data.replace(*self._swap))
        except OSError:
            pass
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listening.close()
        for end in self._open:
            end.close()


@pytest.fixture
def wire(neo4j_url: str) -> Iterator[Wire]:
    made = Wire(neo4j_url)
    yield made
    made.close()


def _credentials() -> dict[str, str]:
    return {"username": os.environ["NEO4J_USERNAME"], "password": os.environ["NEO4J_PASSWORD"]}


def test_a_wrong_password_is_told(neo4j_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.environ["NEO4J_PASSWORD"]:
        pytest.skip("this server takes any password")
    monkeypatch.setenv("NEO4J_PASSWORD", "not the password")
    with pytest.raises(StoreError, match="NEO4J_PASSWORD") as error:
        open_store(neo4j_url)
    assert "not the password" not in str(error.value)


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for scheme in ("bolt", "neo4j"):
        with pytest.raises(StoreError, match=f"{scheme}://127.0.0.1:{port} does not answer"):
            open_store(f"{scheme}://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("neo4j://", "NEO4J_URI"),
        ("neo4j:", "NEO4J_URI"),
        ("neo4j://ada:secret@host", "NEO4J_PASSWORD"),
        ("neo4j://host:port", "not a URL"),
        ("bolt://host:7687/one?database=two", "cannot be opened|could not be opened|does not answer"),
    ],
)
def test_an_impossible_address_is_refused(url: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    with pytest.raises((SettingsError, StoreError), match=told) as error:
        open_store(url)
    assert "secret" not in str(error.value)


def test_the_address_may_come_from_the_environment(
    neo4j_url: str, neo4j_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("NEO4J_DATABASE", "neo4j")
    store = open_store("neo4j:")
    assert store.counts().documents == 0
    store.close()
    with pytest.raises(SettingsError, match="NEO4J_DATABASE"):
        open_store(f"{neo4j_server.uri}/other")


def test_an_unknown_database_is_told(neo4j_url: str, neo4j_server: Any) -> None:
    with pytest.raises(StoreError, match="no database 'nowhere'"):
        open_store(f"{neo4j_server.uri}/nowhere")


def test_a_server_too_old_is_told_at_opening(neo4j_url: str) -> None:
    assert version_of("Neo4j/2025.10.1", place_of("bolt://host")) == (2025, 10)
    wire = Wire(neo4j_url, swap=(b"Neo4j/5.26.", b"Neo4j/5.12."))
    with pytest.raises(StoreFormatError, match=r"too old: Neo4j/5\.12.*Clew needs Neo4j 5\.18"):
        open_store(wire.url)
    wire.close()
    with pytest.raises(StoreFormatError, match="not Neo4j"):
        version_of("Memgraph/3.0", place_of("bolt://host"))


def test_a_graph_that_is_not_ours_is_left_alone(kb: Neo4jStore, neo4j_url: str, neo4j_server: Any) -> None:
    kb.close()
    neo4j_server.wipe()
    kb = Neo4jStore(neo4j_url, **_credentials())
    kb._server.command("MATCH (n) DETACH DELETE n")
    kb._server.command("CREATE (:Movie {title: 'Alien'})")
    with pytest.raises(StoreError, match="emptied"):
        kb.info()
    kb.close()
    with pytest.raises(StoreFormatError, match="graph=existing"):
        open_store(neo4j_url)


def test_a_newer_or_damaged_knowledge_base_is_refused(kb: Neo4jStore, neo4j_url: str) -> None:
    kb._server.command("MATCH (n:KnowledgeBase) SET n.format_version = 99")
    with pytest.raises(StoreFormatError, match="Update Clew"):
        open_store(neo4j_url)
    kb._server.command("MATCH (n:KnowledgeBase) REMOVE n.format_version")
    with pytest.raises(StoreError, match="damaged"):
        open_store(neo4j_url)


def test_a_server_gone_in_mid_write_leaves_nothing_half_written(
    kb: Neo4jStore, wire: Wire, golden: Records, batch: MakeBatch, *, dump: Callable[[GraphStore], Any]
) -> None:
    kb.add(batch(golden[0]))
    before = dump(kb)

    def add(cut_after: int | None) -> int:
        far = Neo4jStore(wire.url, **_credentials(), retry_time=0.1)
        wire.stays_cut, wire.cut_after, start = cut_after is not None, cut_after, wire.sent
        try:
            far.add(batch(*golden[1:]))
        finally:
            wire.stays_cut = False
            far.close()
        return wire.sent - start

    whole = add(None)
    kb.remove([record.document.id for record in golden[1:]])
    for tenths in (2, 5, 8):
        with pytest.raises(StoreError, match="does not answer"):
            add(whole * tenths // 10)
        assert dump(kb)["documents"] == before["documents"]
    assert wire.cuts == 3
    assert {**dump(kb), "near entities": 0} == {**before, "near entities": 0}
    add(None)
    assert kb.counts().documents == 3


def test_a_passing_failure_is_tried_again(kb: Neo4jStore, wire: Wire, golden: Records, batch: MakeBatch) -> None:
    far = Neo4jStore(wire.url, **_credentials())
    wire.cut_after = 3_000
    far.add(batch(*golden))
    assert wire.cuts == 1
    assert kb.counts().documents == 3
    assert next(kb.entities([DISRAELI])).names == {"Benjamin Disraeli": 7}
    far.close()


def test_what_cannot_be_sent_is_refused_whole(kb: Neo4jStore, golden: Records, batch: MakeBatch) -> None:
    document = Document.make("surrogate", "Half a \ud83e thread.")
    record = DocumentRecord(document, (Chunk.make(document, 0, 10),))
    with pytest.raises(StoreError):
        kb.add(batch(golden[0], record))
    assert kb.counts().documents == 0
    kb.add(batch(golden[0]))


def test_an_encoder_with_too_long_vectors_is_refused(kb: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="4,096"):
        kb.configure(encoder="long", dimension=5_000, extracted_with="hand")
    assert kb.info().dimension == 8


def test_names_longer_than_an_index_takes_are_kept(kb: Neo4jStore, say: Say, batch: MakeBatch) -> None:
    long = "word " * 20_000
    record = say("long", (f"Head {long}", f"relation {long}", "Tail"))
    kb.add(batch(record))
    assert kb.find(["tail"]) == {"tail": [entity_id("Tail")]}
    assert next(kb.triples()).relation == f"relation {long}"
    assert len(kb.stale(10)[1]) == 1


@pytest.mark.slow
def test_a_read_only_database_is_read_and_says_so_when_written(
    own_neo4j: Callable[..., str], golden: Records, batch: MakeBatch, tmp_path: Path
) -> None:
    store = open_store(f"{own_neo4j()}?cache={tmp_path}")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*golden[:2]))
    store.close()
    # The script hands this on to the server's settings, which are read line by line.
    url = own_neo4j(NEO4J_PAGECACHE="64m\nserver.databases.default_to_read_only=true")
    store = open_store(f"{url}?cache={tmp_path}", create=False)
    assert store.counts().documents == 2
    assert store.find(["london"])["london"]
    assert len(store.adjacency().triple_ids) > 0
    for write in (
        lambda: store.add(batch(golden[2])),
        lambda: store.remove([golden[0].document.id]),
        lambda: store.configure(encoder="other", dimension=4, extracted_with="hand"),
    ):
        with pytest.raises(StoreError, match=r"read-only|does not let"):
            write()
    assert store.counts().documents == 2
    store.close()
