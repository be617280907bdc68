"""Org files of Emacs: headings, lists, tables, properties and blocks, without their marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from clew.ingest.load.decode import read_text
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.text_builder import TextBuilder, Words, words

_HEADING = re.compile(r"(\*+)[ \t]+(\S.*)")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]{1,200}:[ \t]*$")
_ITEM = re.compile(r"([ \t]*)([-+]|\d{1,4}[.)])[ \t]+(?:\[[ xX-]\][ \t]+)?(\S.*)")
_TERM = re.compile(r"(\S.{0,200}?)[ \t]+::[ \t]+(\S.*)")
_KEYWORD = re.compile(r"[ \t]*#\+(\w{1,40}):[ \t]*(.*)")
_BLOCK = re.compile(r"[ \t]*#\+(begin|end)_(\w{1,40})", re.IGNORECASE)
_PROPERTY = re.compile(r"[ \t]*:([\w-]{1,60}):(?:[ \t]+(.*))?$")
_LINK = re.compile(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,2000})\])?\]")
_MARKS = re.compile(r"(?<![\w*/_=~+])([*/_=~+])(?=\S)([^\n*/_=~+]{1,500}?)(?<=\S)\1(?![\w*/_=~+])")
_IDS = {"ID", "CUSTOM_ID"}  # for links
_SHOWN = {"author", "date", "subtitle", "description"}


def read(origin: Origin) -> Loaded:
    """One document of its words, with its blocks; comments and settings are left out."""
    raw, note = read_text(origin.path)
    file = _File(TextBuilder())
    for line in raw.split("\n"):
        file.line(line)
    file.end()
    return file.builder.loaded(origin, title=file.title, note=note)


@dataclass
class _File:
    builder: TextBuilder
    title: str = ""
    block: str = ""  # the kind of block that is open
    held: list[str] = field(default_factory=list)  # lines of the paragraph, item, block or table that is open
    depth: int = 0  # of the item that is open; 0 for a paragraph
    mark: str = ""

    def line(self, line: str) -> None:
        """One more line is read."""
        bounds = _BLOCK.match(line)
        if bounds:
            self.end()
            self.block = bounds.group(2).casefold() if bounds.group(1).casefold() == "begin" else ""
        elif self.block in {"src", "example", "export", "comment"}:
            self.held.append(line)
        elif not line.strip():
            self.end()
        elif not self._marked(line):
            self.held.append(line.strip().removesuffix("\\\\") + ("\n" if line.rstrip().endswith("\\\\") else " "))

    def _marked(self, line: str) -> bool:
        """Whether the line is more than a line of text; it is dealt with then."""
        readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], None]]] = [
            (_HEADING, self._heading),
            (_KEYWORD, self._keyword),
            (_PROPERTY, self._property),
            (_ITEM, self._item),
        ]
        for pattern, read_one in readers:
            found = pattern.match(line)
            if found:
                self.end()
                read_one(found)
                return True
        if line.lstrip().startswith("|"):
            if self.block != "table":
                self.end()
                self.block = "table"
            self.held.append(line)
            return True
        if self.block == "table":
            self.end()
            self.block = ""
        return line.lstrip().startswith(("# ", "#\t")) or line.strip() == "#"

    def _heading(self, found: re.Match[str]) -> None:
        self.builder.heading(_inline(_TAGS.sub("", found.group(2))), len(found.group(1)))

    def _keyword(self, found: re.Match[str]) -> None:
        key, value = found.group(1).casefold(), found.group(2).strip()
        if key == "title":
            self.title = _inline(value).text
            self.builder.heading(_inline(value), 1)
        elif key in _SHOWN and value:
            self.builder.pair(words(found.group(1).capitalize()), _inline(value))

    def _property(self, found: re.Match[str]) -> None:
        if found.group(2) and found.group(1) not in _IDS:
            self.builder.pair(words(found.group(1)), _inline(found.group(2)))

    def _item(self, found: re.Match[str]) -> None:
        term = _TERM.match(found.group(3))
        if term:
            self.builder.pair(_inline(term.group(1)), _inline(term.group(2)))
            return
        self.held, self.depth = [found.group(3) + " "], 1 + len(found.group(1).expandtabs(2)) // 2
        self.mark = found.group(2) if found.group(2)[0].isdigit() else "-"

    def end(self) -> None:
        """What is open is a block of the text."""
        held, self.held = self.held, []
        depth, self.depth = self.depth, 0
        if self.block == "table":
            self.block = ""
            self._table(held)
        elif self.block in {"src", "example", "export"}:
            self.builder.code("\n".join(held))
        elif held and self.block != "comment":
            said, quoted = _inline("".join(held)), int(self.block == "quote")
            if depth:
                self.builder.item(said, level=depth, mark=self.mark, quoted=quoted)
            else:
                self.builder.paragraph(said, quoted=quoted)

    def _table(self, lines: list[str]) -> None:
        rows: list[list[Words | None]] = []
        header = 0
        for line in lines:
            if line.lstrip().startswith("|-"):
                header = header or len(rows)
                continue
            rows.append([_inline(cell.strip()) for cell in line.strip().strip("|").split("|")])
        self.builder.table(rows, header=header)


def _inline(text: str) -> Words:
    """The words without marks of links and emphasis; what is struck is known to be."""
    said, at = Words(lines=True), 0
    text = _LINK.sub(lambda found: found.group(2) or found.group(1), text)
    for found in _MARKS.finditer(text):
        said.add(text[at : found.start()])
        said.add(found.group(2), silent=found.group(1) == "+")
        at = found.end()
    said.add(text[at:])
    return said
