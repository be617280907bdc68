"""How a few words are built: what keys, values and cells are asked before they become facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from clew.ingest.structure.blocks import Span

Form = Literal["noun", "clause", "predicate", "order"]

_CODE = re.compile(
    r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z][A-Za-z0-9]*(?:[-_./][A-Za-z0-9]+)*|\d+(?:[-/]\d+)*[-/]?[A-Z]+\d*"
)
_LONGEST_CODE = 24


class NameSpan(NamedTuple):
    """`words[start:end]` is a name of `type`."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The build of some words. `form`: a `noun` (phrase); a `clause` with its own subject; a `predicate` that lacks one
    ("led by Kim Lund"); an `order` ("Stop the pump"). `root` is the place of its main word, `tag` that word's tag."""

    form: Form = "noun"
    names: tuple[NameSpan, ...] = ()
    root: Span = (0, 0)
    tag: str = ""


Phrases = Callable[[Sequence[str]], Sequence[Phrase]]


def is_code(words: str) -> bool:
    """An identifier: one word of letters and digits, as FP-2, GEO204, VM-1887-02."""
    return len(words) <= _LONGEST_CODE and _CODE.fullmatch(words) is not None


def looks_named(words: str) -> bool:
    """Does each longer word begin with a capital or a digit? What is known without a parser."""
    parts = [part.strip("()\"'“”‘’,.") for part in words.split()]
    longer = [part for part in parts if len(part) > 3 or part == parts[0]]
    return (
        bool(longer)
        and len(parts) <= 8
        and all(part[:1].isupper() or part[:1].isdigit() for part in longer)
        and (words[:1].isupper() or is_code(words))
    )


def plain_phrases(texts: Sequence[str]) -> list[Phrase]:
    """The phrases as far as capitals tell: for extractors without a parser."""
    return [
        Phrase("noun", (NameSpan(0, len(text), "OTHER"),) if looks_named(text) else (), (0, len(text)))
        for text in texts
    ]


__all__ = ["Form", "NameSpan", "Phrase", "Phrases", "is_code", "looks_named", "plain_phrases"]
