"""Tables as facts: a row's entity stands in the column's relation to the cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.graph.model import Value, name_key
from clew.ingest.structure.blocks import Span
from clew.ingest.structure.facts.facts import Facts, Passage
from clew.ingest.structure.facts.outline import Subject
from clew.ingest.structure.facts.phrases import Phrase, is_code, looks_named
from clew.ingest.structure.facts.tables import Column, Grid, cell_words
from clew.ingest.structure.facts.wording import Tail, cell_value, only_names, tails

_LIST = re.compile(r"\s*;\s*|\s*\n\s*")
_SENTENCE = 5  # words of a cell from which it is read as prose too
_PLAIN = Phrase()


@dataclass(slots=True)
class TableReader:
    """Reads one table of a document whose subject is `about`."""

    grid: Grid
    phrases: Mapping[str, Phrase]
    known: Mapping[str, str]
    facts: Facts
    about: Subject

    def read(self) -> None:
        """What the rows state is added; cells of prose are left as passages about their row's entity."""
        if not self.grid.block.header:
            self._headless()
        elif self._is_turned():
            self._turned()
        else:
            for row in self.grid.rows:
                self._row(row)

    def names(self) -> dict[str, str]:
        """What the rows are about, by the keys of their names: the name of each."""
        grid, found = self.grid, dict[str, str]()
        if not grid.block.header or grid.subject < 0:
            return found
        for number in range(len(grid.rows)):
            name = grid.columns[grid.subject].cells[number]
            for place in (grid.subject, *grid.labels):
                if cell := grid.columns[place].cells[number]:
                    found[name_key(cell)] = name
        return found

    def _row(self, row: Sequence[Span]) -> None:
        grid, text = self.grid, self.grid.text
        line = min(span[0] for span in row), max(span[1] for span in row)
        subject, own = self._subject(row)
        if not subject.name:
            return
        if subject.span[0] < subject.span[1]:
            self.facts.mention(subject.span, subject.name, self._type())
        for place in grid.labels:
            self.facts.mention(row[place], subject.name, self._type(), form="alias")
        for place, column in enumerate(grid.columns):
            if place in own or not column.name or row[place] == (0, 0):
                continue
            for tail in self._tails(column, cell_words(text, row[place]), row[place], labels=place in grid.labels):
                self.facts.state(subject, column.name, tail, row[place][0], line)
            self._prose(column, row[place], subject)

    def _type(self) -> str:
        return self.grid.columns[self.grid.subject].type if self.grid.subject >= 0 else "OTHER"

    def _subject(self, row: Sequence[Span]) -> tuple[Subject, set[int]]:
        """What the row is about, and the columns that say nothing more of it."""
        grid, text = self.grid, self.grid.text
        if grid.subject >= 0:
            words = cell_words(text, row[grid.subject])
            return Subject(self.known.get(name_key(words), words), row[grid.subject]), {grid.subject}
        parts = []
        for place in grid.key:
            column, words = grid.columns[place], cell_words(text, row[place])
            parts.append(f"{column.name} {words}" if column.content == "number" else words)
        return Subject(", ".join(filter(None, parts))), set()

    def _tails(self, column: Column, words: str, span: Span, *, labels: bool) -> list[Tail]:
        if labels and column.content != "code":
            return [Tail(0, span[1] - span[0], "", entity=False, value=Value(words))] if words else []
        if column.content == "name" and words[:1].isupper() and cell_value(words) is None:
            return [Tail(*part, column.type, entity=True) for part in _parts(self.grid.text[slice(*span)])]
        if name_key(words) in self.known:
            return [Tail(0, span[1] - span[0], "", entity=True)]
        phrase = self.phrases.get(words, _PLAIN)
        if "\n" in self.grid.text[slice(*span)] or '"' in words:
            phrase = _PLAIN  # the places of its names are those of the single-spaced words
        if looks_named(words) and " " in words and cell_value(words) is None and phrase.form == "noun":
            return (
                [Tail(0, span[1] - span[0], "OTHER", entity=True)]
                if not only_names(words, phrase)
                else (tails(words, phrase))
            )
        whole = phrase if only_names(words, phrase) else _PLAIN
        return tails(self.grid.text[slice(*span)].replace('""', '"'), whole)

    def _prose(self, column: Column, span: Span, subject: Subject) -> None:
        words = cell_words(self.grid.text, span)
        phrase = self.phrases.get(words, _PLAIN)
        if column.content == "prose" and len(words.split()) >= _SENTENCE and not only_names(words, phrase):
            opening = ""
            if phrase.form == "predicate":
                opening = "It is " if phrase.tag in {"VBN", "JJ"} else "It "
            self.facts.passages.append(Passage(*span, subject=subject, opening=opening))

    def _headless(self) -> None:
        """Two columns without a header are keys and values; of more, the cells of prose are read, as said of the
        identifier in their row."""
        grid, text = self.grid, self.grid.text
        first = grid.columns[0]
        keyed = len(grid.columns) == 2 and first.unique and first.content in {"text", "name"}
        for row in grid.rows:
            line = row[0][0], row[-1][1]
            if keyed:
                key = cell_words(text, row[0])
                for tail in self._tails(grid.columns[1], cell_words(text, row[1]), row[1], labels=False):
                    self.facts.state(self.about, key.casefold().strip(" :."), tail, row[1][0], line)
                continue
            named = next((span for span in row if is_code(cell_words(text, span))), None)
            subject = Subject(cell_words(text, named), named) if named else self.about
            if named:
                self.facts.mention(named, subject.name, "OTHER")
            for column, span in zip(grid.columns, row, strict=True):
                if column.content == "prose":
                    self.facts.passages.append(Passage(*span, subject=subject))

    def _is_turned(self) -> bool:
        """Are the things compared in the columns, and their attributes in the rows?"""
        grid = self.grid
        if len(grid.columns) < 3 or grid.columns[0].name or grid.columns[0].content not in {"text", "name"}:
            return False
        heads = [cell_words(self.grid.text, span) for span in grid.block.rows[grid.block.header - 1][1:]]
        named = sum(looks_named(cell) for cell in heads)
        return named == len(heads) and grid.columns[0].content == "text"

    def _turned(self) -> None:
        grid, text = self.grid, self.grid.text
        heads = grid.block.rows[grid.block.header - 1]
        for row in grid.rows:
            word = cell_words(text, row[0]).casefold().strip(" :.")
            for place in range(1, len(row)):
                subject = Subject(cell_words(text, heads[place]), heads[place])
                self.facts.mention(heads[place], subject.name, "OTHER")
                for tail in self._tails(Column(word, []), cell_words(text, row[place]), row[place], labels=False):
                    self.facts.state(subject, word, tail, row[place][0], (row[0][0], row[-1][1]))


def _parts(words: str) -> list[Span]:
    """The names in a cell of a column of names, one after the other."""
    found, at = [], 0
    for match in [*_LIST.finditer(words), None]:
        stop = match.start() if match else len(words)
        if words[at:stop].strip():
            found.append((at, at + len(words[at:stop].rstrip())))
        at = match.end() if match else stop
    return found


__all__ = ["TableReader"]
