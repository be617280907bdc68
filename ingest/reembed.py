"""All vectors made anew with another encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from clew.graph.embeddings import Embedder
from clew.graph.model import Chunk
from clew.graph.store import DocumentRecord, GraphStore
from clew.ingest.describe import describe_stale
from clew.ingest.pipeline import Progress, chunk_texts

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
    for chunks in _slices(store.chunks()):
        documents = {document.id: document for document in store.documents(sorted({c.document for c in chunks}))}
        texts = [chunk_texts(DocumentRecord(documents[piece.document], (piece,)))[0] for piece in chunks]
        store.set_chunk_vectors([piece.id for piece in chunks], embedder.encode(texts))
        tell("embedding chunks", len(chunks), total)
    return done + describe_stale(store, embedder, done=lambda count: tell("describing", count, total))


def _slices(items: Iterator[Chunk]) -> Iterator[list[Chunk]]:
    while part := list(islice(items, SLICE)):
        yield part
