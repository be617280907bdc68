"""Texts cut into windows that the network takes at once, and windows into batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.ingest.parser.word_pieces import WordPieces

MOST_PIECES = 256  # in a window
PIECES_PER_BATCH = 1536  # with padding: what a layer writes stays in the processor's cache
_ENDS = frozenset([".", "!", "?", "...", "…", '."', ".”", "。"])
_CLOSES = frozenset(['"', "”", "’", "'", ")", "]", "''"])


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive words of a Doc: the Doc's number, the places of the words' tokens, the words, their spaces."""

    doc: int
    tokens: npt.NDArray[np.int64]
    words: list[str]
    spaces: list[bool]
    pieces: int


def cut(
    number: int, texts: Sequence[str], spaces: Sequence[bool], blank: npt.NDArray[np.bool_], pieces: WordPieces
) -> Iterator[Window]:
    """The words of Doc `number`, blank tokens left out, in windows that end where a sentence seems to, if one does."""
    places = np.flatnonzero(~blank)
    words = [texts[place] for place in places.tolist()]
    after = np.append(blank[1:], False)  # a blank token is a space, too
    spaced = [spaces[place] or bool(after[place]) for place in places.tolist()]
    sizes = [pieces.count(word) for word in words]
    start = 0
    while start < len(words):
        stop = _stop(words, sizes, start)
        yield Window(number, places[start:stop], words[start:stop], spaced[start:stop], sum(sizes[start:stop]) + 2)
        start = stop


def _stop(words: Sequence[str], sizes: Sequence[int], start: int) -> int:
    """Where the window that begins at `start` ends: after the last sentence that seems to end in it."""
    total, stop = 2, start
    while stop < len(words) and total + sizes[stop] <= MOST_PIECES:
        total += sizes[stop]
        stop += 1
    if stop == len(words):
        return stop
    for end in range(stop, start, -1):
        before = words[end - 2] if words[end - 1] in _CLOSES and end - 2 >= start else words[end - 1]
        if before in _ENDS and words[end][:1].isupper():
            return end
    return stop


def batches(windows: Sequence[Window]) -> Iterator[tuple[int, list[Window]]]:
    """Windows of one padded length, and that length, longest first.

    A window's length depends on nothing but itself, so that what is read of it is the same in every company.
    """
    group: list[Window] = []
    length = 0
    for window in sorted(windows, key=lambda window: -window.pieces):
        padded = _padded(window.pieces)
        if group and (padded != length or (len(group) + 1) * padded > PIECES_PER_BATCH):
            yield length, group
            group = []
        group.append(window)
        length = padded
    if group:
        yield length, group


def _padded(pieces: int) -> int:
    step = 16 if pieces <= 128 else 32
    return -(-pieces // step) * step
