"""What was reported survives a killed writer, and finishing the ingest gives the graph of an uninterrupted one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PASSAGES = ROOT / "examples" / "wikipedia" / "passages.jsonl"
KILLS = 10


def crash(folder: Path, *arguments: str) -> dict[str, float]:
    """The figures of the crash benchmark on the first passages of the demonstration."""
    lines = PASSAGES.read_text(encoding="utf-8").splitlines()[:10]
    (folder / "2wiki").mkdir()
    (folder / "2wiki" / "corpus.json").write_text(f"[{','.join(lines)}]", encoding="utf-8")
    command = [sys.executable, ROOT / "benchmarks" / "crash.py", "--data", folder, "--limit", "10", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr[-3000:]}"
    return {name: float(value) for name, _, value in (line.rpartition(": ") for line in done.stdout.splitlines())}


@pytest.mark.timeout(900)  # half a minute of work, on a busy machine much more
def test_ten_kills_of_the_default_store_lose_nothing(tmp_path: Path) -> None:
    figures = crash(tmp_path, "--stores", "arcadedb", "--kills", str(KILLS))
    assert figures == {"arcadedb kills": KILLS, "arcadedb lost": 0, "arcadedb half written": 0}


@pytest.mark.parametrize("found", ["lost", "half"])
def test_the_check_sees_what_is_lost_and_what_is_half_there(found: str, tmp_path: Path) -> None:
    # In a process of its own: the benchmark's modules are scripts and no part of the product.
    prepared = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import crash_writer as crash
from dataclasses import replace
from clew.graph.stores.memory import MemoryStore
from clew.graph.store import Batch
from clew.ingest.pipeline import ingest
crash.prepare(folder := Path(sys.argv[2]) / "slice", [{"title": "A", "text": "A was born in Rome."},
    {"title": "B", "text": "B is a film directed by A."}])
store, records = MemoryStore(), crash.told(folder)
ingest(crash.documents_of(folder), store, lambda _: iter(()), crash.HashEmbedder(), **crash.READY)
assert crash.check(store, records, set(records)) == (0, []), crash.check(store, records, set(records))
first = next(iter(records.values()))
if sys.argv[3] == "lost":
    store.remove([first.document.id])
else:
    store.add(Batch((replace(first, mentions=(), triples=()),), crash.HashEmbedder().encode(["x"] * len(first.chunks))))
lost, wrong = crash.check(store, records, set(records))
print(lost, "mentions" in wrong)
"""
    done = subprocess.run(
        [sys.executable, "-c", prepared, ROOT / "benchmarks", tmp_path, found],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == (["1", "False"] if found == "lost" else ["0", "True"]), done.stderr[-2000:]
