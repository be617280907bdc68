"""Vectors made anew with another encoder, or for the first time in a graph that is read as it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Chunk
from clew.graph.store import DocumentRecord, GraphStore
from clew.ingest.chunk_vectors import chunk_texts
from clew.ingest.describe import describe_stale
from clew.ingest.pipeline import Progress

SLICE = 256  # chunks embedded at a time: bounds memory


def reembed(store: GraphStore, embedder: Embedder, *, progress: Callable[[Progress], None] | None = None) -> int:
    """Every chunk, entity and relation carries a vector of this embedder; returns how many chunks and entities."""
    started = time.perf_counter()
    store.configure(
        encoder=embedder.fingerprint, dimension=embedder.dimension, extracted_with=store.info().extracted_with
    )
    counts = store.counts()
    done = 0

    def tell(stage: str, more: int, total: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(Progress(stage, done, total, time.perf_counter() - started))

    total = counts.chunks + counts.entities
    _embed(store, embedder, store.chunks(), lambda count: tell("embedding chunks", count, total))
    return done + describe_stale(store, embedder, done=lambda count: tell("describing", count, total))


def catch_up(store: GraphStore, embedder: Embedder, *, progress: Callable[[Progress], None] | None = None) -> int:
    """In a store that reads a graph of somebody else's (one that knows what is `waiting` for a vector) nothing waits
    and nothing is stale; returns how many chunks and entities were embedded, 0 for any other store."""
    waiting: Callable[[], list[str]] | None = getattr(store, "waiting", None)
    if waiting is None:
        return 0
    if store.info().encoder != embedder.fingerprint:
        return reembed(store, embedder, progress=progress)
    started = time.perf_counter()
    ids, done = waiting(), 0
    total = len(ids) + store.counts().stale

    def tell(stage: str, more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(Progress(stage, done, total, time.perf_counter() - started))

    _embed(store, embedder, store.chunks(ids), lambda count: tell("embedding chunks", count))
    describe_stale(store, embedder, done=lambda count: tell("describing", count))
    return done


def _embed(store: GraphStore, embedder: Embedder, pieces: Iterator[Chunk], done: Callable[[int], None]) -> None:
    """These chunks carry a vector of this embedder; `done` is told each slice's size."""
    for chunks in _slices(pieces):
        documents = {document.id: document for document in store.documents(sorted({c.document for c in chunks}))}
        texts = [chunk_texts(DocumentRecord(documents[piece.document], (piece,)))[0] for piece in chunks]
        store.set_chunk_vectors([piece.id for piece in chunks], embedder.encode(texts))
        done(len(chunks))


def _slices(items: Iterator[Chunk]) -> Iterator[list[Chunk]]:
    while part := list(islice(items, SLICE)):
        yield part
