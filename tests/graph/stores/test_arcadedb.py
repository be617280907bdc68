"""What only the store on disk must keep: whose it is, and what survives kills, interrupts, damage and a full disk."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.graph.errors import QueryError, StoreError, StoreFormatError, StoreLockedError
from clew.graph.model import Document, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord
from clew.graph.stores.arcadedb.store import ArcadeStore

Records = tuple[DocumentRecord, ...]
Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]

CHILD = """
import sys
import numpy as np
from clew.graph.stores.arcadedb.store import ArcadeStore
from clew.graph.errors import StoreError
from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.store import Batch, DocumentRecord

def batch(turn, size=5, words=20):
    records = []
    for number in range(size):
        name = f"Person {turn} {number}"
        document = Document.make(f"doc {turn} {number}", f"{name} knows Hub. " + f"word{turn} " * words)
        chunk = Chunk.make(document, 0, len(document.text))
        mentions = tuple(
            Mention(chunk.id, document.id, at, at + len(who), who, "PERSON", 0.9, entity_id(who), who)
            for at, who in ((0, name), (len(name) + 7, "Hub"))
        )
        source = Source(document.id, chunk.id, 0, 30, "hand", 0.9)
        triple = Triple.make(entity_id(name), "knows", entity_id("Hub"), (source,))
        records.append(DocumentRecord(document, (chunk,), mentions, (triple,)))
    return Batch(tuple(records), np.ones((size, 8), dtype=np.float32) / 8 ** 0.5)

store = ArcadeStore(sys.argv[1])
store.configure(encoder="toy", dimension=8, extracted_with="hand")
"""


def _child(script: str, *args: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-c", script, *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kb"


@pytest.fixture
def kb(path: Path) -> Iterator[ArcadeStore]:
    store = ArcadeStore(path)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    yield store
    store.close()


def test_another_process_is_told_who_has_it(kb: ArcadeStore, path: Path) -> None:
    with pytest.raises(StoreLockedError, match="in this process"):
        open_store(f"arcadedb:{path}")
    script = """
import sys
from clew.graph.errors import StoreLockedError
from clew.graph.open import open_store
try:
    open_store(sys.argv[1])
except StoreLockedError as error:
    print(error)
"""
    out, err = _child(script, str(path)).communicate(timeout=60)
    assert "another process" in out
    assert "Close it there first" in out
    assert err == ""
    kb.close()
    again = ArcadeStore(path, create=False)
    assert again.info().encoder == "toy"
    again.close()


def test_a_killed_process_loses_nothing_that_was_added(path: Path) -> None:
    loop = "for turn in range(10_000):\n    store.add(batch(turn))\n    print(turn)\n"
    child = _child(CHILD + loop, str(path))
    assert child.stdout is not None
    told = -1
    for line in child.stdout:
        told = int(line)
        if told == 12:
            child.send_signal(signal.SIGKILL)
            break
    rest, _ = child.communicate(timeout=60)
    told = int(rest.split()[-1]) if rest.split() else told
    store = ArcadeStore(path, create=False)
    counts = store.counts()
    batches = counts.documents // 5
    assert batches in {told + 1, told + 2}
    assert counts == replace(
        counts,
        documents=5 * batches,
        chunks=5 * batches,
        mentions=10 * batches,
        entities=5 * batches + 1,
        triples=5 * batches,
        stale=5 * batches + 1,
    )
    assert len(store.neighborhood([entity_id("Hub")])) == 5 * batches
    assert len(store.search_text("chunk", "hub", 10_000)) == 5 * batches
    assert store.remove([Document.make("doc 0 0", "").id]) == 1
    store.close()


@pytest.mark.parametrize("busy", [True, False])
def test_a_polite_kill_ends_it_at_once_and_loses_nothing(path: Path, busy: bool) -> None:
    script = CHILD + "store.add(batch(0)); print('added')\nturn = 1\nwhile True:\n"
    script += "    store.add(batch(turn)); turn += 1" if busy else "    import time; time.sleep(1)"
    child = _child(script, str(path))
    assert child.stdout is not None
    assert child.stdout.readline() == "added\n"
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)
    assert child.returncode == -signal.SIGTERM
    store = ArcadeStore(path)
    assert store.counts().documents >= 5
    store.close()


def test_an_interrupt_takes_back_the_batch_at_hand(
    kb: ArcadeStore, say: Say, batch: MakeBatch, dump: Callable[[ArcadeStore], dict[str, Any]]
) -> None:
    kb.add(batch(say("first.txt", ("Ada", "knows", "Hub"))))
    before = dump(kb)
    big = batch(*(say(f"{i}", *((f"Person {i} {j}", "knows", "Hub") for j in range(20))) for i in range(40)))
    started = time.monotonic()
    kb.add(big)
    seconds = time.monotonic() - started
    assert kb.remove([record.document.id for record in big.records]) == 40
    earlier = signal.signal(signal.SIGALRM, signal.default_int_handler)
    broken = 0
    try:
        for part in (0.1, 0.3, 0.5, 0.7, 0.9):
            signal.setitimer(signal.ITIMER_REAL, seconds * part)
            try:
                kb.add(big)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                broken += 1
            assert kb.counts().documents in {1, 41}
            kb.remove([record.document.id for record in big.records])
            assert {key: value for key, value in dump(kb).items() if not key.startswith("near")} == {
                key: value for key, value in before.items() if not key.startswith("near")
            }
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
    assert broken
    kb.add(big)
    assert kb.counts().documents == 41


def test_a_full_disk_is_reported_and_earlier_batches_survive(path: Path) -> None:
    fill = """
import resource
store.add(batch(0))
limit = 3_000_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
turn = 0
try:
    for turn in range(1, 400):
        store.add(batch(turn, 40, 400))
except StoreError as error:
    print(turn)
    print(error)
"""
    out, _ = _child(CHILD + fill, str(path)).communicate(timeout=120)
    turns, message = out.split("\n", 1)
    assert "disk is full" in message
    assert "Free some space" in message
    store = ArcadeStore(path, create=False)
    assert store.counts().documents in {5 + 40 * (int(turns) - 1), 5 + 40 * int(turns)}
    assert len(list(store.triples())) == store.counts().triples
    assert len(store.search_text("chunk", "hub", 100_000)) == store.counts().chunks
    store.close()


@pytest.mark.parametrize("clean", [True, False])
def test_a_truncated_file_is_reported(path: Path, clean: bool) -> None:
    store = ArcadeStore(path)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.close()
    if not clean:  # as after a kill
        (path / "sizes.json").unlink()
    victim = next(path.glob("engine/KnowledgeBase_0.*.bucket"))
    with victim.open("r+b") as file:
        file.truncate(victim.stat().st_size // 2)
    with pytest.raises(StoreError, match="copy"):
        ArcadeStore(path, create=False)
    with pytest.raises(StoreError, match="copy"):  # and its lock is free again
        ArcadeStore(path, create=False)


@pytest.mark.parametrize("name", ["schema.json", "dictionary.0.65536.v1.dict"])
@pytest.mark.parametrize("content", [b"", b"\x00\xffnonsense"])
def test_a_damaged_engine_file_is_reported(path: Path, name: str, content: bytes) -> None:
    ArcadeStore(path).close()
    (path / "sizes.json").unlink()
    (path / "engine" / name).write_bytes(content)
    (path / "engine" / "schema.prev.json").unlink(missing_ok=True)
    with pytest.raises(StoreError):
        ArcadeStore(path, create=False).search_text("chunk", "x", 1)


def test_only_a_knowledge_base_is_opened(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no knowledge base"):
        ArcadeStore(path, create=False)
    assert not path.exists()
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mum.txt").write_text("Dear mum")
    with pytest.raises(StoreFormatError, match="not a knowledge base"):
        ArcadeStore(tmp_path / "letters")
    with pytest.raises(StoreFormatError, match="is a file"):
        ArcadeStore(tmp_path / "letters" / "mum.txt")
    assert [child.name for child in (tmp_path / "letters").iterdir()] == ["mum.txt"]
    ArcadeStore(path).close()
    about = json.loads((path / "clew.json").read_text())
    (path / "clew.json").write_text(json.dumps(about | {"format": 999}))
    with pytest.raises(StoreFormatError, match="Update Clew"):
        ArcadeStore(path)
    (path / "clew.json").write_text("{")
    with pytest.raises(StoreFormatError, match="damaged"):
        ArcadeStore(path)


def test_a_making_that_was_cut_short_is_begun_again(path: Path) -> None:
    (path / "engine").mkdir(parents=True)
    (path / "engine" / "configuration.json").write_text("{")
    (path / "making").touch()
    store = ArcadeStore(path)
    assert store.counts().documents == 0
    store.close()
    assert (path / "clew.json").exists()


def test_it_prints_nothing_and_leaves_nothing_lying_about(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    script = CHILD + "store.add(batch(0))\nstore.search_text('chunk', 'hub', 3)\nstore.query('RETURN 1 AS x')\n"
    child = _child(script, str(tmp_path / "kb"), cwd=work)
    out, err = child.communicate(timeout=60)
    assert (out, err, child.returncode) == ("", "", 0)
    assert list(work.iterdir()) == []
    assert (tmp_path / "kb" / "sizes.json").exists()  # it was closed at exit


def test_arrays_are_kept_beside_the_store_and_checked(path: Path, golden: Records, batch: MakeBatch) -> None:
    def arrays(folder: Path) -> list[Path]:
        return sorted(folder.glob("cache/adjacency-*/head.npy"))

    def opened_heads() -> list[str]:
        store = ArcadeStore(path, create=False)
        adjacency = store.adjacency()
        store.close()
        return [adjacency.nodes[node] for node in adjacency.head]

    store = ArcadeStore(path)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*golden))
    expected = [triple.head for triple in store.triples()]
    store.adjacency()
    store.close()
    assert len(arrays(path)) == 1
    again = ArcadeStore(path, create=False)
    assert isinstance(again.adjacency().head.base, np.memmap) or isinstance(again.adjacency().head, np.memmap)
    again.close()
    for damage in (b"", b"\x93NUMPY nonsense", np.arange(999).tobytes()):
        arrays(path)[0].write_bytes(damage)
        assert opened_heads() == expected
    about = arrays(path)[0].parent / "about.json"
    about.write_text(about.read_text().replace('"owner": "', '"owner": "not '))
    assert opened_heads() == expected


def test_cypher_gives_plain_python(kb: ArcadeStore, golden: Records, batch: MakeBatch) -> None:
    kb.add(batch(*golden))
    rows = kb.query(
        "MATCH (a:Entity {name: $name})-[r:RELATES {relation: 'place of birth'}]->(b) RETURN a, r, b.name AS place",
        {"name": "Benjamin Disraeli"},
    ).rows
    ((person, birth, place),) = rows
    assert (person["label"], person["name"], place) == ("Entity", "Benjamin Disraeli", "London")
    assert birth["relation"] == "place of birth"
    assert "embedding" not in person
    result = kb.query("RETURN date('2020-01-02') AS d, [1, 2.5, 'x'] AS l, {a: true} AS m, null AS n")
    assert result.columns == ("d", "l", "m", "n")
    assert result.rows == (("2020-01-02", [1, 2.5, "x"], {"a": True}, None),)
    assert [type(value) for value in result.rows[0][1]] == [int, float, str]
    path = kb.query("MATCH p = (:Entity {name: 'Lothair (novel)'})-[:RELATES*2]->(b) RETURN p LIMIT 1").rows[0][0]
    assert [len(path["nodes"]), len(path["relationships"])] == [3, 2]


def test_a_slow_query_is_stopped(kb: ArcadeStore) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match="longer than"):
        kb.query(
            "UNWIND range(1, 9000) AS x UNWIND range(1, 9000) AS y WITH x * y AS z RETURN max(z) AS m", timeout=0.3
        )
    assert time.monotonic() - started < 10
    assert kb.query("RETURN 1 AS one").rows == ((1,),)
