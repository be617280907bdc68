"""The best spans of a passage, by the network's scores of their ends, as a reader would mark them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.retrieval.reader.pieces import Pieces

LONGEST = 48  # word pieces of a span
_ENDS = 24  # the best starts and ends of a window are looked at
_WORD = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)"  # 1,200.50
    r"|\w+(?:[_@&]\w+|-(?!(?<=\d{4}-)\d{4})\w+|['’](?!s\b)\w+|\.(?=[a-z\d])\w+|(?<=\d)[:/](?=\d)\w+)*"  # e-mail, 14:30
)
_BREAK = re.compile(
    r"\n(?=[^\S\n]*(?:\n|[-*•#>|]|\d+[.)]\s|[A-Z][\w /&-]{0,30}:\s))"
)  # before a paragraph, an item, a key
_OPEN, _CLOSE = "([{", ")]}"
_BEFORE = frozenset(".,;:!?\"“”„'‘’`´)]}|*_<>=/\\–—•·~^&")
_AFTER = frozenset(".,;:!?\"“”„'‘’`´([{|*_<>=/\\–—•·~^&-+#")
_SHORT = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|jr|sr|st|dr|no|vs|etc|bros|approx)|\b(?:[A-Za-z]\.)*[A-Z])\.$", re.IGNORECASE
)


class Found(NamedTuple):
    """A span's characters, its score above "no answer" and its length in word pieces."""

    start: int
    end: int
    score: float
    pieces: int


def best(
    text: str, read: Pieces, start: npt.NDArray[np.float32], end: npt.NDArray[np.float32], null: float
) -> Iterator[Found]:
    """The spans of a window, best first; they may overlap, but cross no end of a paragraph, item or `Key:` line.
    `start` and `end` are the scores of the pieces."""
    firsts = np.argsort(-start, kind="stable")[:_ENDS]
    lasts = np.argsort(-end, kind="stable")[:_ENDS]
    breaks = [match.start() for match in _BREAK.finditer(text)]
    paragraph = np.searchsorted(breaks, read.starts)
    scores = start[firsts][:, None] + end[lasts][None]
    length = lasts[None] - firsts[:, None] + 1
    possible = (length > 0) & (length <= LONGEST) & (paragraph[firsts][:, None] == paragraph[lasts][None])
    rows, columns = np.nonzero(possible)
    for place in np.argsort(-scores[rows, columns], kind="stable"):
        row, column = rows[place], columns[place]
        found = tidy(text, int(read.starts[firsts[row]]), int(read.ends[lasts[column]]))
        if found:
            yield Found(*found, float(scores[row, column]) - null, int(length[row, column]))


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span, grown to whole words and without the marks around it; None where nothing is left."""
    start, end = _stripped(text, *_grown(text, start, end))
    return (start, end) if any(char.isalnum() for char in text[start:end]) else None


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    for match in _WORD.finditer(text, max(line, start - 80), min(len(text) if after < 0 else after, end + 80)):
        if match.start() < start < match.end():
            start = match.start()
        if match.start() < end < match.end():
            end = match.end()
    return start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    before = (start, end + 1)
    while start < end and before != (start, end):
        before = (start, end)
        if _leading(text, start, end):
            start += 1
        if start < end and _trailing(text, start, end):
            end -= 1
    return start, end


def _leading(text: str, start: int, end: int) -> bool:
    """Whether the first character does not belong to the span: `-5`, `#help`, `(a) b` keep theirs."""
    char = text[start]
    if char.isspace() or char in _BEFORE:
        return True
    if char in _OPEN:
        return _CLOSE[_OPEN.index(char)] not in text[start + 1 : end - 1]
    if char in "-+#":
        return start + 1 >= end or not text[start + 1].isalnum() or (start > 0 and text[start - 1].isalnum())
    return False


def _trailing(text: str, start: int, end: int) -> bool:
    """Whether the last character does not belong to the span: `Sentryx Inc.`, `U.S.`, `a (b)` keep theirs."""
    char = text[end - 1]
    if char.isspace():
        return True
    if char == ".":
        return not _SHORT.search(text[start:end])
    if char in _CLOSE:
        return _OPEN[_CLOSE.index(char)] not in text[start : end - 1]
    return char in _AFTER and text[start:end] not in ("C++", "C#")
