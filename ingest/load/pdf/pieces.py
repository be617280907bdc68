"""What stands on a page, as pieces: stretches of text on one line, with their place, size and direction."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pypdfium2 import raw

from clew.ingest.load.decode import clean

_BOLD = 600  # font weight
_BREAK = 0.18  # of the font's size: a gap as wide parts words
_NEAR = 0.35  # ... parts what two commands draw
_FAR = 0.7  # ... parts pieces
_HYPHENS = "\x02\ufffe"  # how the library marks a hyphen at a line's end
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one line, in the order in which the file draws it (`order`); coordinates are in points, upwards. `value`
    is what a form's reader filled in behind it."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool = False
    order: int = 0
    value: str = ""

    @property
    def height(self) -> float:
        """Its height, never 0."""
        return max(self.top - self.bottom, 0.1)

    def beside(self, other: Piece) -> bool:
        """Whether the other stands on the same line."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared > 0.5 * min(self.height, other.height)


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool
    angle: int  # in degrees
    drawn: int = 0  # by which of the page's text objects


def pieces_of(text_page: Any) -> list[list[Piece]]:
    """The page's pieces, in a group for each direction of writing, the one with the most text first; each group is
    turned so that its lines are level."""
    glyphs = list(_glyphs(text_page))
    counts = Counter(glyph.angle for glyph in glyphs)
    groups = []
    for angle, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        groups.append(_pieces([_turned(glyph) for glyph in glyphs if glyph.angle == angle]))
    return [group for group in groups if group]


def _glyphs(text_page: Any) -> Iterator[_Glyph]:
    box = raw.FS_RECTF()
    styles: dict[int, tuple[float, bool]] = {}
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if raw.FPDFText_IsGenerated(text_page, index) == 1 or code in {0, 10, 13}:
            continue
        raw.FPDFText_GetLooseCharBox(text_page, index, box)
        drawn = raw.FPDFText_GetTextObject(text_page, index)
        number = ctypes.cast(drawn, ctypes.c_void_p).value or 0
        if number not in styles:
            styles[number] = _style(text_page, index, drawn)
        angle = round(math.degrees(max(raw.FPDFText_GetCharAngle(text_page, index), 0.0))) % 360
        said = "-" if chr(code) in _HYPHENS else chr(code)
        size, bold = styles[number]
        yield _Glyph(said, box.left, box.bottom, box.right, box.top, size, bold, angle, number)


def _style(text_page: Any, index: int, drawn: Any) -> tuple[float, bool]:
    """The size in points, and whether it is bold, of all that one command draws."""
    flags, name, matrix = ctypes.c_int(), ctypes.create_string_buffer(128), raw.FS_MATRIX(1, 0, 0, 1, 0, 0)
    if drawn:
        raw.FPDFPageObj_GetMatrix(drawn, matrix)
    size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    raw.FPDFText_GetFontInfo(text_page, index, name, 127, ctypes.byref(flags))
    heavy = raw.FPDFText_GetFontWeight(text_page, index) >= _BOLD
    return max(size, 1.0), heavy or bool(_BOLD_NAME.search(name.value.decode("latin-1")))


def _turned(glyph: _Glyph) -> _Glyph:
    """The glyph's box with its line of writing made level."""
    if not glyph.angle:
        return glyph
    cos, sin = math.cos(math.radians(glyph.angle)), math.sin(math.radians(glyph.angle))
    corners = [(x, y) for x in (glyph.left, glyph.right) for y in (glyph.bottom, glyph.top)]
    across = [x * cos - y * sin for x, y in corners]
    upward = [x * sin + y * cos for x, y in corners]
    return replace(glyph, left=min(across), right=max(across), bottom=min(upward), top=max(upward))


def _pieces(glyphs: list[_Glyph]) -> list[Piece]:
    """Pieces in the order of drawing: a new one where the line changes or a wide gap comes."""
    found: list[Piece] = []
    run: list[str] = []
    first = last = None
    for glyph in glyphs:
        blank = glyph.text.isspace()
        if last is not None and first is not None and not blank:
            gap = glyph.left - last.right
            level = min(glyph.top, last.top) - max(glyph.bottom, last.bottom)
            apart = level < 0.4 * min(glyph.top - glyph.bottom, last.top - last.bottom)
            size = max(glyph.size, last.size)
            if apart or gap < -size or gap > (_FAR if glyph.drawn == last.drawn else _NEAR) * size:
                _end(found, run, first, last)
                run, first = [], None
            elif gap > _BREAK * size:
                run.append(" ")
        if blank:
            if run:
                run.append(" ")
            continue
        run.append(glyph.text)
        first = first or glyph
        last = glyph
    if first is not None and last is not None:
        _end(found, run, first, last)
    return found


def _end(found: list[Piece], run: list[str], first: _Glyph, last: _Glyph) -> None:
    text = " ".join(clean("".join(run)).split())
    if text:
        low, high = min(first.bottom, last.bottom), max(first.top, last.top)
        size = max(first.size, last.size)
        found.append(Piece(text, first.left, low, last.right, high, size, first.bold and last.bold, len(found)))
