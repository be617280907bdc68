"""Text search: chunks by meaning (vectors) and by words (BM25), fused into one ranked list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.graph.adjacency.adjacency import Floats
from clew.graph.store import GraphStore, Hit

DEPTH = 100  # hits taken from each search before fusion
LEXICAL_SHARE = 0.5  # of the fused score; the rest is the vectors'


@dataclass(frozen=True, slots=True)
class TextHits:
    """Chunks by fused score (0..1, best first), and what the two searches said of them."""

    chunks: tuple[Hit, ...] = ()
    best_cosine: float = 0.0
    best_lexical: float = 0.0


def hybrid(question: str, vector: Floats, store: GraphStore, *, k: int = 50, depth: int = DEPTH) -> TextHits:
    """The `k` chunks that vectors and words together find best for the question."""
    by_meaning = store.search_vectors("chunk", vector, depth)
    by_words = store.search_text("chunk", question, depth)
    return TextHits(
        tuple(fuse([(by_meaning, 1 - LEXICAL_SHARE), (by_words, LEXICAL_SHARE)])[:k]),
        by_meaning[0].score if by_meaning else 0.0,
        by_words[0].score if by_words else 0.0,
    )


def fuse(rankings: Sequence[tuple[Sequence[Hit], float]]) -> list[Hit]:
    """One ranking from several: the weighted sum of scores, each ranking's stretched to 0..1 between its last and
    its best hit; ties by id. (Relative score fusion: it keeps how far ahead a hit is, which ranks alone lose.)"""
    total: dict[str, float] = {}
    for hits, weight in rankings:
        if not hits:
            continue
        low, high = min(hit.score for hit in hits), max(hit.score for hit in hits)
        floor = low - (high - low) * 0.05 if high > low else low - 1.0
        for hit in hits:
            total[hit.id] = total.get(hit.id, 0.0) + weight * (hit.score - floor) / (high - floor)
    return [Hit(id_, score) for id_, score in sorted(total.items(), key=lambda item: (-item[1], item[0]))]
