"""Lines to paragraphs, items, headings, pairs and rows, by where they stand and how large they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from statistics import median

from clew.ingest.load.pdf.layout import Column, Line
from clew.ingest.load.pdf.pieces import Piece

_BULLET = re.compile(r"([•◦▪▫‣·●○■□➢➤✓✔–—*-])\s+(?=\S)")
_NUMBER = re.compile(r"(\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\s+(?=\S)")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PARTED = re.compile(r"([^\W\d_]+)[-\xad]$")
_PAIR = re.compile(r"[A-Z][\w '/-]{0,40}:(?:\s|$)")
_FIRST = re.compile(r"[^\W_]+")
_ENDS = (".", "!", "?", ":", ";", "”", '"', ")")
_WIDE = 1.3  # of the font's size: a gap that parts columns of a table
_LONGEST_HEADING = 15  # words


@dataclass(slots=True)
class Stretch:
    """What becomes one block: `rows` of cells for a table, `value` for a pair, `level` for a heading. `pages` holds the
    places in `text` where a page begins, with the page's number."""

    kind: str
    text: str = ""
    value: str = ""
    mark: str = ""
    size: float = 0.0
    bold: bool = False
    rows: list[list[str]] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    last: Piece | None = None
    left: float = 0.0
    lines: int = 0


@dataclass
class Flow:
    """Puts the columns of one page after another together. `body` is the size of most of the text; `known` are the
    words of the document, which tell whether a hyphen at a line's end belongs to the word."""

    body: float
    known: frozenset[str]
    stretches: list[Stretch] = field(default_factory=list)
    _page: int = 0
    _new_page: bool = True

    def page(self, number: int, columns: Sequence[Column]) -> None:
        """The page's columns are among the stretches."""
        self._page, self._new_page = number, True
        for column in columns:
            lines, right = column.lines, column.right
            gap = _usual_gap(lines)
            place = 0
            while place < len(lines):
                rows, taken = _table(lines, place)
                if rows:
                    self._rows(rows)
                    place += taken
                    continue
                self._line(lines[place], gap=gap, right=right, first=place == 0)
                place += 1

    def _add(self, made: Stretch) -> None:
        if self._new_page:
            made.pages.append((0, self._page))
            self._new_page = False
        self.stretches.append(made)

    def _rows(self, rows: list[list[str]]) -> None:
        labels = [row[0] for row in rows if len(row) == 2 and row[0].endswith(":")]
        if len(rows[0]) == 2 and 2 * len(labels) > len(rows):
            for key, value in rows:
                self._add(Stretch("pair", key, value) if key and value else Stretch("paragraph", key or value))
        else:
            self._add(Stretch("table", rows=[row for row in rows if any(row)]))

    def _line(self, line: Line, *, gap: float, right: float, first: bool) -> None:
        whole = _joined(line)
        if whole.value:
            for piece in line[:-1]:
                self._add(_begun(piece))
            self._add(Stretch("pair", line[-1].text, whole.value))
        elif len(line) == 2 and line[0].text.endswith(":"):
            self._add(Stretch("pair", line[0].text, line[1].text))
        elif len(line) > 1 and any(after.left - one.right > 4 * whole.size for one, after in pairwise(line)):
            for piece in line:
                self._add(_begun(piece))
        elif self.stretches and self._goes_on(self.stretches[-1], whole, gap=gap, right=right, first=first):
            self._join(self.stretches[-1], whole)
        else:
            made = _begun(whole)
            made.kind = "heading" if self._is_heading(made) else made.kind
            self._add(made)

    def _is_heading(self, made: Stretch) -> bool:
        short = made.text.count(" ") < _LONGEST_HEADING and not made.text.endswith((".", ",", ";", ":"))
        wordy = sum(letter.isalpha() for letter in made.text) > 1
        return short and wordy and (made.size > 1.1 * self.body or (made.bold and made.size >= 0.95 * self.body))

    def _goes_on(self, before: Stretch, line: Piece, *, gap: float, right: float, first: bool) -> bool:
        """Whether the line belongs to the stretch before it."""
        last = before.last
        if last is None or before.kind in {"table", "pair"} or _mark(line.text) or _PAIR.match(line.text):
            return False
        if abs(line.size - before.size) > 0.08 * max(line.size, before.size) or line.bold != before.bold:
            return False
        broken = line.text[0].islower() or bool(_PARTED.search(before.text))
        if first or self._new_page:  # over a column's or a page's end
            return broken and before.kind != "heading"
        if last.bottom - line.top > gap + 0.35 * line.height:
            return False
        if before.kind == "heading":
            return before.text.count(" ") + line.text.count(" ") < _LONGEST_HEADING
        return broken or _fills(before, last, line, right)

    def _join(self, before: Stretch, line: Piece) -> None:
        parted = _PARTED.search(before.text)
        text = before.text
        if parted and line.text[0].isalpha():
            if not self._keeps_hyphen(parted.group(1), line.text):
                text = text[:-1]
        else:
            text += " "
        if self._new_page:
            before.pages.append((len(text), self._page))
            self._new_page = False
        before.text = text + line.text
        before.last = line
        before.left = line.left if before.lines == 1 else min(before.left, line.left)
        before.lines += 1

    def _keeps_hyphen(self, start: str, following: str) -> bool:
        end = _WORDS.match(following)
        rest = end.group() if end else ""
        if not rest[:1].islower():
            return True
        if f"{start}{rest}".casefold() in self.known:
            return False
        if f"{start}-{rest}".casefold() in self.known:
            return True
        common = common_words()
        return f"{start}{rest}".casefold() not in common and {start.casefold(), rest} <= common


def _fills(before: Stretch, last: Piece, line: Piece, right: float) -> bool:
    """Whether the line above is full, so that the text goes on in this one, which is not indented."""
    word = _FIRST.match(line.text)
    wide = (line.right - line.left) * len(word.group() if word else "") / max(len(line.text), 1)
    indented = before.lines > 1 and line.left > before.left + 0.8 * line.size and before.text.endswith(_ENDS)
    return last.right + wide + 0.4 * line.size >= right and not indented


def _begun(piece: Piece) -> Stretch:
    mark = _mark(piece.text)
    text = piece.text[len(mark) :].lstrip() if mark else piece.text
    kind = "item" if mark else "paragraph"
    kept = "" if _BULLET.match(piece.text) else mark  # a number may be referred to, a bullet not
    return Stretch(kind, text, mark=kept, size=piece.size, bold=piece.bold, last=piece, left=piece.left, lines=1)


def _mark(text: str) -> str:
    found = _BULLET.match(text) or _NUMBER.match(text)
    return found.group(1) if found else ""


def _joined(line: Line) -> Piece:
    if len(line) == 1:
        return line[0]
    first, last = line[0], line[-1]
    return Piece(
        " ".join(piece.text for piece in line),
        first.left,
        min(piece.bottom for piece in line),
        last.right,
        max(piece.top for piece in line),
        max(piece.size for piece in line),
        all(piece.bold for piece in line),
        first.order,
        last.value,
    )


def _usual_gap(lines: Sequence[Line]) -> float:
    gaps = [before[0].bottom - line[0].top for before, line in pairwise(lines)]
    return max(median(gaps), 0.0) if gaps else 0.0


def _table(lines: Sequence[Line], start: int) -> tuple[list[list[str]], int]:
    """The rows of the table that begins at this line, and how many lines they take; none where it is no table."""
    end = start
    while end < len(lines) and not any(piece.value for piece in lines[end]):
        alone = len(lines[end]) < 2 and not (end > start and _hangs(lines[end], lines[end - 1]))
        if alone or _mark(lines[end][0].text + " x"):
            break
        end += 1
    found = lines[start:end]
    if len(found) < 2:
        return [], 0
    columns = _columns([piece for line in found for piece in line])
    if len(columns) < 2:
        return [], 0
    rows: list[list[str]] = []
    for number, line in enumerate(found):
        if not number or not _hangs(line, found[number - 1]):
            rows.append([""] * len(columns))
        for piece in line:
            place = next(number for number, (left, right) in enumerate(columns) if left <= piece.left <= right)
            rows[-1][place] = f"{rows[-1][place]} {piece.text}".strip()
    return (rows, len(found)) if len(rows) > 1 and _stand_apart(columns, found) else ([], 0)


def _hangs(line: Line, before: Line) -> bool:
    """Whether the line goes on with cells of the row before it: it has fewer, each below one, and no gap is between."""
    gap = min(piece.bottom for piece in before) - max(piece.top for piece in line)
    below = all(any(abs(piece.left - one.left) < 2 for one in before) for piece in line)
    fewer = len(line) < len(before) or len(line) == len(before) == 1
    return fewer and below and gap < 0.5 * line[0].height


def _stand_apart(columns: Sequence[tuple[float, float]], lines: Sequence[Line]) -> bool:
    """Whether the columns are told from the gaps of justified text: by wide gaps, or edges in line."""
    size = max(piece.size for line in lines for piece in line)
    gaps = [after[0] - before[1] for before, after in pairwise(columns)]
    if min(gaps) > _WIDE * size:
        return True
    body = lines[1:] if len(lines) > 2 else lines  # the names of columns may be centred
    for left, right in columns:
        inside = [piece for line in body for piece in line if left <= piece.left <= right]
        if not inside:
            return False
        if min(_spread([one.left for one in inside]), _spread([one.right for one in inside])) > 2:
            return False
    return True


def _spread(places: Sequence[float]) -> float:
    return max(places) - min(places)


def _columns(pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """The stretches of a line's width that hold text, with the blanks between them left out."""
    columns: list[tuple[float, float]] = []
    for piece in sorted(pieces, key=lambda one: one.left):
        if columns and piece.left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], piece.right))
        else:
            columns.append((piece.left, piece.right))
    return columns


@cache
def common_words() -> frozenset[str]:
    """The whole words that the packaged encoder knows, the most frequent ones of English."""
    from clew.graph.embeddings.embeddings import default_folder

    vocabulary = default_folder() / "vocab.txt"
    lines = vocabulary.read_text(encoding="utf-8").split("\n") if vocabulary.is_file() else []
    return frozenset(line for line in lines if len(line) > 1 and line.isalpha())


def known_words(pieces: Iterator[Piece]) -> frozenset[str]:
    """The words of these pieces, in small letters, those that a line's end may have parted left out."""
    found: set[str] = set()
    for piece in pieces:
        words = _WORDS.findall(piece.text.casefold())
        found.update(words[:-1] if piece.text.endswith("-") else words)
    return frozenset(found)


def body_size(pieces: Iterator[Piece]) -> float:
    """The size that most letters have."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[round(piece.size * 2) / 2] += len(piece.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)
