"""One knowledge base open in several processes at once: killed, closing, racing and forked owners lose nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from clew.graph.errors import ClewError, StoreError, StoreLockedError
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.graph.stores.arcadedb.folder import Place
from clew.graph.stores.rdf.store import RdfStore
from clew.graph.stores.shared import address as served_place

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are POSIX's")

Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]
Dump = Callable[[GraphStore], dict[str, Any]]
Run = Callable[..., subprocess.Popen[str]]

READER = """
import sys
from clew.graph.open import open_store

store = open_store(sys.argv[1])
print("open", flush=True)
most = 0
while not sys.stdin.closed:
    listed = [document.id for document in store.documents()]
    assert listed == sorted(listed)
    assert len(listed) >= most, (len(listed), most)
    most = len(listed)
    entities = [entity.id for entity in store.entities()]
    assert len(list(store.chunks())) >= most
    assert len(store.neighborhood(entities[:3])) <= 1000
    store.search_text("chunk", "Hub", 3)
    assert len(store.adjacency().chunks) >= most
    print(most, flush=True)
"""
RACER = """
import sys, time
from pathlib import Path
import numpy as np
from clew.graph.model import Chunk, Document
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord

url, mine, go = sys.argv[1:]
while not Path(go).exists():
    time.sleep(0.001)
store = open_store(url)
store.configure(encoder="toy", dimension=8, extracted_with="hand")
document = Document.make(mine, "text")
vectors = np.full((1, 8), 8**-0.5, dtype=np.float32)
store.add(Batch((DocumentRecord(document, (Chunk.make(document, 0, 4),)),), vectors))
print(store.owner.split(",")[0], flush=True)
sys.stdin.readline()
assert {one.uri for one in store.documents()} >= {mine}
store.close()
print("done", flush=True)
"""


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts Python processes that end with the test at the latest."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, *arguments]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    """The next line that the process prints; where it ended instead, what it says of it."""
    assert process.stdout is not None
    found = process.stdout.readline().strip()
    assert found, process.communicate()
    return found


def opened(url: str) -> Any:
    store = open_store(url)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    return store


def fact(say: Say, number: int) -> DocumentRecord:
    return say(f"doc {number:03}", ("Hub", f"rim {number % 5}", f"Thing {number}"))


@pytest.mark.parametrize("engine", ["rdf", "arcadedb"])
def test_explorer_ask_and_ingest_go_on_when_the_owner_is_killed(
    engine: str, tmp_path: Path, run: Run, say: Say, *, batch: MakeBatch, dump: Dump
) -> None:
    url = f"{engine}:{tmp_path / 'kb'}"
    explorer = run(READER, url)
    assert line(explorer) == "open"
    ask = run(READER, url)
    store = opened(url)
    assert store.owner == f"process {explorer.pid}"
    number, killed = 0, -1
    while killed < 0 or number < killed + 8:
        store.add(batch(fact(say, number)))
        number += 1
        if number >= 8 and killed < 0 and int(line(ask).replace("open", "0")) > 2:
            explorer.send_signal(signal.SIGKILL)
            killed = number
    assert store.owner != f"process {explorer.pid}"
    assert store.remove([fact(say, number - 1).document.id]) == 1
    store.add(batch(fact(say, number - 1)))
    while int(line(ask)) < number:
        pass
    assert ask.poll() is None
    reference = opened("memory:")
    reference.add(batch(*(fact(say, each) for each in range(number))))
    assert dump(store) == dump(reference)
    store.close()


@pytest.mark.parametrize("engine", ["rdf", "arcadedb"])
def test_of_those_that_open_at_once_one_is_the_owner(engine: str, tmp_path: Path, run: Run) -> None:
    url, go = f"{engine}:{tmp_path / 'kb'}", tmp_path / "go"
    racers = [run(RACER, url, f"racer {number}", str(go)) for number in range(3)]
    time.sleep(1)
    go.touch()
    told = [line(racer) for racer in racers]
    assert told.count("this process") == 1
    for racer in racers:  # the owner closes first or later: it is all the same to the others
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    for racer in racers:
        assert line(racer) == "done"
    store = open_store(url)
    assert {document.uri for document in store.documents()} == {f"racer {number}" for number in range(3)}
    store.close()
    assert not (tmp_path / "kb" / "served.json").exists()


def test_a_reader_goes_on_where_it_was_when_the_owner_closes(tmp_path: Path, say: Say, batch: MakeBatch) -> None:
    url = f"rdf:{tmp_path / 'kb'}"
    owner, guest, other = opened(url), open_store(url), open_store(url)
    owner.add(batch(*(say(f"doc {number}", ("Hub", "has", "x" * 3000 + str(number))) for number in range(400))))
    expected, ids = [chunk.id for chunk in owner.chunks()], [chunk.id for chunk in owner.chunks()][::-2]
    mentions = list(owner.mentions())
    streams = [guest.chunks(), guest.chunks([*ids, "unknown", *ids]), guest.mentions(), other.triples()]
    begun = [[next(stream) for _ in range(120)] for stream in streams]
    owner.close()
    rest = [list(stream) for stream in streams]
    whole = [before + after for before, after in zip(begun, rest, strict=True)]
    assert [chunk.id for chunk in whole[0]] == expected
    assert [chunk.id for chunk in whole[1]] == ids * 2
    assert whole[2] == mentions
    assert len({triple.id for triple in whole[3]}) == len(whole[3]) == 400
    guest.close()
    assert other.counts().documents == 400
    other.close()


@pytest.mark.parametrize(
    "what", ["nobody listens", "a stranger", "another clew", "garbage", "for all to read", "a link"]
)
def test_a_stale_or_foreign_endpoint_locks_nobody_out(what: str, tmp_path: Path, run: Run) -> None:
    url, folder = f"rdf:{tmp_path / 'kb'}", tmp_path / "kb"
    opened(url).close()
    stranger = run(STRANGER, "clew 0" if what == "another clew" else "HTTP/1.1 200 OK")
    port = int(line(stranger))
    if what == "nobody listens":
        stranger.kill()
        stranger.wait()
    told = json.dumps({"port": port, "token": "ab" * 32, "process": stranger.pid})
    target = folder / "served.json" if what != "a link" else tmp_path / "elsewhere"
    target.write_text("{" if what == "garbage" else told, encoding="ascii")
    target.chmod(0o644 if what == "for all to read" else 0o600)
    if what == "a link":
        (folder / "served.json").symlink_to(target)
    store: Any = open_store(url, create=False)
    assert store.owner == "this process"
    assert store.info().encoder == "toy"
    endpoint = served_place.find(folder)
    assert endpoint is not None
    assert endpoint.process == os.getpid()
    assert (folder / "served.json").stat().st_mode & 0o777 == 0o600
    store.close()
    assert not (folder / "served.json").exists()


STRANGER = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    connection.sendall(sys.argv[1].encode() + bytes(200))
    connection.close()
"""


def test_errors_come_across_as_they_are(tmp_path: Path, say: Say, batch: MakeBatch) -> None:
    url = f"rdf:{tmp_path / 'kb'}"
    owner = open_store(url)
    guest: Any = open_store(url)
    wrong = batch(fact(say, 0), fact(say, 0))
    for call in (
        lambda store: store.add(wrong),
        lambda store: store.query("RETURN 1"),
        lambda store: store.search_vectors("chunk", wrong.chunk_vectors[0][:3], 3),
    ):
        told = []
        for store in (owner, guest):
            store.configure(encoder="toy", dimension=8, extracted_with="hand")
            with pytest.raises(ClewError) as raised:
                call(store)
            told.append((type(raised.value), raised.value.what, raised.value.hint, str(raised.value)))
        assert told[0] == told[1]
    guest.close()
    with pytest.raises(StoreError, match="closed"):
        guest.info()
    assert owner.info().encoder == "toy"
    owner.close()


def test_who_does_not_serve_keeps_others_out_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RdfStore(str(tmp_path / "kb"))
    monkeypatch.setattr(served_place, "patience", lambda _: 0.2)
    with pytest.raises(StoreLockedError, match="Another process"):
        open_store(f"rdf:{tmp_path / 'kb'}")
    store.close()
    open_store(f"rdf:{tmp_path / 'kb'}").close()


def test_an_owner_that_cannot_write_any_more_hands_over(tmp_path: Path, say: Say, batch: MakeBatch) -> None:
    url = f"rdf:{tmp_path / 'kb'}"
    owner: Any = opened(url)
    guest: Any = open_store(url)
    guest.add(batch(fact(say, 0)))
    disk = vars(owner._role.store)
    del disk["_disk"]  # closed: what tidies its files would race with the next opening
    disk["_disk"] = Store.read_only(str(tmp_path / "kb"))  # every write to it fails, as on a disk that is full
    with pytest.raises(StoreError, match="could not be written"):
        guest.add(batch(fact(say, 1)))
    guest.add(batch(fact(say, 1)))
    assert guest.owner == "this process"
    assert guest.counts().documents == 2
    owner.close()
    guest.close()


FORKER = """
import os, sys, time
from clew.graph.stores.arcadedb.folder import Place
from clew.graph.open import open_store
from pathlib import Path

place = Place(Path(sys.argv[2]), create=True)
store = open_store(sys.argv[1])
store.configure(encoder="toy", dimension=8, extracted_with="hand")
if not (child := os.fork()):
    assert store.owner == "nobody"
    assert store.info().encoder == "toy"
    print(store.owner == f"process {os.getppid()}", os.getpid(), flush=True)
    sys.stdin.readline()
    try:
        store.info()
    except Exception as error:
        print(type(error).__name__, error, flush=True)
    os._exit(0)
time.sleep(1000)
"""


def test_a_forked_child_asks_its_parent_and_holds_nothing_when_that_ends(tmp_path: Path, run: Run) -> None:
    url = f"rdf:{tmp_path / 'kb'}"
    parent = run(FORKER, url, str(tmp_path / "place"))
    connected, child = line(parent).split()
    assert connected == "True"
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    os.kill(int(child), 0)  # lives
    Place(tmp_path / "place", create=True).release()
    assert parent.stdin is not None
    parent.stdin.write("\n")
    parent.stdin.flush()
    assert "spawn rather than fork" in line(parent)
    store = open_store(url)
    assert store.info().encoder == "toy"
    store.close()
