"""What an RDF file may ask of the parser beneath: depths and entities that would fill its memory or its stack.

The parser is native code: a stack that overflows there ends the process. So the bytes are looked at before it sees
them, block by block, and the first thing beyond a limit ends the file with ValueError, in words for the report.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from pyoxigraph import Quad, Triple

DEEPEST = 500  # brackets of JSON-LD, elements of RDF/XML; files that people or programs make have some ten
MOST_TERMS = 10_000  # triple terms opened with no statement between; 64 KB hold about 4,000
DEEPEST_TERM = 50  # triple terms within each other
_LONGEST_ENTITY = 10_000  # characters that one entity stands for; those of an ontology stand for an IRI
_REFERENCE = re.compile(r"&([^;#\s&]+);")
_BRACKETS = re.compile(rb'["\\\[\]{}]')
TERM = b"<<("


class JsonDepth:
    """Follows the brackets of a JSON text through its blocks."""

    def __init__(self) -> None:
        self._depth = 0
        self._quoted = self._escaped = False

    def see(self, block: bytes) -> bytes:
        """The block, which is within bounds. Raises ValueError."""
        at = int(self._escaped)
        self._escaped = False
        while match := _BRACKETS.search(block, at):
            sign, at = match[0], match.end()
            if sign == b"\\":
                self._escaped = self._quoted and at == len(block)
                at += self._quoted
            elif sign == b'"':
                self._quoted = not self._quoted
            elif not self._quoted:
                self._depth += 1 if sign in b"[{" else -1
                if self._depth > DEEPEST:
                    raise ValueError(f"brackets are nested over {DEEPEST} deep")
        return block


class MarkupDepth:
    """Follows the elements and entities of an XML document through its blocks, by a parser that has its own guard
    against entities that grow; nothing outside the document is opened."""

    def __init__(self) -> None:
        self._depth = self._said = 0
        self._lengths: dict[str, int] = {}
        self._wrong = ""
        self._before = 0  # bytes of earlier blocks
        self._parser = expat.ParserCreate("utf-8")  # the one encoding that the parser beneath reads
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity

    def see(self, block: bytes) -> bytes:
        """What of the block is XML and within bounds. Raises ValueError for what is not, when asked for more."""
        if self._wrong:
            raise ValueError(self._wrong)
        self._said = 0
        try:
            self._parser.Parse(block, False)
        except expat.ExpatError as error:
            self._wrong = f"{expat.ErrorString(error.code)} (line {error.lineno})"
            block = block[: max(0, self._parser.ErrorByteIndex - self._before)]
            if not block:  # which would mean the end
                raise ValueError(self._wrong) from None
        self._before += len(block)
        return block

    @property
    def growth(self) -> int:
        """How many characters the entities of the last block stand for, and more."""
        return self._said

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._said += sum(map(len, attributes.values()))
        if self._depth > DEEPEST:
            raise ValueError(f"elements are nested over {DEEPEST} deep")

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _text(self, data: str) -> None:
        self._said += len(data)

    def _entity(self, name: str, parameter: int, value: str | None, *_: object) -> None:
        if value is None or parameter:
            return  # one that lies elsewhere: it is never opened
        inner = _REFERENCE.findall(value)
        self._lengths[name] = len(value) + sum(self._lengths.get(one, 0) for one in inner)
        if self._lengths[name] > _LONGEST_ENTITY:
            raise ValueError(f"the entity {name[:40]} stands for over {_LONGEST_ENTITY:,} characters")


class NestedTerms:
    """Counts the triple terms that open with no statement between."""

    def __init__(self) -> None:
        self._open = 0

    def see(self, block: bytes) -> bytes:
        """The block, which is within bounds. Raises ValueError."""
        self._open += block.count(TERM)
        if self._open > MOST_TERMS:
            raise ValueError(f"over {MOST_TERMS:,} triple terms follow each other without a statement")
        return block

    def statement(self) -> None:
        """A statement was complete."""
        self._open = 0


def too_deep(quad: Quad) -> bool:
    """True where its triple terms stand in each other deeper than any reader of them goes."""
    waiting = [(part, 1) for part in (quad.subject, quad.object) if isinstance(part, Triple)]
    while waiting:
        term, depth = waiting.pop()
        if depth > DEEPEST_TERM:
            return True
        waiting += [(part, depth + 1) for part in (term.subject, term.object) if isinstance(part, Triple)]
    return False
