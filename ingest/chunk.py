"""Documents to chunks: pieces of about one size that tile the text and break where a reader would."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from clew.graph.model import Chunk, Document
from clew.ingest.load.items import Section
from clew.ingest.structure.blocks import Block

CHUNKER_VERSION = "2"  # grows when the same text would be cut elsewhere

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE = re.compile(r"(?:[.!?…][\"'”’»)\]]{0,3}\s+|[。！？][」』”’）]{0,3}\s*)")
_LINE = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s+")
_LAST_WORD = re.compile(r"\w+$")
_SHORTENED = """
mr mrs ms dr st prof rev hon sr jr gen col lt capt sgt mt ft inc co ltd dept no vol fig vs approx ca cf eg ie al
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_LONGEST_HEADER = 300
_LONGEST_CLUSTER = 16  # a character with its marks and joiners; longer ones are cut


def chunk(
    document: Document,
    *,
    size: int = 1200,
    sections: Sequence[Section] = (),
    blocks: Sequence[Block] = (),
    rows: bool = False,
) -> list[Chunk]:
    """The document's chunks, in order; their texts joined are its text, and each knows the headings above it.

    A chunk has about `size` characters and at most 1.25 times as many. It ends before a heading if one is near, else
    before a block, an item or a row of a table, else after a paragraph, a sentence, a line, a word, or anywhere; white
    space belongs to the chunk before it. One that begins inside a table has the table's header as its last heading.
    With `rows` chunks end at line ends only, and a longer line is a chunk of its own. Takes linear time.
    """
    if size < 4:
        raise ValueError(f"A chunk of {size} characters is too small: the least size is 4.")
    sections = sorted((section for section in sections), key=lambda section: section.start)
    chunks: list[Chunk] = []
    paths, tables = _Headings(sections), _Tables(document.text, blocks)
    tiers = [[section.start for section in sections if section.level > 0], *_starts(document.text, blocks)]
    start = 0
    for end in _row_ends(document.text, size) if rows else _ends(document.text, size, tiers):
        first = start
        while first < end and document.text[first].isspace():
            first += 1
        headings = paths.at(first if first < end else start) + tables.header(first)
        chunks.append(Chunk.make(document, start, end, position=len(chunks), headings=headings))
        start = end
    return chunks


def _starts(text: str, blocks: Sequence[Block]) -> tuple[list[int], list[int]]:
    """Where blocks begin that may begin a chunk, and where items, lines and rows do: at the beginning of a line, and
    not right below a heading or what introduces them."""
    wide: list[int] = []
    narrow: list[int] = []
    before: Block | None = None
    for block in blocks:
        line = text.rfind("\n", before.end if before else 0, block.start) + 1
        introduced = before is not None and (before.kind == "heading" or text[before.end - 1] == ":")
        if line and not introduced and block.kind != "heading":
            listed = block.kind in {"item", "pair"} and before is not None and before.kind in {"item", "pair"}
            (narrow if listed else wide).append(line)
        for row in block.rows[block.header + 1 :]:
            narrow.append(text.rfind("\n", block.start, min(span[0] for span in row)) + 1)
        before = block
    return wide, sorted(start for start in narrow if start)


class _Tables:
    """The headers of tables, by where their rows stand."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._text = text
        self._blocks = [block for block in blocks if block.kind == "table" and block.header]
        self._starts = [block.start for block in self._blocks]

    def header(self, place: int) -> tuple[str, ...]:
        """The header of the table in whose rows this place lies, as one heading; nothing elsewhere."""
        number = bisect_right(self._starts, place) - 1
        block = self._blocks[number] if number >= 0 else None
        if (
            block is None
            or not block.header < len(block.rows)
            or not block.rows[block.header][0][0] <= place < block.end
        ):
            return ()
        cells = (self._text[slice(*span)] for row in block.rows[: block.header] for span in dict.fromkeys(row))
        words = " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())
        return (words[:_LONGEST_HEADER],) if words else ()


def _ends(text: str, size: int, tiers: Sequence[Sequence[int]]) -> Iterator[int]:
    """Where chunks end, ascending; the last one is the length of the text."""
    most = size + size // 4
    start = 0
    while len(text) - start > most:
        start = _end(text, start, size, most, tiers)
        yield start
    if start < len(text):
        yield len(text)


def _end(text: str, start: int, size: int, most: int, tiers: Sequence[Sequence[int]]) -> int:
    """The best end, in the window from half the size to the most, of a chunk that starts here."""
    low, high, wish = start + size // 2, start + most, start + size
    for starts in tiers:
        near = starts[bisect_left(starts, low) : bisect_left(starts, high + 1)]
        if near:
            return min(near, key=lambda end: abs(end - wish))
    for pattern in (_PARAGRAPH, _SENTENCE, _LINE, _SPACE):
        found = [
            match.end()
            for match in pattern.finditer(text, low, high)
            if not text[match.end()].isspace() and (pattern is not _SENTENCE or _ends_sentence(text, match))
        ]
        if found:
            return min(found, key=lambda end: abs(end - wish))
    return _between_characters(text, start, wish)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """False after an initial or abbreviation, and before a small letter."""
    if text[match.end()].islower():
        return False
    if text[match.start()] != ".":
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 20), match.start())
    if word is None:
        return True
    return word.group().casefold() not in _ABBREVIATIONS and not (len(word.group()) == 1 and word.group().isalpha())


def _between_characters(text: str, start: int, wish: int) -> int:
    """The wished-for place, or a little earlier, but behind the start, where a character and its combining marks would
    be parted."""
    for place in range(wish, max(wish - _LONGEST_CLUSTER, start), -1):
        if not _joins(text[place]) and text[place - 1] != "\u200d":
            return place
    return wish


def _joins(character: str) -> bool:
    return character == "\u200d" or (not character.isascii() and unicodedata.category(character)[0] == "M")


def _row_ends(text: str, size: int) -> Iterator[int]:
    """Where chunks of whole lines end."""
    start = end = 0
    while end < len(text):
        following = text.find("\n", end) + 1 or len(text)
        if end > start and following - start > size:
            yield end
            start = end
        end = following
    if start < len(text):
        yield len(text)


class _Headings:
    """The path of headings above a place; places are asked for in ascending order."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._ahead = list(reversed(sections))
        self._path: list[Section] = []

    def at(self, place: int) -> tuple[str, ...]:
        while self._ahead and self._ahead[-1].start <= place:
            section = self._ahead.pop()
            while self._path and self._path[-1].level >= section.level:
                self._path.pop()
            self._path.append(section)
        return tuple(section.title for section in self._path)
