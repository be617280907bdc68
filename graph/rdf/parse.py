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
    bounded = _Bounded(
        stream, lines=format in {"ntriples", "nquads"}, most=_MOST_JSON if format == "json-ld" else _MOST
    )
    # The parser opens no file and no connection by itself: it has no loader for remote JSON-LD contexts.
    parser = parse(cast(IO[bytes], bounded), check_format(format), base_iri=base or None)
    errors = 0
    while True:
        try:
            quad = next(parser, None)
            yield from bounded.wrong()
            bounded.since = 0
        except MemoryError:
            yield "holds a name or literal of over 16 MB; what follows is not read"
            return
        except (SyntaxError, ValueError) as error:
            yield from bounded.wrong()
            errors += 1
            yield _reason(error, format)
            if format not in _RECOVERS:
                return
            if errors >= _MOST_ERRORS:
                yield f"has over {_MOST_ERRORS} errors; the rest is not read"
                return
            continue
        if quad is None:
            return
        yield quad


class _Bounded:
    """The stream's bytes; ends with ValueError where `most` of them hold no statement. Of a format of lines, lines
    of over 8 MB are left out, and `wrong` tells of them."""

    def __init__(self, stream: IO[bytes], *, lines: bool, most: int) -> None:
        self._stream, self._lines, self._most = _unmarked(stream), lines, most
        self._rest = b""
        self._line = 0
        self._wrong: list[str] = []
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes."""
        data = self._stream.read(size) if not self._lines else self._short(size)
        self.since += len(data)
        if self.since > self._most:
            raise ValueError(f"{self._most >> 20} MB hold no statement")
        return data

    def _short(self, size: int) -> bytes:
        if not self._rest:
            self._rest = self._stream.readline(_LONGEST_LINE)
            self._line += 1
            if len(self._rest) == _LONGEST_LINE and not self._rest.endswith(b"\n"):
                self._wrong.append(f"line {self._line} has over {_LONGEST_LINE >> 20} MB; it is left out")
                while (more := self._stream.readline(_LONGEST_LINE)) and not more.endswith(b"\n"):
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


def _reason(error: Exception, format_: str) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    if "LoadDocumentCallback" in message:
        return "names a remote JSON-LD context, and nothing is fetched: write the context into the file"
    place = _PLACE.match(message)
    detail = message[place.end() :] if place else message
    rest = "; what follows is not read"
    if format_ in _RECOVERS:
        rest = "; it is left out" + (" up to the end of a statement" if format_ in {"turtle", "trig"} else "")
    return f"{place[1] if place else 'holds what'} is no valid {format_}: {detail[:300]}{rest}"
