"""The batch loop: loaded documents become chunks, mentions, triples and vectors in the store.

One transaction a batch. While one batch is embedded and written in the background, the next is being read and
parsed; memory is bounded by two batches. What is reported as added is committed, so a run that is cut short is
finished by running it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.errors import BudgetError, ModelError
from clew.graph.model import Chunk, Document
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.ingest.chunk import CHUNKER_VERSION, chunk
from clew.ingest.chunk_vectors import chunk_texts, chunk_vectors
from clew.ingest.describe import describe_stale
from clew.ingest.extract.types import Chunked, Extraction, Extractor
from clew.ingest.load.items import ReadyTriple, Remark
from clew.ingest.load.load import READER_VERSION, Loaded, Problem
from clew.ingest.ontology.report import GuideReport
from clew.ingest.resolution.merge import merge
from clew.ingest.resolution.resolve import resolve, resolve_ready
from clew.ingest.resolution.stated import with_stated
from clew.ingest.structure.plain import read_plain

_PATIENCE = 2.0  # seconds between two words on a batch that is being written
BATCH_CHARACTERS = 150_000  # a batch ends early on long documents, so that memory does not follow their length


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of about `total` (None while unknown) things (`unit`) in this `stage`."""

    stage: str
    done: int
    total: int | None
    seconds: float
    current: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did. Documents are `added`, `updated`, `unchanged`, `failed`, `skipped` or, where their files are
    gone, `removed`; the other counts are of what the added and updated ones say. `problems` explains every failed and
    skipped source, `notes` the rest. `stopped` says why the run ended before all was read; of a language model, `usage`
    holds calls, tokens and cost (expected ones in a dry run), `rejected` how much of what it said was not taken, by
    reason; `guide` tells what an ontology did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0
    removed: int = 0
    chunks: int = 0
    mentions: int = 0
    triples: int = 0
    entities: int = 0
    merged: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    dry_run: bool = False
    estimated_seconds: float | None = None
    interrupted: bool = False
    stopped: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    guide: GuideReport | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


@dataclass
class _Tally:
    """What the run has done so far; the report is made from it."""

    started: float = field(default_factory=time.perf_counter)
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    chunks: int = 0
    mentions: int = 0
    triples: int = 0
    described: int = 0
    merged: int = 0
    names: set[str] = field(default_factory=set)  # titles that documents had before and may have no more
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    read: int = 0
    embedded: int = 0  # texts of the batch that is being written
    to_embed: int = 0

    @property
    def handled(self) -> int:
        return self.added + self.updated + self.unchanged

    def embed(self, done: int, total: int) -> None:
        self.embedded, self.to_embed = done, total

    def report(self, **more: Any) -> IngestReport:
        return IngestReport(
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            failed=sum(not problem.skipped for problem in self.problems),
            skipped=sum(problem.skipped for problem in self.problems),
            chunks=self.chunks,
            mentions=self.mentions,
            triples=self.triples,
            entities=self.described,
            merged=self.merged,
            seconds=round(time.perf_counter() - self.started, 3),
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            stopped=self.stopped,
            **more,
        )


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run, with the report of what is safely in the store."""

    def __init__(self, report: IngestReport) -> None:
        super().__init__()
        self.report = report


def read_with(extractor: str, *, chunk_size: int) -> str:
    """The fingerprint of all that turns a document into what it says."""
    return f"reader {READER_VERSION}, chunks {CHUNKER_VERSION}/{chunk_size}, {extractor}"


def ingest(
    loaded: Iterable[Loaded | Problem | Remark],
    store: GraphStore,
    extract: Extractor,
    embedder: Embedder,
    *,
    extractor: str,
    chunk_size: int = 1200,
    batch_size: int = 64,
    total: int | None = None,
    refresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Everything loaded is in the store, described and embedded; returns what was done.

    A document whose content and reading (`read_with`) are unchanged is left alone unless `refresh`. Raises
    `Interrupted` on Ctrl-C, after the batch being written is safe.
    """
    tally = _Tally()
    reading = read_with(extractor, chunk_size=chunk_size)
    run = _Run(store, extract, embedder, extractor, reading, chunk_size, refresh, total, progress, tally)
    store.configure(encoder=embedder.fingerprint, dimension=embedder.dimension, extracted_with=extractor)
    try:
        run.documents(loaded, batch_size)
        run.merges()
        run.descriptions()
    except KeyboardInterrupt:
        raise Interrupted(tally.report(interrupted=True)) from None
    return tally.report()


@dataclass
class _Run:
    store: GraphStore
    extract: Extractor
    embedder: Embedder
    extractor: str
    reading: str
    chunk_size: int
    refresh: bool
    total: int | None
    progress: Callable[[Progress], None] | None
    tally: _Tally

    def documents(self, loaded: Iterable[Loaded | Problem | Remark], batch_size: int) -> None:
        """All documents are read, extracted and written; one batch is written while the next is read."""
        waiting: Future[None] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="clew-write") as writer:
            for batch in _batches(self._documents_of(loaded), batch_size):
                fresh = self._changed(batch)
                records = self._records(fresh)
                self._written(waiting)
                waiting = writer.submit(self._write, records) if records else None
                self._tell(
                    "reading", self.tally.handled, self.total, batch[-1].document.title or batch[-1].document.uri
                )
                if self.tally.stopped:
                    break
            self._written(waiting)

    def _written(self, waiting: Future[None] | None) -> None:
        """The batch is written; of one that takes long, which is a long document, it is told how far that is."""
        if waiting is None:
            return
        while wait((waiting,), timeout=_PATIENCE).not_done:
            self._tell("embedding", self.tally.embedded, self.tally.to_embed, "")
        waiting.result()

    def _documents_of(self, loaded: Iterable[Loaded | Problem | Remark]) -> Iterator[Loaded]:
        seen: set[str] = set()
        for item in loaded:
            if isinstance(item, Problem):
                self.tally.problems.append(item)
                continue
            if isinstance(item, Remark):
                self.tally.notes.append(f"{item.uri}: {item.text}")
                continue
            document = item.document
            if item.note:
                self.tally.notes.append(f"{document.uri}: {item.note}")
            if document.id in seen:
                self.tally.problems.append(Problem(document.uri, "was already read in this run", skipped=True))
                continue
            seen.add(document.id)
            self._note_twin(document)
            yield item

    def _note_twin(self, document: Document) -> None:
        """The same text under two names is two documents; the report says so, since it counts twice as a source."""
        if len(document.text) < 40:  # short records repeat by nature
            return
        twin = self.tally.hashes.setdefault(document.content_hash, document.uri)
        if twin != document.uri:
            self.tally.notes.append(f"{document.uri} has the same text as {twin}; both are kept as sources")

    def _changed(self, batch: list[Loaded]) -> list[tuple[Loaded, bool]]:
        """Those to be read, each with whether an earlier version is in the store."""
        known = {document.id: document for document in self.store.documents([item.document.id for item in batch])}
        changed = []
        for item in batch:
            old = known.get(item.document.id)
            same = old and old.content_hash == item.document.content_hash and old.read_with == self.reading
            if same and not self.refresh:
                self.tally.unchanged += 1
            else:
                changed.append((item, old is not None))
                if old is not None and old.title != item.document.title:
                    self.tally.names.add(old.title)
        return changed

    def _records(self, fresh: list[tuple[Loaded, bool]]) -> list[tuple[DocumentRecord, bool]]:
        prose: list[Chunked] = []
        records: dict[str, DocumentRecord] = {}
        stated: dict[str, tuple[ReadyTriple, ...]] = {}
        for item, _ in fresh:
            stated[item.document.id] = item.triples
            document = replace(item.document, read_with=self.reading)
            chunked = self._chunked(item, document)
            if item.read is not None:
                records[document.id] = item.read(document, chunked.chunks)
            elif item.triples and document.annotations is None:
                records[document.id] = resolve_ready(document, chunked.chunks, item.triples)
            else:
                prose.append(chunked)
        for read, extraction in self._extracted(prose):
            document = read.document
            if extraction.problem:
                self.tally.problems.append(Problem(document.uri, extraction.problem))
            else:
                said = with_stated(document, extraction, stated[document.id])
                records[document.id] = resolve(document, read.chunks, said, extractor=self.extractor)
        return [(records[item.document.id], known) for item, known in fresh if item.document.id in records]

    def _chunked(self, item: Loaded, document: Document) -> Chunked:
        """The document in chunks, with the blocks of its text where it is prose."""
        rows = (bool(item.triples) and document.annotations is None) or item.rows
        blocks = item.blocks
        if not (blocks or rows or item.read is not None):
            blocks = tuple(read_plain(document.text))
        chunks = chunk(document, size=self.chunk_size, sections=item.sections, blocks=blocks, rows=rows)
        return Chunked(document, chunks, blocks)

    def _extracted(self, prose: Sequence[Chunked]) -> Iterator[tuple[Chunked, Extraction]]:
        """What each document says. Where the model can say no more, the run is stopped; a model that is of no use
        from the start raises."""
        try:
            for read, extraction in zip(prose, self.extract(iter(prose)), strict=True):
                self.tally.read += 1
                yield read, extraction
        except ModelError as error:
            if not self.tally.read and not isinstance(error, BudgetError):
                raise
            self.tally.stopped = str(error)

    def weigh(self, fresh: Sequence[tuple[Loaded, bool]], weigh: Callable[[Document, Sequence[Chunk]], None]) -> None:
        """`weigh` has seen each of these documents that the extractor would read, with its chunks."""
        for item, _ in fresh:
            if item.read is None and not item.triples:
                weigh(item.document, self._chunked(item, item.document).chunks)

    def _write(self, records: list[tuple[DocumentRecord, bool]]) -> None:
        batch = tuple(record for record, _ in records)
        self.store.add(Batch(batch, chunk_vectors(batch, self.embedder, told=self.tally.embed)))
        for record, known in records:
            self.tally.updated += known
            self.tally.added += not known
            self.tally.chunks += len(record.chunks)
            self.tally.mentions += len(record.mentions)
            self.tally.triples += len(record.triples)

    def merges(self) -> None:
        """Names of one thing are one entity, and homographs apart, across all documents."""
        if self.store.counts().stale:
            self._tell("resolving", 0, None, "")
        self.tally.merged = merge(self.store, self.embedder.encode, names=self.tally.names)

    def descriptions(self) -> None:
        """Every entity whose neighbourhood changed is described and embedded."""
        total = self.store.counts().stale

        def done(count: int) -> None:
            self.tally.described += count
            self._tell("describing", self.tally.described, max(total, self.tally.described), "")

        describe_stale(self.store, self.embedder, done=done)

    def _tell(self, stage: str, done: int, total: int | None, current: str) -> None:
        if self.progress is not None:
            self.progress(Progress(stage, done, total, time.perf_counter() - self.tally.started, current))


def _batches(items: Iterable[Loaded], size: int) -> Iterator[list[Loaded]]:
    batch: list[Loaded] = []
    characters = 0
    for item in items:
        if batch and (len(batch) >= size or characters + len(item.document.text) > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(item)
        characters += len(item.document.text)
    if batch:
        yield batch


def dry_run(
    loaded: Iterable[Loaded | Problem | Remark],
    store: GraphStore,
    extract: Extractor,
    embedder: Embedder,
    *,
    extractor: str,
    chunk_size: int = 1200,
    refresh: bool = False,
    sample: int = 24,
    weigh: Callable[[Document, Sequence[Chunk]], None] | None = None,
) -> IngestReport:
    """What `ingest` would do, and about how long it would take: a sample of the documents is really read. Where
    reading costs money, `weigh` is called with each document that would be read instead, and none is."""
    tally = _Tally()
    run = _Run(
        store,
        extract,
        embedder,
        extractor,
        read_with(extractor, chunk_size=chunk_size),
        chunk_size,
        refresh,
        None,
        None,
        tally,
    )
    sampled: list[tuple[Loaded, bool]] = []
    characters = 0
    for batch in _batches(run._documents_of(loaded), 256):
        fresh = run._changed(batch)
        tally.added += sum(not known for _, known in fresh)
        tally.updated += sum(known for _, known in fresh)
        if weigh is not None:
            run.weigh(fresh, weigh)
            continue
        characters += sum(len(item.document.text) for item, _ in fresh)
        sampled += fresh[: max(0, sample - len(sampled))]
    seconds = 0.0
    if sampled:
        sampled_characters = sum(len(item.document.text) for item, _ in sampled)
        run._records(sampled[:1])  # models load on first use; that is not part of the rate
        started = time.perf_counter()
        records = run._records(sampled)
        embedder.encode([text for record, _ in records for text in chunk_texts(record)])
        embedder.encode([mention.name for record, _ in records for mention in record.mentions])
        seconds = (time.perf_counter() - started) * characters / max(sampled_characters, 1)
    return tally.report(dry_run=True, estimated_seconds=None if weigh else round(seconds, 1))
