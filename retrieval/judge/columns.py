"""Two things compared by a column of the table that both are rows of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.retrieval.judge.dates import date_in
from clew.retrieval.judge.rows import Cell, Row
from clew.retrieval.judge.spans import Passage, SpanAnswer
from clew.retrieval.judge.weigh import Ground, Judged
from clew.retrieval.judge.wording import meaning, share
from clew.retrieval.question.form import Form

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ASKED, ALONE = 0.8, 0.65  # how sure: the question names the column, or it is the only one of numbers
MEANT = 0.67  # share of an alternative's words that its row must hold
_AGES = {"old": True, "young": False, "new": False, "recent": False}  # whether the earlier date is it


def in_table(form: Form, lemma: str, less: bool, passages: Sequence[Passage]) -> Judged | None:
    """The alternative that has more of what the lemma compares, or less; None where no table decides."""
    sides = [_rows(alternative, passages) for alternative in form.alternatives]
    if len(sides) != 2:
        return None
    pairs = [
        (one, other)
        for one in sides[0]
        for other in sides[1]
        if one.chunk.id == other.chunk.id and one.row and other.row and one.row.table == other.row.table
    ]
    pairs = [(one, other) for one, other in pairs if one.start != other.start]
    return _decided(form, lemma, less, *pairs[0]) if len(pairs) == 1 else None


def _rows(alternative: str, passages: Sequence[Passage]) -> list[Passage]:
    """The rows that hold the alternative best."""
    words = meaning(alternative)
    fits = [(share(words, meaning(one.row.text)), one) for one in passages if one.row is not None]
    most = max((fit for fit, _ in fits), default=0.0)
    return [one for fit, one in fits if fit == most >= MEANT]


def _decided(form: Form, lemma: str, less: bool, one: Passage, other: Passage) -> Judged | None:
    found = _column(form, one, other)
    if found is None:
        return None
    (first, second), (kind, left, right), sure = found
    if left == right:
        return None
    if lemma in _AGES:
        less = _AGES[lemma] if kind == "date" or min(left, right) > 1000 else not _AGES[lemma]  # a year, or an age
    chosen = 0 if (left < right) == less else 1
    sides = [_ground(passage, cell, sure) for passage, cell in ((one, first), (other, second))]
    named = [Judged(name, "", sure, (side,)) for name, side in zip(form.alternatives, sides, strict=True)]
    best = named[chosen]
    return Judged(best.name, "", sure, best.grounds, (named[1 - chosen],))


def _ground(passage: Passage, cell: Cell, sure: float) -> Ground:
    said = passage.chunk.text[cell.start : cell.end]
    span = SpanAnswer(passage, cell.start, cell.end, said, "", (passage.start, passage.end), {})
    return Ground(sure, span=span)


def _column(
    form: Form, one: Passage, other: Passage
) -> tuple[tuple[Cell, Cell], tuple[str, float, float], float] | None:
    """The cells of the column that is compared (the one that the question names, or the only one of numbers), what both
    measure and how much, and how sure it is."""
    outside = form.syntax.text
    for alternative in form.alternatives:
        outside = outside.replace(alternative, " ")
    asked = meaning(outside)
    fits = []
    for a, b in _pairs(one.row, other.row):
        (kind, left), (same, right) = _value(one, a), _value(other, b)
        if kind and kind == same and not _names(form, one, a) and not _names(form, other, b):
            said = meaning(a.column)
            fits.append((share(said, asked) if said else 0.0, (a, b), (kind, left, right)))
    most = max((fit for fit, _, _ in fits), default=0.0)
    best = [(pair, values) for fit, pair, values in fits if fit == most]
    return (*best[0], ASKED if most > 0 else ALONE) if len(best) == 1 else None


def _pairs(one: Row | None, other: Row | None) -> list[tuple[Cell, Cell]]:
    """Cells of one column, or in one place where columns have no names; the first only says which row it is."""
    if one is None or other is None:
        return []
    if all(cell.column for cell in one.cells):
        named = {cell.column: cell for cell in other.cells}
        return [(cell, named[cell.column]) for cell in one.cells[1:] if cell.column in named]
    return list(zip(one.cells[1:], other.cells[1:], strict=True)) if len(one.cells) == len(other.cells) else []


def _names(form: Form, passage: Passage, cell: Cell) -> bool:
    """Whether the cell is where the alternative itself stands."""
    said = meaning(passage.chunk.text[cell.start : cell.end])
    return any(said and share(said, meaning(alternative)) == 1 for alternative in form.alternatives)


def _value(passage: Passage, cell: Cell) -> tuple[str, float]:
    """What a cell measures, `date` or `number` with its unit, and how much; "" where it measures nothing."""
    text = passage.chunk.text[cell.start : cell.end]
    if (day := date_in(text)) and not day.endswith("-00-00"):
        return "date", int(day.replace("-", ""))
    number = number_in(text)
    if number is None or len(text) > 30:
        return "", 0.0
    return f"number {NUMBER.sub('', text, count=1).strip(' .').casefold()}", number


def number_in(text: str) -> float | None:
    """The first number that the text holds in digits; None where none."""
    match = NUMBER.search(text)
    if match is None:
        return None
    digits = re.sub(r",(?=\d{3}\b)", "", match.group()).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None
