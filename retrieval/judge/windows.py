"""Chunks cut into what is read at once: a few sentences under what stands above them.

A reader sees more in a paragraph than in a page, and a paragraph that speaks of nothing that is asked need not be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clew.graph.model import Chunk
from clew.retrieval.question.words import sentence_spans

SMALL, LARGE = 400, 900  # characters of a window: smaller paragraphs are joined, larger ones cut at a sentence
_GAP = re.compile(r"\n[^\S\n]*\n\s*")
_ENDS = frozenset('.!?:;,…"”’)]|')
_HEADING = 80  # characters of a line that may be a heading


def windows(chunk: Chunk) -> list[tuple[int, int, str]]:
    """Start and end of each window in the chunk's text, in order, with the heading line that stands above it there."""
    text = chunk.text
    found: list[tuple[int, int, str]] = []
    heading = ""
    for start, end in _paragraphs(text):
        line = text[start:end]
        if "\n" not in line and len(line) <= _HEADING and line[-1:] not in _ENDS and end < len(text.rstrip()):
            heading = line.strip("#=-* ")
            continue
        for low, high in _pieces(text, start, end):
            last = found[-1] if found else None
            if last and last[2] == heading and high - last[0] <= SMALL * 2 and last[1] - last[0] < SMALL:
                found[-1] = (last[0], high, heading)
            else:
                found.append((low, high, heading))
    return found or [(0, len(text), "")]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in [*_GAP.finditer(text), None]:
        end = match.start() if match else len(text)
        own = text[start:end]
        if own.strip():
            yield start + len(own) - len(own.lstrip()), start + len(own.rstrip())
        start = match.end() if match else end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraph whole, or cut at sentence ends where it is long."""
    if end - start <= LARGE:
        yield start, end
        return
    low = start
    high = start
    for first, last in sentence_spans(text[start:end]):
        if high > low and start + last - low > LARGE:
            yield low, high
            low = start + first
        high = start + last
    yield low, high


def best_first(pieces: Sequence[tuple[float, int]], most: int) -> list[int]:
    """The numbers of the `most` pieces of the greatest value, in order of number."""
    return sorted(number for _, number in sorted(pieces, key=lambda piece: (-piece[0], piece[1]))[:most])
