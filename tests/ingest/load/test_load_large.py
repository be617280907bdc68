"""Large and hostile inputs take linear time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from clew.ingest.chunk import chunk
from clew.ingest.load.decode import clean
from clew.ingest.load.load import Loaded, load


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("unit", ["word ", "[a](", "**b", "_a ", "<!-- a ", "é ", "x"])
def test_one_line_of_50_megabytes_loads_and_chunks(tmp_path: Path, name: str, unit: str) -> None:
    size = 50_000_000 if name == "a.txt" and unit == "word " else 4_000_000
    size = 900_000 if unit == "x" else size  # a longer word is refused: no text has it
    path = tmp_path / name
    path.write_bytes(unit.encode() * (size // len(unit.encode())))
    started = time.process_time()
    (loaded,) = load([path])
    assert isinstance(loaded, Loaded)
    chunks = chunk(loaded.document)
    seconds = time.process_time() - started
    assert sum(len(piece.text) for piece in chunks) == len(loaded.document.text)
    assert seconds < 30


def test_a_run_of_accents_takes_no_quadratic_time() -> None:
    started = time.process_time()
    text = "e\u0301" + " a" + "\u0301\u0316" * 100_000
    assert clean(text).startswith("é a")
    assert time.process_time() - started < 5


def test_a_large_corpus_loads_in_a_moment(tmp_path: Path) -> None:
    rows = ",".join(f'{{"title": "Title {number}", "text": "{"A sentence of it. " * 25}"}}' for number in range(6000))
    path = tmp_path / "corpus.json"
    path.write_text(f"[{rows}]")
    started = time.process_time()
    assert sum(isinstance(item, Loaded) for item in load([path])) == 6000
    assert time.process_time() - started < 2
