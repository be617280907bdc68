"""Marks of list items and headings in plain text."""

from __future__ import annotations

import re

_BULLET = re.compile(r"([-*+•–·▪‣◦])[ \t]+(?=\S)")
_NUMBER = re.compile(  # "M." is an initial, "m." and "M)" are marks
    r"(?:\(?(\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\(?([A-Z])\)|(\d{1,3}(?:\.\d{1,3}){1,4})\.?)[ \t]+(?=\S)"
)
_RULE = re.compile(r"[-=_*~#+ ]{3,}$")
_BOX = re.compile(r"\[[ xX]\][ \t]+")


def mark_of(line: str) -> int:
    """How many characters of this line, without its indentation, mark it as an item; 0 where it is none."""
    match = _BULLET.match(line) or _NUMBER.match(line)
    if match is None:
        return 0
    box = _BOX.match(line, match.end())
    return box.end() if box else match.end()


def is_mark(words: str) -> bool:
    """Are these words no more than the mark of an item?"""
    return mark_of(f"{words} x") == len(words) + 1


def is_bullet(line: str) -> bool:
    """Is the mark of this item no number?"""
    return _BULLET.match(line) is not None


def starts_list(line: str) -> bool:
    """May a list begin with this line in the middle of a paragraph? A bullet may, and the first number or letter."""
    match = _NUMBER.match(line)
    return is_bullet(line) or (
        match is not None and (match.group(1) or match.group(2) or "").lower() in {"1", "a", "i"}
    )


def is_rule(line: str) -> bool:
    """A line of signs that parts what stands above from what stands below."""
    line = line.strip()
    return bool(_RULE.match(line)) and len(set(line) - {" "}) <= 2


def is_capitals(line: str) -> bool:
    """A few words in capitals: what plain text has for a heading."""
    letters = [letter for letter in line if letter.isalpha()]
    return len(letters) > 2 and all(letter.isupper() for letter in letters if letter.lower() != letter.upper())


__all__ = ["is_bullet", "is_capitals", "is_mark", "is_rule", "mark_of", "starts_list"]
