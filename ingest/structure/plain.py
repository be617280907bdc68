"""Plain text to blocks: what its line ends, indents, marks and columns say. Takes linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.columns import columns
from clew.ingest.structure.lists import is_bullet, is_capitals, is_rule, mark_of, starts_list
from clew.ingest.structure.pairs import pair_at
from clew.ingest.structure.prose import fills, prose, trim

_LINE = re.compile(r"[^\n]+")
_GAP = re.compile(r"[ \t]{3,}")
_QUOTED = re.compile(r"[ \t]{0,3}((?:>[ \t]?){1,9})")
_WIDEST = 120  # longer lines are not wrapped by hand
_LONGEST_HEADING = 100
_MOST_WORDS = 10  # of a heading
_ADDRESSED = frozenset({"from", "to", "subject", "date", "sent", "cc"})


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]` without its edges; `margin` is where it begins behind the quotation marks."""

    start: int
    end: int
    margin: int
    quoted: int
    blank: bool = False

    @property
    def indent(self) -> int:
        """How far its first word stands from the margin."""
        return self.start - self.margin


def read_plain(text: str) -> list[Block]:
    """The blocks of a text without marks of its own: headings, lists, pairs, columns, quotes."""
    lines = list(_lines(text))
    width = max((line.end - line.margin for line in lines if line.end - line.margin <= _WIDEST), default=0)
    if any(line.end - line.margin > 2 * _WIDEST for line in lines):
        width = 0  # a paragraph a line
    blocks: list[Block] = []
    for run in _runs(lines):
        blocks += _Run(text, run, width, first=not blocks).blocks()
    return _with_headers(text, _followed(text, blocks))


def _lines(text: str) -> Iterator[Line]:
    at = 0
    for match in _LINE.finditer(text):
        if text.count("\n", at, match.start()) > (1 if at else 0):
            yield Line(at, at, at, 0, blank=True)
        at = match.end()
        mark = _QUOTED.match(text, *match.span())
        margin = mark.end() if mark else match.start()
        start, end = trim(text, margin, match.end())
        quoted = mark.group(1).count(">") if mark else 0
        yield Line(start, end, margin, quoted, blank=start == end)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines between blank ones, of one quotation."""
    run: list[Line] = []
    for line in lines:
        if run and (line.blank or line.quoted != run[-1].quoted):
            yield run
            run = []
        if not line.blank:
            run.append(line)
    if run:
        yield run


class _Run:
    """Lines without a blank one between them, while they are read."""

    def __init__(self, text: str, lines: list[Line], width: int, *, first: bool) -> None:
        self.text, self.lines, self.width, self.first = text, lines, width, first
        self.found: list[Block] = []

    def blocks(self) -> list[Block]:
        """The blocks of the run, in order."""
        lines = self._headed(self.lines)
        for part in self._parts(lines):
            self._part(part)
        return self.found

    def _headed(self, lines: list[Line]) -> list[Line]:
        """The lines below the headings at the top: an underlined line, and words in capitals."""
        while lines:
            rule = len(lines) > 1 and self._is_rule(lines[1])
            if self._is_rule(lines[0]):
                lines = lines[1:]
            elif rule and lines[0].end - lines[0].start <= _LONGEST_HEADING and not self._is_item(lines[0]):
                self._heading(lines[0], 1 if self._words(lines[1])[0] == "=" else 2)
                lines = lines[2:]
            elif self._is_capitals(lines):
                self._heading(lines[0], 1 if self.first else 2)
                lines = lines[1:]
            else:
                break
        return lines

    def _is_capitals(self, lines: list[Line]) -> bool:
        """Words in capitals head what follows; at the top of a text only if they stand alone: else they are the name of
        whoever sends it."""
        words = self._words(lines[0])
        if len(words) > _LONGEST_HEADING:
            return False
        headed = is_capitals(_GAP.split(words)[0]) and self._may_head(lines[0]) and not self._is_item(lines[0])
        return headed and not (self.first and len(lines) > 1 and not self.found)

    def _parts(self, lines: list[Line]) -> Iterator[list[Line]]:
        """The run cut at its rules."""
        part: list[Line] = []
        for line in lines:
            if self._is_rule(line):
                yield part
                part = []
            else:
                part.append(line)
        yield part

    def _part(self, lines: list[Line]) -> None:
        if not lines:
            return
        pairs = sum(pair_at(self.text, line.start, line.end) is not None for line in lines)
        spans = [(line.margin, line.end) for line in lines]
        rows = columns(self.text, spans) if 2 * pairs < len(lines) else ()
        if rows:
            self.found.append(
                Block("table", lines[0].start, lines[-1].end, rows=rows, header=0, quoted=lines[0].quoted)
            )
            return
        for item, group in self._items(lines):
            self._prose(item, group)

    def _items(self, lines: list[Line]) -> Iterator[tuple[bool, list[Line]]]:
        """The items of a list with their further lines, and what stands before the list."""
        group: list[Line] = []
        item = False
        for line in lines:
            marked = self._is_item(line)
            if marked and (item or not group or starts_list(self._words(line))):
                if group:
                    yield item, group
                group, item = [line], True
            else:
                group.append(line)
        if group:
            yield item, group

    def _prose(self, item: bool, lines: list[Line]) -> None:
        mark = mark_of(self._words(lines[0])) if item else 0
        level = 1 + lines[0].indent // 2 if item else 0
        if item and not is_bullet(self._words(lines[0])):
            level = 1
        first, quoted = lines[0].start + mark, lines[0].quoted
        if not quoted:
            self.found += prose(self.text, first, lines[-1].end, level=level, wrapped=item, width=self.width)
            return
        for start, end, marks in self._flowing(first, lines):
            for block in prose(self.text, start, end, level=level, quoted=quoted):
                inside = tuple(mark for mark in marks if block.start <= mark[0] and mark[1] <= block.end)
                self.found.append(replace(block, silent=inside))

    def _flowing(self, first: int, lines: list[Line]) -> Iterator[tuple[int, int, list[Span]]]:
        """Quoted lines that go on in the next, with the marks of the quotation between them."""
        start, end, marks = first, lines[0].end, list[Span]()
        for before, line in pairwise(lines):
            words, pair = self._words(before), pair_at(self.text, line.start, line.end)
            goes_on = self.text[line.start].islower() or fills(words, self._words(line), self.width)
            if pair is None and goes_on:
                marks.append((end, line.start))
            else:
                yield start, end, marks
                start, marks = line.start, []
            end = line.end
        yield start, end, marks

    def _heading(self, line: Line, level: int) -> None:
        """The line is a heading; what it sets apart in a column of its own is none of its words."""
        gap = _GAP.search(self.text, line.start, line.end)
        end = gap.start() if gap else line.end
        self.found.append(Block("heading", line.start, end, level=level, quoted=line.quoted))
        if gap:
            self.found.append(Block("paragraph", gap.end(), line.end, quoted=line.quoted))

    def _may_head(self, line: Line) -> bool:
        words = self._words(line)
        return len(words) <= _LONGEST_HEADING and pair_at(self.text, line.start, line.end) is None

    def _is_rule(self, line: Line) -> bool:
        return is_rule(self._words(line))

    def _is_item(self, line: Line) -> bool:
        return mark_of(self._words(line)) > 0

    def _words(self, line: Line) -> str:
        return self.text[line.start : line.end]


def _followed(text: str, blocks: list[Block]) -> list[Block]:
    """A short line that stands alone above a text, and does not end like a sentence, is its heading."""
    if not blocks or _addressed(text, blocks):
        return blocks  # lines that stand alone in a letter are greetings and names
    after: Sequence[Block | None] = [*blocks[1:], None]
    before: Sequence[Block | None] = [None, *blocks[:-1]]
    found: list[Block] = []
    headed = False
    for block, above, below in zip(blocks, before, after, strict=True):
        heads = block.kind == "paragraph" and below is not None and not block.quoted and not below.quoted
        if heads and below is not None and _stands_alone(text, block, above, below):
            found.append(Block("heading", block.start, block.end, level=2 if headed else 1))
        else:
            found.append(block)
        headed = headed or found[-1].kind == "heading"
    return found


def _stands_alone(text: str, block: Block, above: Block | None, below: Block) -> bool:
    words = text[block.start : block.end]
    parted = "\n" in text[above.end : block.start].replace("\n", "", 1) if above else True
    parted = parted and "\n" in text[block.end : below.start].replace("\n", "", 1)
    short = len(words) <= _LONGEST_HEADING and len(words.split()) <= _MOST_WORDS and "\n" not in words
    return parted and short and words[-1] not in ".,;:!?…" and not words[0].islower() and words[0] not in "\"“'‘("


def _addressed(text: str, blocks: Sequence[Block]) -> bool:
    return sum(_key(text, block) in _ADDRESSED for block in blocks[:6]) >= 2


def _with_headers(text: str, blocks: list[Block]) -> list[Block]:
    """Pairs at the top, and at the top of a quotation, are an e-mail's header where they say from whom and to whom or
    when."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and blocks[end].kind == "pair" and blocks[end].quoted == blocks[at].quoted:
            end += 1
        top = at == 0 or blocks[at].quoted > blocks[at - 1].quoted
        header = top and _addressed(text, blocks[at:end])
        found += [replace(block, place="mail header") if header else block for block in blocks[at : max(end, at + 1)]]
        at = max(end, at + 1)
    return found


def _key(text: str, block: Block) -> str:
    return text[slice(*block.key)].casefold() if block.kind == "pair" else ""


__all__ = ["read_plain"]
