"""The batch loop: what is reported, what is left alone, what survives an interruption."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Chunk, Document
from clew.graph.stores.memory import MemoryStore
from clew.ingest import pipeline
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import Extraction
from clew.ingest.load.load import load


def run(store: MemoryStore, source: Path, extractor: SpacyExtractor, embedder: Embedder, **options: object):  # type: ignore[no-untyped-def]
    return pipeline.ingest(load([source]), store, extractor, embedder, extractor=extractor.fingerprint, **options)


def test_a_changed_file_replaces_what_it_said(tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder) -> None:
    file = tmp_path / "Ada.txt"
    store = MemoryStore()
    file.write_text("Ada Lovelace was born in London.")
    assert run(store, file, extractor, embedder).added == 1
    file.write_text("Ada Lovelace was born in Paris.")
    report = run(store, file, extractor, embedder)
    assert (report.added, report.updated) == (0, 1)
    names = {entity.name for entity in store.entities()}
    assert "Paris" in names
    assert "London" not in names


def test_refresh_reads_everything_again(tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder) -> None:
    (tmp_path / "Ada.txt").write_text("Ada Lovelace was born in London.")
    store = MemoryStore()
    run(store, tmp_path, extractor, embedder)
    assert run(store, tmp_path, extractor, embedder).unchanged == 1
    assert run(store, tmp_path, extractor, embedder, refresh=True).updated == 1


def test_another_chunk_size_makes_documents_stale(
    tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder
) -> None:
    (tmp_path / "Ada.txt").write_text("Ada Lovelace was born in London.")
    store = MemoryStore()
    run(store, tmp_path, extractor, embedder)
    assert run(store, tmp_path, extractor, embedder, chunk_size=500).updated == 1


def test_the_same_text_under_two_names_is_kept_and_noted(
    tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder
) -> None:
    text = '{"id": "%s", "title": "Ada", "text": "Ada Lovelace was born in London and lived there for years."}\n'
    (tmp_path / "a.jsonl").write_text(text % "1" + text % "2")
    report = run(MemoryStore(), tmp_path, extractor, embedder)
    assert report.added == 2
    assert "same text" in report.notes[0]


def test_a_broken_file_is_reported_and_the_rest_is_read(
    tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder
) -> None:
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "c.txt").write_text("Ada Lovelace was born in London.")
    report = run(MemoryStore(), tmp_path, extractor, embedder)
    assert (report.added, report.failed) == (1, 2)
    assert {Path(problem.uri).name for problem in report.problems} == {"a.txt", "b.pdf"}
    assert all(problem.reason for problem in report.problems)


def test_a_dry_run_writes_nothing_and_estimates(tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder) -> None:
    (tmp_path / "Ada.txt").write_text("Ada Lovelace was born in London.")
    store = MemoryStore()
    report = pipeline.dry_run(load([tmp_path]), store, extractor, embedder, extractor=extractor.fingerprint)
    assert report.dry_run
    assert report.added == 1
    assert report.estimated_seconds is not None
    assert report.estimated_seconds >= 0
    assert store.counts().documents == 0


def test_an_interrupted_run_keeps_what_it_reported_and_is_finished_by_the_next(
    tmp_path: Path, extractor: SpacyExtractor, embedder: Embedder
) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text(f"Person Number{number} was born in London.")
    whole, cut = MemoryStore(), MemoryStore()
    run(whole, tmp_path, extractor, embedder)

    def stops_after_two(items: Iterable[tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        nonlocal left
        for item in items:
            if not left:
                raise KeyboardInterrupt
            left -= 1
            yield from extractor(iter([item]))

    left = 2
    with pytest.raises(pipeline.Interrupted) as stopped:
        pipeline.ingest(load([tmp_path]), cut, stops_after_two, embedder, extractor=extractor.fingerprint, batch_size=1)
    assert stopped.value.report.interrupted
    assert stopped.value.report.added == cut.counts().documents == 2
    run(cut, tmp_path, extractor, embedder)
    assert list(cut.triples()) == list(whole.triples())
    assert [entity.description for entity in cut.entities()] == [entity.description for entity in whole.entities()]
