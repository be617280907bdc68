"""Whether a graph holds little for its text, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_FEW = 0.5  # triples a chunk of some 200 words
_LEAST = 3  # chunks from which a share says anything


def sparse(chunks: int, triples: int, languages: Iterable[str]) -> str:
    """What is said of a graph with few triples for its chunks of text, "" of any other; `languages` are those of its
    documents, "" for English."""
    if chunks < _LEAST or triples >= _FEW * chunks:
        return ""
    counts = Counter(languages)
    foreign = sum(count for language, count in counts.items() if language)
    said = f"the graph holds little of its text: {triples:,} triples from {chunks:,} chunks"
    if foreign:
        said += f"; {foreign:,} of {sum(counts.values()):,} documents are not English, and only their words are known"
    if 2 * foreign < sum(counts.values()):
        said += "; few of its sentences could be read as facts. All of its words can be searched"
        said += "; --extractor llm (see the settings llm_url and llm_model) reads more"
    return said


__all__ = ["sparse"]
