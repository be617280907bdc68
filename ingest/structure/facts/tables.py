"""What a table's columns hold, and which of them names the thing that a row is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from clew.graph.model import name_key
from clew.ingest.extract.names.dates import MONTHS
from clew.ingest.extract.rules.word_lists import WEEKDAYS
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.facts.phrases import Phrase, is_code, looks_named
from clew.ingest.structure.facts.wording import cell_value, only_names, relation, tidy

Content = Literal["empty", "number", "date", "code", "name", "prose", "text"]
_ASKED = 60  # cells of a column that are looked at closely
_MOST = 0.8  # of the cells of a column must be of one kind
_SENTENCE = 7  # words above which a cell is read as prose
_PLAIN = Phrase()


def cell_words(text: str, span: Span) -> str:
    """The cell's words, single-spaced; doubled quotation marks of a quoted cell are single."""
    words = text[slice(*span)]
    return " ".join(words.replace('""', '"').split())


@dataclass(slots=True)
class Column:
    """A column: its name, the words of its cells, what they are, and the type of the names among them."""

    name: str
    cells: list[str]
    content: Content = "empty"
    type: str = "OTHER"
    unique: bool = False
    proper: bool = False  # most cells are names of several capitalised words

    def learn(self, phrases: Mapping[str, Phrase]) -> None:
        """The column knows what it holds."""
        filled = [cell for cell in self.cells if any(char.isalnum() for char in cell)]
        keys = [name_key(cell) for cell in filled]
        self.unique = len(filled) == len(self.cells) and len(set(keys)) == len(keys)
        seen = list(dict.fromkeys(filled))[:_ASKED]
        if not seen:
            return
        kinds = Counter(_content(cell, phrases.get(cell, _PLAIN)) for cell in seen)
        best = max(kinds, key=lambda kind: (kinds[kind], kind))
        self.content = best if kinds[best] >= _MOST * len(seen) else self._mixed(kinds, len(seen))
        proper = sum(len(cell.split()) > 1 and looks_named(cell) for cell in seen)
        self.proper = self.content == "name" and 2 * proper > len(seen)
        types = Counter(
            name.type for cell in seen for name in phrases.get(cell, _PLAIN).names[:1] if name.type != "OTHER"
        )
        if types and types.most_common(1)[0][1] * 2 > len(seen):
            self.type = types.most_common(1)[0][0]

    @staticmethod
    def _mixed(kinds: Counter[Content], size: int) -> Content:
        if kinds["prose"] * 3 > size:
            return "prose"
        return "name" if (kinds["name"] + kinds["code"]) * 2 > size and kinds["name"] else "text"


def _content(cell: str, phrase: Phrase) -> Content:
    typed = cell_value(tidy(cell))
    if typed is not None:
        return "date" if typed.datatype == "date" else "number"
    if cell.casefold() in WEEKDAYS or cell.casefold() in MONTHS:
        return "date"
    if not any(char.isalpha() for char in cell):
        return "number"
    if is_code(cell):
        return "code"
    if only_names(cell, phrase) or (looks_named(cell) and phrase.names and len(cell.split()) > 1):
        return "name"
    return "prose" if len(cell.split()) >= _SENTENCE or phrase.form == "clause" else "text"


@dataclass
class Grid:
    """A table block with its columns."""

    text: str
    block: Block
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = _names(self.text, self.block)
        rows = [[cell_words(self.text, span) for span in row] for row in self.rows]
        self.columns = [Column(name, [row[place] for row in rows]) for place, name in enumerate(names)]

    @property
    def rows(self) -> Sequence[tuple[Span, ...]]:
        """The rows below the header."""
        return self.block.rows[self.block.header :]

    def asked(self) -> Iterator[str]:
        """The words of cells that must be known as phrases."""
        for column in self.columns:
            yield from list(dict.fromkeys(filter(None, column.cells)))[:_ASKED]

    def learn(self, phrases: Mapping[str, Phrase]) -> None:
        """Each column knows what it holds."""
        for column in self.columns:
            column.learn(phrases)

    @cached_property
    def subject(self) -> int:
        """The column that names what a row is about: the leftmost without repetition that holds words or identifiers
        (of an identifier and proper names beside it, the names); else the first, where it names things; else -1."""
        for place, column in enumerate(self.columns):
            early = place < 2 or all(before.content in {"number", "date"} for before in self.columns[:place])
            if early and column.unique and column.content in {"name", "code", "text"}:
                beside = self.columns[place + 1] if place + 1 < len(self.columns) else None
                named = column.content == "code" and beside is not None and beside.unique and beside.proper
                return place + 1 if named else place
        first = self.columns[0].content if self.columns else "empty"
        return 0 if first in {"name", "code"} and len(self.columns) > 1 else -1

    @cached_property
    def labels(self) -> list[int]:
        """The column that names the same thing: the identifier before it, or the words after an identifier."""
        subject = self.subject
        if subject < 0 or not self.columns[subject].unique:
            return []
        coded = self.columns[subject].content == "code"
        place = subject + 1 if coded else subject - 1
        beside = self.columns[place] if 0 <= place < len(self.columns) else None
        wanted = {"text", "name"} if coded else {"code"}
        return [place] if beside is not None and beside.unique and beside.content in wanted else []

    @cached_property
    def key(self) -> list[int]:
        """Without a column that names the row, the fewest columns from the left that tell the rows apart and do not
        consist of dates alone; none where more than three would."""
        rows = list(zip(*(column.cells for column in self.columns), strict=True))
        for size in range(1, min(4, len(self.columns))):
            dated = all(column.content == "date" for column in self.columns[:size])
            if not dated and len({row[:size] for row in rows}) == len(rows):
                return list(range(size))
        return []


def _names(text: str, block: Block) -> list[str]:
    """The columns' names: the words of the header's rows one after the other, each once."""
    width = len(block.rows[0]) if block.rows else 0
    names = []
    for place in range(width):
        parts = dict.fromkeys(cell_words(text, row[place]) for row in block.rows[: block.header])
        names.append(relation(" ".join(filter(None, parts))) if any(parts) else "")
    return names


__all__ = ["Column", "Grid", "cell_words"]
