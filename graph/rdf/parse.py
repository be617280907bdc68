"""RDF files as quads, one at a time, with every syntax error named by its line; nothing else is ever opened.

The parser is pyoxigraph's: it fetches no remote context, follows no import and expands no external entity.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO, Any, cast

from pyoxigraph import Quad, RdfFormat, parse

from clew.graph.errors import InputError
from clew.graph.rdf.limits import DEEPEST_TERM, MOST_TERMS, TERM, JsonDepth, MarkupDepth, NestedTerms, too_deep

FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "json-ld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
SUFFIXES = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".jsonld": "json-ld",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
}
_MOST_ERRORS = 100
_MOST = 1 << 26  # bytes between two statements
_MOST_JSON = 1 << 30  # a JSON-LD file may be read whole before its first statement
_LONGEST_LINE = 1 << 23
_BLOCK = 1 << 16
_RECOVERS = {"turtle", "ntriples", "nquads", "trig"}  # after an error the parser finds the next statement
_PLACE = re.compile(r"^Parser error at (line \d+)(?: (?:between )?columns? [^:]*)?:\s*")


def format_of(name: str) -> str:
    """The format that a file of this name (`.gz` may follow) is in. Raises InputError for another."""
    stem = name.lower().removesuffix(".gz")
    found = next((format_ for suffix, format_ in SUFFIXES.items() if stem.endswith(suffix)), "")
    if not found:
        raise InputError(
            f"{name} is of no RDF format that its name tells.",
            hint=f"Let it end in one of {' '.join(SUFFIXES)} or say which of {', '.join(FORMATS)} it is.",
        )
    return found


def check_format(format: str) -> RdfFormat:  # noqa: A002 - the word that users know
    """The format of this name. Raises InputError for another."""
    if format not in FORMATS:
        raise InputError(f"There is no RDF format {format!r}.", hint=f"Use one of: {', '.join(FORMATS)}.")
    return FORMATS[format]


def quads(stream: IO[bytes], format: str, *, base: str = "") -> Iterator[Quad | str]:  # noqa: A002
    """Every quad of the stream and, as text, what is wrong with it; reading goes on where the format allows it.

    `base` resolves relative IRIs. Triples of formats without graphs stand in the default graph.
    """
    bounded = _Bounded(stream, format)
    # The parser opens no file and no connection by itself: it has no loader for remote JSON-LD contexts.
    parser = parse(cast(IO[bytes], bounded), check_format(format), base_iri=base or None)
    errors = 0
    while True:
        try:
            quad = next(parser, None)
            yield from bounded.wrong()
            bounded.statement()
        except MemoryError:
            yield "holds a name or literal of over 16 MB; what follows is not read"
            return
        except (SyntaxError, ValueError) as error:
            yield from bounded.wrong()
            errors += 1
            recovers = format in _RECOVERS and not bounded.ended
            yield _reason(error, format, recovers=recovers)
            if not recovers:
                return
            if errors >= _MOST_ERRORS:
                yield f"has over {_MOST_ERRORS} errors; the rest is not read"
                return
            continue
        if quad is None:
            return
        if too_deep(quad):
            yield f"nests triple terms over {DEEPEST_TERM} deep in a statement; it is left out"
            continue
        yield quad


class _Bounded:
    """The stream's bytes; ends with ValueError where 64 MB of them (1 GB of JSON-LD, entities counted as what they
    stand for) hold no statement, or where they nest deeper than a parser's stack. Of a format of lines, lines of over
    8 MB are left out, and `wrong` tells of them."""

    def __init__(self, stream: IO[bytes], format_: str) -> None:
        self._stream, self._lines = _unmarked(stream), format_ in {"ntriples", "nquads"}
        self._most = _MOST_JSON if format_ == "json-ld" else _MOST
        self._terms = NestedTerms()
        self._markup = MarkupDepth() if format_ == "rdfxml" else None
        self._limits = self._markup or (JsonDepth() if format_ == "json-ld" else self._terms)
        self.ended = False
        self._rest = b""
        self._line = 0
        self._wrong: list[str] = []
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; none after an error."""
        if self.ended:
            return b""
        size = min(size, _BLOCK) if size > 0 else _BLOCK
        data = self._short(size) if self._lines else self._stream.read(size)
        try:
            data = self._limits.see(data)
            self._since += max(len(data), self._markup.growth if self._markup else 0)
            if self._since > self._most:
                raise ValueError(f"{self._most >> 20} MB hold no statement")
        except ValueError:
            self.ended = True
            raise
        return data

    def statement(self) -> None:
        """A statement was complete."""
        self._since = 0
        self._terms.statement()

    def _short(self, size: int) -> bytes:
        if not self._rest:
            self._rest = self._stream.readline(_LONGEST_LINE)
            self._line += 1
            long = len(self._rest) == _LONGEST_LINE and not self._rest.endswith(b"\n")
            if long or self._rest.count(TERM) > MOST_TERMS:
                what = f"has over {_LONGEST_LINE >> 20} MB" if long else f"holds over {MOST_TERMS:,} triple terms"
                self._wrong.append(f"line {self._line} {what}; it is left out")
                while long and (more := self._stream.readline(_LONGEST_LINE)) and not more.endswith(b"\n"):
                    pass
                self._rest = b"\n"
        data, self._rest = (self._rest[:size], self._rest[size:]) if size > 0 else (self._rest, b"")
        return data

    def wrong(self) -> list[str]:
        """What was wrong since the last call."""
        found, self._wrong = self._wrong, []
        return found


def _unmarked(stream: IO[bytes]) -> IO[bytes]:
    """The stream in UTF-8 without its byte order mark, which some editors write and no RDF syntax knows."""
    if not stream.seekable():
        return stream
    start = stream.tell()
    head = stream.read(len(codecs.BOM_UTF8))
    if head == codecs.BOM_UTF8:
        return stream
    stream.seek(start)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return cast(IO[bytes], codecs.EncodedFile(cast(Any, stream), "utf-8", "utf-16", "replace"))
    return stream


def _reason(error: Exception, format_: str, *, recovers: bool) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    if "LoadDocumentCallback" in message:
        return "names a remote JSON-LD context, and nothing is fetched: write the context into the file"
    place = _PLACE.match(message)
    detail = message[place.end() :] if place else message
    rest = "; what follows is not read"
    if recovers:
        rest = "; it is left out" + (" up to the end of a statement" if format_ in {"turtle", "trig"} else "")
    return f"{place[1] if place else 'holds what'} is no valid {format_}: {detail[:300]}{rest}"
