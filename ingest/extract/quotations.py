"""Where words that somebody quotes stand in a text: exactly, else but for white space, quotation marks and dashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

_SINGLE, _DOUBLE = "‘’‚‛`´′", "“”„‟«»″"
_DASHES = "‐‑‒–—―−"
_DROPPED = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_FOLD = {
    **dict.fromkeys(_SINGLE, "'"),
    **dict.fromkeys(_DOUBLE, '"'),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_DROPPED, ""),
    "…": "...",
}
Span = tuple[int, int]


class Searched:
    """A text to be searched for what others claim to have read in it. All spans are offsets in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def quote(self, words: str) -> Span | None:
        """Where these words stand, the first time; None where they do not."""
        words = words.strip()
        if not words:
            return None
        at = self.text.find(words)
        if at >= 0:
            return at, at + len(words)
        folded = fold(words)[0].strip()
        at = self._folded[0].find(folded) if folded else -1
        return self._span(at, len(folded)) if at >= 0 else None

    def names(self, name: str) -> Iterator[Span]:
        """Each place where this name stands as whole words."""
        name = name.strip()
        found = False
        for at in _whole(name, self.text):
            found = True
            yield at, at + len(name)
        folded = fold(name)[0].strip()
        if not found and folded:
            for at in _whole(folded, self._folded[0]):
                yield self._span(at, len(folded))

    def name(self, name: str, near: Span = (0, 0)) -> Span | None:
        """Where this name stands as whole words: inside `near` if it does, else the first time; None where nowhere."""
        places = list(self.names(name))
        inside = [place for place in places if near[0] <= place[0] and place[1] <= near[1]]
        return next(iter(inside or places), None)

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return fold(self.text)

    def _span(self, at: int, length: int) -> Span:
        places = self._folded[1]
        return places[at], places[at + length - 1] + 1


def fold(text: str) -> tuple[str, list[int]]:
    """The text with single spaces, plain quotation marks and dashes; and the offset that each character came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        plain = _FOLD.get(char, char)
        if char.isspace():
            plain = "" if folded and folded[-1] == " " else " "
        for each in plain:
            folded.append(each)
            places.append(place)
    return "".join(folded), places


def _whole(name: str, text: str) -> Iterator[int]:
    """Where the name stands without a letter or digit glued to it."""
    if not name:
        return
    left = r"(?<!\w)" if name[0].isalnum() else ""
    right = r"(?!\w)" if name[-1].isalnum() else ""
    for match in re.finditer(left + re.escape(name) + right, text):
        yield match.start()


__all__ = ["Searched", "fold"]
