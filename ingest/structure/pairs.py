"""Key-value lines: where the key ends and the value begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.ingest.structure.blocks import Span

_LONGEST_KEY = 60
_MOST_WORDS = 6
_COLON = re.compile(r"[ \t]*(::?|：)(?=\s|$)")
_DASH = re.compile(r"[ \t]+[–—-][ \t]+")
_RUN_IN = re.compile(r"(?<=[.!?])[ \t\n]+(?=[A-ZÀ-Þ])")
_NEVER = frozenset('|<>{}[]="“”')
_ABBREVIATED = re.compile(r"(?:^|\W)(?:\w|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|Sr|Jr|Inc|Ltd|Co|vs|approx|ca|Rev|Hon|Mt|cf)\.$")


def pair_at(text: str, start: int, end: int, *, dash: bool = False) -> tuple[Span, Span] | None:
    """The key and the value of the line `text[start:end]`; None where it is none. With `dash`, a dash between
    blanks may stand for the colon. A value may be empty."""
    window = text[start : min(end, start + _LONGEST_KEY + 4)]
    match = _COLON.search(window)
    if match is None and dash:
        match = _DASH.search(window)
    if match is None:
        return None
    stop = start + match.start()
    if not is_key(text[start:stop]):
        return None
    value = start + match.end()
    while value < end and text[value].isspace():
        value += 1
    return (start, stop), (min(value, end), end)


def is_key(words: str) -> bool:
    """A few words that could name what follows: no sentence, no address, no list."""
    parts = words.split()
    if not parts or len(words) > _LONGEST_KEY or len(parts) > _MOST_WORDS or not _NEVER.isdisjoint(words):
        return False
    plain = any(letter.isalpha() for letter in words) and not words[0].isspace()
    ends = any(part[-1] in ".!?;," and not _ABBREVIATED.search(part) for part in parts)
    return plain and not ends and "://" not in words


def run_in(text: str, start: int, end: int) -> Iterator[Span]:
    """The stretches of a line: "Module leader: Dr Abara. Credits: 20. See below." is three."""
    at = start
    for match in _RUN_IN.finditer(text, start, end):
        if _ABBREVIATED.search(text[max(at, match.start() - 8) : match.start()]):
            continue
        yield at, match.start()
        at = match.end()
    yield at, end


__all__ = ["is_key", "pair_at", "run_in"]
