"""Progress in characters: inside one large file, over many records, and over files of which a part is known."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import clew
from clew.cli.terminal import counted, progress_bar
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Chunk, Document
from clew.graph.store import DocumentRecord
from clew.ingest import pipeline
from clew.ingest.chunk_vectors import chunk_vectors
from clew.ingest.pipeline import Progress

SENTENCE = "Falcon Works was founded by Rita Sommer in Hamburg. "


def progress_of(source: Path) -> list[Progress]:
    told: list[Progress] = []
    with clew.open("memory:") as kg:
        kg.ingest(source, progress=told.append)
    return [one for one in told if one.stage == "reading"]


def test_progress_moves_inside_one_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text(SENTENCE * 3000)
    told = progress_of(path)
    assert len({one.done for one in told}) > 3
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert max(then.done - first.done for first, then in pairwise(told)) < 100_000  # one line, of no pieces of its own
    assert told[-1].done == told[-1].total == len(SENTENCE) * 3000
    assert all(one.total == told[-1].total and one.unit == "characters" for one in told)


def test_records_of_one_file_are_part_of_its_size(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,text\n" + "".join(f"{number},{SENTENCE}\n" for number in range(300)))
    told = progress_of(path)
    assert len({one.done for one in told}) > 3
    assert all(one.total and one.total >= len(SENTENCE) * 290 for one in told)
    assert told[-1].done >= len(SENTENCE) * 299


def test_how_progress_is_said() -> None:
    assert counted(Progress("describing", 1200, 6000, 1.0)) == "1,200 of 6,000"
    assert counted(Progress("reading", 1200, 6000, 1.0, unit="characters")) == "1,200 of about 6,000 characters"
    assert counted(Progress("resolving", 0, None, 1.0)) == "0"


def test_a_large_file_is_named_before_it_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "large.txt"
    path.write_text("a" * 3_000_000)  # no text, so that nothing of it is read
    (tmp_path / "small.txt").write_text(SENTENCE)
    told: list[Progress] = []
    with clew.open("memory:") as kg, progress_bar() as shown:
        report = kg.ingest([path, tmp_path / "small.txt"], progress=lambda one: (told.append(one), shown(one))[0])
    assert (report.added, report.failed) == (1, 1)
    (first,) = (one for one in told if one.stage == "loading")
    assert told[0] == first
    assert (first.current, first.done, first.unit) == ("large.txt", 3_000_000, "bytes")
    assert "loading large.txt, 3 MB" in capsys.readouterr().err


def test_a_batch_that_takes_long_to_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    monkeypatch.setattr(pipeline, "_PATIENCE", 0.0)
    (tmp_path / "a.txt").write_text(SENTENCE * 200)
    told: list[Progress] = []
    with clew.open("memory:") as kg:
        assert kg.ingest(tmp_path, progress=told.append).added == 1
    assert [one for one in told if one.stage == "embedding" and one.total]


def test_chunks_are_embedded_alike_in_one_go_and_in_several(
    monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    document = Document.make("file:///a.txt", SENTENCE * 7)
    size = len(SENTENCE)
    chunks = tuple(Chunk.make(document, 0, (at + 1) * size) for at in range(7))
    record = DocumentRecord(document, chunks)
    whole = chunk_vectors([record], embedder, told=lambda *_: None)
    monkeypatch.setattr("clew.ingest.chunk_vectors._AT_ONCE", 3)
    told: list[tuple[int, int]] = []
    assert np.allclose(chunk_vectors([record], embedder, told=lambda *at: told.append(at)), whole, atol=1e-5)
    assert told == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert chunk_vectors([], embedder, told=lambda *_: None).shape == (0, embedder.dimension)
