"""Records of json and jsonl files, and what makes a record a document."""

from __future__ import annotations

import difflib
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import MAX_BYTES, clean, open_bytes, open_text, read_text
from clew.ingest.load.items import Fields, Loaded, Origin, Problem
from clew.ingest.load.records.peer_formats import is_peer, read_peer
from clew.ingest.load.records.row_tables import RecordTable, fields_of, with_fields
from clew.ingest.load.threads.programs import SAMPLE, program_of

_SPACES = re.compile(r"[ \t\r\n]*")


class Records:
    """Turns the records of one file into documents; remembers their ids, so that none is there twice."""

    def __init__(self, origin: Origin, note: str = "") -> None:
        self._origin = origin
        self._note = note
        self._seen: dict[str, str] = {}

    def read(self, record: object, number: int, place: str) -> Loaded | Problem:
        """The record's document, or what is wrong with it. `number` is its id if it has none of its own; `place`
        is how a report names it ("line 7")."""
        uri = f"{self._origin.uri}#{number}"
        try:
            if not isinstance(record, dict):
                raise SourceError(f"is {_kind(record)}, not an object")
            if isinstance(record, _Repeated):
                raise SourceError(f"has the key {record.key!r} twice")
            id_ = self._id(record, number, place)
            uri = f"{self._origin.uri}#{quote(id_, safe=_IN_FRAGMENT)}"
            return read_peer(record, uri) or self._document(record, uri, number)
        except SourceError as error:
            return Problem(uri, f"{place} {error}; it is left out")

    def _id(self, record: dict[str, object], number: int, place: str) -> str:
        value = record.get(self._origin.fields.id)
        if isinstance(value, dict | list | bool):
            raise SourceError(f"has {_kind(value)} as its id, not a text or a number")
        id_ = clean(str(value)).strip() if value is not None else ""
        other = self._seen.setdefault(id_ or str(number), place)
        if other is not place:
            raise SourceError(f"has the id {id_ or str(number)!r} like {other}")
        return id_ or str(number)

    def _document(self, record: dict[str, object], uri: str, number: int) -> Loaded:
        fields = self._origin.fields
        text = clean(_text(record, fields.text))
        title = record.get(fields.title)
        rest = {
            clean(key): clean(_string(value))
            for key, value in record.items()
            if key not in (fields.id, fields.title, fields.text) and value is not None
        }
        # A title such as 1984 may well be a number.
        named = "" if title is None else clean(_string(title)).strip()
        counters = (number, number - 1)  # a field that counts the records says nothing of them
        others = {
            key: value
            for key, value in record.items()
            if key not in (fields.title, fields.text) and not (type(value) is int and value in counters)
        }
        if fields.id in others and (len(others) == 1 or isinstance(others[fields.id], int)):
            del others[fields.id]  # a mere number names nothing
        whole, blocks = with_fields(text, fields_of(others))
        note, self._note = self._note, ""  # one for the file, not one a record
        document = Document.make(uri, whole, title=named, metadata=rest)
        return Loaded(document, note=note, blocks=blocks)

    def loaded(self, records: Iterable[tuple[object, int, str]]) -> Iterator[Loaded | Problem]:
        """The documents of these records, each with its number and place. Where the first has no text, but other
        fields, the records are rows of a table, and some thousand of them a document."""
        table: RecordTable | None = None
        wrong: Exception | None = None
        first = True
        try:
            for record, number, named in records:
                if first and self._is_row(record):
                    table, self._note = RecordTable(self._origin, self._note), ""
                first = False
                if table is not None and isinstance(record, dict) and not isinstance(record, _Repeated):
                    yield from table.add(record)
                else:
                    yield self.read(record, number, named)
        except _WRONG_JSON as error:
            wrong = error
        if table is not None:
            yield from table.rest()
        if wrong is not None:
            raise wrong

    def _is_row(self, record: object) -> bool:
        key = self._origin.fields.text
        if key != Fields().text or not isinstance(record, dict) or key in record or isinstance(record, _Repeated):
            return False
        return len(record) > 1 and not is_peer(record)


_IN_FRAGMENT = "!$&'()*+,;=:@/?-._~"


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)  # a text given as its sentences
    if value is None or value in ("", []):
        found = ", ".join(repr(key) for key in list(record)[:8])
        likely = likely_text(record, name)
        hint = f"; its text is perhaps in {likely!r}: --text-field {shlex.quote(likely)}" if likely else ""
        raise SourceError(f"has no {name!r} (it has {found}){hint}" if name not in record else f"has an empty {name!r}")
    if not isinstance(value, str):
        raise SourceError(f"has {_kind(value)} as its {name!r}, not a text")
    if value.isspace():
        raise SourceError(f"has an empty {name!r}")
    return value


def likely_text(record: Mapping[str, object], wanted: str) -> str:
    """The key that was probably meant: the one spelled most like it, else that of the longest text; "" for none."""
    near = difflib.get_close_matches(wanted, list(record), n=1, cutoff=0.75)
    texts = {key: len(value) for key, value in record.items() if isinstance(value, str) and value.strip()}
    return near[0] if near else max(texts, key=lambda key: texts[key], default="")


def _string(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")


class _Repeated(dict[str, Any]):
    """An object in which a key occurs twice: JSON allows it, and nobody can say which value is meant."""

    key = ""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = _Repeated(found)
    keys = [key for key, _ in pairs]
    repeated.key = next(key for place, key in enumerate(keys) if key in keys[:place])
    return repeated


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, strict=False)
# ValueError: no JSON, or a number of thousands of digits; RecursionError: thousands of brackets.
_WRONG_JSON = (ValueError, RecursionError)


def read_json(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for each record of a list, of the only list in an object, or for the one record.

    A list is read record by record: beside the text of the file, one of them is in memory at a time.
    """
    text, note = read_text(origin.path, most=MAX_BYTES)
    if program := "" if origin.plain else program_of(text):
        yield from _chat(text, program, origin, note)
        return
    records = Records(origin, note)
    number = 0
    try:
        for item in records.loaded(
            (record, number, f"record {number}")
            for number, record in enumerate(_values(text, origin.fields.text), start=1)
        ):
            number += 1
            yield item
    except _WRONG_JSON as error:
        kept = f" (the {number:,} records before that are kept)" if number else ""
        yield Problem(origin.uri, f"is no valid JSON: {_reason(error)}{kept}")
        return
    if not number:
        yield Problem(origin.uri, "holds no records")


def read_jsonl(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for each line, or for some thousand without a text; lines are read one at a time."""
    with open_bytes(origin.path) as stream:
        head = stream.read(SAMPLE).decode("utf-8", "replace")
    if program := "" if origin.plain else program_of(head):
        yield from _chat(read_text(origin.path, most=MAX_BYTES)[0], program, origin)
        return
    with open_text(origin.path) as (lines, note):
        problems: list[Problem] = []
        records = Records(origin, note)
        empty = True
        for item in records.loaded(_lines(origin, lines, problems)):
            yield from problems
            problems.clear()
            yield item
            empty = False
        yield from problems
    if empty and not problems:
        yield Problem(origin.uri, "is empty")


def _chat(text: str, program: str, origin: Origin, note: str = "") -> Iterator[Loaded | Problem]:
    from clew.ingest.load.threads.exported_chats import read_exported  # it needs a parser of HTML, and few files do

    yield from read_exported(text, program, origin, note)


def _lines(origin: Origin, lines: Iterable[str], problems: list[Problem]) -> Iterator[tuple[object, int, str]]:
    """The records of lines; what is wrong with the others goes to the problems."""
    for number, line in enumerate(lines, start=1):
        if not line or line.isspace():
            continue
        try:
            yield _whole(line), number, f"line {number}"
        except _WRONG_JSON as error:
            reason = f"line {number} is no valid JSON: {_reason(error)}; it is left out"
            problems.append(Problem(f"{origin.uri}#{number}", reason))


def count_json(origin: Origin) -> int:
    """How many records the file holds, as far as it is valid."""
    number = 0
    try:
        for _ in _values(read_text(origin.path, most=MAX_BYTES)[0], origin.fields.text):
            number += 1
    except _WRONG_JSON:
        pass
    return number


def count_jsonl(origin: Origin) -> int:
    """How many lines the file has that are not blank."""
    with open_bytes(origin.path) as lines:
        return sum(not line.isspace() for line in lines)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _whole(text: str) -> Any:
    """The one value that the text holds."""
    value, end = _DECODER.raw_decode(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def _skip(text: str, place: int) -> int:
    match = _SPACES.match(text, place)
    return match.end() if match else place


def _values(text: str, text_key: str) -> Iterator[object]:
    start = _skip(text, 0)
    if text.startswith("[", start):
        yield from _elements(text, start + 1)
        return
    value = _whole(text)
    lists = [part for part in value.values() if isinstance(part, list)] if isinstance(value, dict) else []
    if len(lists) == 1 and text_key not in value:
        yield from lists[0]
    else:
        yield value


def _elements(text: str, place: int) -> Iterator[object]:
    """The elements of a list that begins before `place`, each decoded when it is asked for."""
    place = _skip(text, place)
    if text.startswith("]", place):
        return
    while True:
        value, place = _DECODER.raw_decode(text, place)
        yield value
        place = _skip(text, place)
        if text.startswith("]", place):
            break
        if not text.startswith(",", place):
            raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
        place = _skip(text, place + 1)
    if _skip(text, place + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, place + 1)
