"""What is embedded of chunks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.store import DocumentRecord, Vectors

_AT_ONCE = 2_000  # texts; more than a batch of documents has that is not one long document


def chunk_texts(record: DocumentRecord) -> list[str]:
    """What is embedded of each chunk: its document's title, its headings and its text."""
    title = record.document.title
    return [
        ". ".join(part for part in dict.fromkeys((title, *piece.headings)) if part) + "\n" + piece.text
        if title or piece.headings
        else piece.text
        for piece in record.chunks
    ]


def chunk_vectors(
    records: Sequence[DocumentRecord], embedder: Embedder, *, told: Callable[[int, int], None]
) -> Vectors:
    """A unit vector per chunk, float32 [number of chunks, dimension], in the order of the records' chunks. `told` is
    called with how many there are so far, of how many."""
    texts = [text for record in records for text in chunk_texts(record)]
    told(0, len(texts))
    found = [embedder.encode(texts[:_AT_ONCE])]
    for start in range(_AT_ONCE, len(texts), _AT_ONCE):
        told(start, len(texts))
        found.append(embedder.encode(texts[start : start + _AT_ONCE]))
    told(len(texts), len(texts))
    return np.concatenate(found)


__all__ = ["chunk_texts", "chunk_vectors"]
