"""The encoder of a store on disk changes in slices: killed or interrupted in the midst, it is never half changed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

from clew.graph.store import Batch, DocumentRecord
from clew.graph.stores.arcadedb import write as arcadedb_write
from clew.graph.stores.arcadedb.engine import Engine
from clew.graph.stores.arcadedb.store import ArcadeStore

PEOPLE = 20
STOP = """
import os, signal, sys
from clew.graph.stores.arcadedb import write as arcadedb_write
from clew.graph.stores.arcadedb.store import ArcadeStore
from clew.graph.stores.arcadedb.engine import Engine

def watch(frame, event, argument):
    global left
    if event == "call" and frame.f_code is Engine.transaction.__wrapped__.__code__:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

left = int(sys.argv[2])
arcadedb_write.SLICE = 4
store = ArcadeStore(sys.argv[1])
sys.setprofile(watch)
store.configure(encoder="other", dimension=4, extracted_with="hand")
"""
SMALL = """
import sys
import numpy as np
from clew.graph.stores.arcadedb.store import ArcadeStore
from clew.graph.errors import StoreError
from clew.graph.model import Chunk, Document
from clew.graph.store import Batch, DocumentRecord

store = ArcadeStore(sys.argv[1], heap="32m")
store.configure(encoder="toy", dimension=1, extracted_with="hand")
document = Document.make("long", "word " * 4_000_000)
record = DocumentRecord(document, (Chunk.make(document, 0, len(document.text)),))
try:
    store.add(Batch((record,), np.ones((1, 1), dtype=np.float32)))
except StoreError as error:
    print(error.what)
    print(error.hint)
"""


def _run(script: str, *args: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *args], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kb"


@pytest.fixture
def kb(
    path: Path,
    say: Callable[..., DocumentRecord],
    batch: Callable[..., Batch],
    describe_all: Callable[[ArcadeStore], None],
) -> Iterator[ArcadeStore]:
    """People who all know Hub, everything described."""
    store = ArcadeStore(path)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*(say(f"{number}", (f"Person {number}", "knows", "Hub")) for number in range(PEOPLE))))
    describe_all(store)
    yield store
    store.close()


def _embedded(store: ArcadeStore) -> list[int]:
    """How many chunks, entities and relations carry a vector; the question itself needs none, so it mends nothing."""
    return [
        store.query(f"MATCH (n:{label}) WHERE n.embedding IS NOT NULL RETURN count(n) AS n").rows[0][0]
        for label in ("Chunk", "Entity", "Relation")
    ]


def _found(store: ArcadeStore) -> list[int]:
    query = np.full(4, 0.5, dtype=np.float32)
    return [len(store.search_vectors(kind, query, 99)) for kind in ("chunk", "entity", "relation")]


# Each transaction is met twice, as it begins and as it commits: 2 is in the midst of the first, 4 and 18 in the midst
# of slices, 5 and 9 between two of them, 28 in the midst of the last one, which says that all is done.
@pytest.mark.parametrize(
    ("turn", "left"),
    [
        (2, [20, 21, 1]),
        (3, [20, 21, 1]),
        (4, [20, 21, 1]),
        (5, [16, 21, 1]),
        (9, [8, 21, 1]),
        (18, [0, 13, 1]),
        (28, [0, 0, 0]),
    ],
)
def test_a_kill_while_the_encoder_changes_leaves_the_old_or_the_new(
    kb: ArcadeStore, path: Path, turn: int, left: list[int]
) -> None:
    before = kb.info()
    kb.close()
    code, _, _ = _run(STOP, str(path), str(turn))
    assert code == -signal.SIGKILL
    store = ArcadeStore(path, create=False)
    try:
        assert _embedded(store) == left
        if turn == 2:
            assert store.info() == before
            assert store.counts().stale == 0
        else:
            assert store.info() == replace(before, encoder="other", dimension=4, generation=before.generation + 1)
            assert store.counts().stale == PEOPLE + 1
            assert _found(store) == [0, 0, 0]
            assert [len(part) for part in store.stale(99)] == [PEOPLE + 1, 1]
            assert _embedded(store) == [0, 0, 0]
    finally:
        store.close()


@pytest.mark.parametrize("then", ["search", "stale", "configure", "add", "set_chunk_vectors"])
def test_an_interrupted_change_is_finished_before_vectors_are_used(
    kb: ArcadeStore, say: Callable[..., DocumentRecord], then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0

    def interrupt(frame: FrameType, event: str, _: object) -> None:
        nonlocal turns
        if event == "call" and frame.f_code is Engine.transaction.__wrapped__.__code__:  # type: ignore[attr-defined]
            turns += 1
            if turns == 5:
                sys.setprofile(None)
                raise KeyboardInterrupt

    monkeypatch.setattr(arcadedb_write, "SLICE", 4)
    change = {"encoder": "other", "dimension": 4, "extracted_with": "hand"}
    sys.setprofile(interrupt)
    with pytest.raises(KeyboardInterrupt):
        kb.configure(**change)
    assert _embedded(kb) == [PEOPLE - 4, PEOPLE + 1, 1]
    assert kb.info().encoder == "other"
    chunks, new = [chunk.id for chunk in kb.chunks()], say("new", ("Ada", "knows", "Hub"))
    vectors = np.full((PEOPLE, 4), 0.5, dtype=np.float32)
    match then:
        case "stale":
            assert [len(part) for part in kb.stale(99)] == [PEOPLE + 1, 1]
        case "configure":
            kb.configure(**change)
            assert _embedded(kb) == [0, 0, 0]
        case "add":
            kb.add(Batch((new,), vectors[:1]))
        case "set_chunk_vectors":
            kb.set_chunk_vectors(chunks, vectors)
    assert _found(kb) == [{"add": 1, "set_chunk_vectors": PEOPLE}.get(then, 0), 0, 0]
    assert kb.counts().stale == len(kb.stale(99)[0]) == PEOPLE + 1 + (then == "add")


def test_too_small_a_heap_is_told_from_damage(path: Path) -> None:
    code, out, err = _run(SMALL, str(path))
    assert (code, err) == (0, "")
    what, hint = out.splitlines()
    assert "memory" in what
    assert "heap" in hint
    assert "damaged" not in hint
