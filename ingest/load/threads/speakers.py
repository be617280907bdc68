"""Lines that begin with who says them: `Lea Sand: ...`, `GRETA HOLM (10:02): ...`."""

from __future__ import annotations

import re

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_NAMED = re.compile(
    rf"(?:\[?{_TIME}\]?[ \t]*[-–]?[ \t]*)?"
    r"(?P<name>[^\W\d_][^:\n\[\]()<>\"!?;]{0,47}?)"
    rf"[ \t]*(?:\({_TIME}\)|\[{_TIME}\])?:(?:[ \t]+|$)(?P<said>.*)"
)
_MOST_WORDS = 4
_LEAST_LETTERS = 2


def speaker_of(line: str) -> tuple[str, str]:
    """(speaker, words) of a line that begins with a name and a colon; ("", the line) of any other. A name in capitals
    is written as names are."""
    match = _NAMED.fullmatch(line)
    if match is None or not is_name(match["name"]):
        return "", line
    return as_name(match["name"]), match["said"].strip()


def is_name(words: str) -> bool:
    """A few words, each with a capital, that could be somebody's name: no sentence, and no single letter."""
    parts = words.split()
    letters = sum(letter.isalpha() for letter in words)
    capital = all(part[0].isupper() or not part[0].isalpha() or (part.islower() and len(part) <= 3) for part in parts)
    return (
        0 < len(parts) <= _MOST_WORDS
        and letters >= _LEAST_LETTERS
        and capital
        and parts[0][0].isupper()
        and words[-1] not in ".,"
    )


def as_name(words: str) -> str:
    """ "GRETA HOLM" as Greta Holm; any other name as it is."""
    words = " ".join(words.split())
    return words.title() if words.isupper() and (" " in words or len(words) > 4) else words


__all__ = ["as_name", "is_name", "speaker_of"]
