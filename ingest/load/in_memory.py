"""Texts and triples that a program holds, as documents: checked as a whole before any of them is added."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from clew.graph.errors import InputError, SourceError
from clew.graph.model import Document, stable_id
from clew.ingest.load.decode import clean, legible
from clew.ingest.load.formats import text_document
from clew.ingest.load.items import Loaded, ReadyTriple
from clew.ingest.load.ready_triples import COLUMNS, LONGEST_ROW, ROWS

Text = str | Mapping[str, Any] | Document
TripleRow = Sequence[Any] | Mapping[str, Any]

_KEYS = ("text", "title", "id", "metadata")
_TRIPLE_KEYS = (*COLUMNS, "confidence", "text")
_OWN = "clew:"  # what Clew itself keeps beside the documents has such ids
_PATH = 255  # characters of the longest text that is looked for among the files


def texts(items: Text | Iterable[Text], *, plain: bool = False) -> list[Loaded]:
    """The documents of these texts, read as text files are (`plain`: never as a conversation).

    An item is a text, a dictionary with `text` and perhaps `title`, `id` and `metadata`, or a Document with its text.
    An id names the document; without one a text is named by its hash. Raises InputError, which names the item.
    """
    if isinstance(items, str | Mapping | Document):
        items = [items]
    if isinstance(items, Path | bytes) or not isinstance(items, Iterable):
        what = "a path" if isinstance(items, Path) else _kind(items)
        raise InputError(f"kg.add takes texts, not {what}.", hint="Give a list of texts; files are read by kg.ingest.")
    loaded = [_Item(number, item, plain).loaded() for number, item in enumerate(items)]
    _refuse_rivals([each.document for each in loaded], "Items")
    return loaded


def _refuse_rivals(documents: Sequence[Document], noun: str) -> None:
    first: dict[str, int] = {}
    for number, document in enumerate(documents):
        other = first.setdefault(document.id, number)
        if documents[other].content_hash != document.content_hash:
            raise InputError(
                f"{noun} {other} and {number} have the same id, {document.uri!r}, and are not the same.",
                hint="Give each an id of its own, or add the later one by itself to replace the earlier.",
            )


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a list, which is called by its number, and by its id where that can be told."""

    number: int
    item: object
    plain: bool

    def loaded(self) -> Loaded:
        item = self.item
        if isinstance(item, Document):
            return self._of_document(item)
        if isinstance(item, Mapping):
            return self._of_mapping(item)
        if isinstance(item, str):
            return self._made(item, what="is an empty text")
        if isinstance(item, Path):
            raise self._wrong("is a path", "Files are read by kg.ingest.")
        if isinstance(item, bytes | bytearray):
            raise self._wrong("is bytes", "Give text: item.decode('utf-8').")
        raise self._wrong(f"is {_kind(item)}", "Give a text, a dictionary with the key 'text', or a clew.Document.")

    def _of_mapping(self, item: Mapping[str, Any]) -> Loaded:
        for key in item:
            if key not in _KEYS:
                hint = _near(key, [name for name in _KEYS if name not in item])
                raise self._wrong(f"has an unknown key {key!r}", f"{hint} Put other values into 'metadata'.".strip())
        if "text" not in item:
            raise self._wrong(
                f"has no 'text' (it has {_listed(item)})", "Give it one, or leave it out." if item else ""
            )
        for key, kinds in (
            ("text", (str,)),
            ("title", (str, int, float)),
            ("id", (str, int)),
            ("metadata", (Mapping,)),
        ):
            value = item.get(key)
            if not isinstance(value, kinds) and not (value is None and key != "text"):
                raise self._wrong(f"has {_kind(value)} as its {key!r}", f"It takes {_EXPECTED[key]}.")
        id_ = None if item.get("id") is None else clean(str(item["id"])).strip()
        title = "" if item.get("title") is None else clean(str(item["title"])).strip()
        return self._made(item["text"], id_=id_, title=title, metadata=self._metadata(item.get("metadata") or {}))

    def _of_document(self, item: Document) -> Loaded:
        uri = item.uri or item.id or None
        if item.annotations is None:
            made = self._made(item.text, id_=uri, title=item.title, metadata=self._metadata(item.metadata))
        else:  # its places refer to the text as it stands
            made = Loaded(item)
        told = replace(made.document, language=item.language, access=item.access, version=item.version)
        return replace(made, document=_hashed(told))

    def _made(
        self,
        text: str,
        *,
        id_: str | None = None,
        title: str = "",
        metadata: Mapping[str, str] | None = None,
        what: str = "has an empty text",
    ) -> Loaded:
        if id_ is not None and not id_:
            raise self._wrong("has an empty 'id'", "Leave the key out to have the text named by its hash.")
        if id_ is not None and id_.startswith(_OWN):
            raise self._wrong(f"has the id {id_!r}, which is one of Clew's own", f"Begin it otherwise than {_OWN!r}.")
        try:
            whole = legible(text)
        except SourceError as error:
            empty = not text or text.isspace()
            raise self._wrong(what if empty else str(error), "Leave it out, or give it words.") from None
        note = _is_file(text)
        made = text_document(whole, id_ or f"text:{stable_id('text', whole)}", title, plain=self.plain, note=note)
        return replace(made, document=_hashed(replace(made.document, metadata=metadata))) if metadata else made

    def _metadata(self, given: Mapping[Any, Any]) -> dict[str, str]:
        told = {}
        for key, value in given.items():
            if not isinstance(key, str):
                raise self._wrong(f"has a key in its 'metadata' that is {_kind(key)}", "Keys are texts.")
            if value is None:
                continue
            try:
                whole = value if isinstance(value, str) else _plain(value)
            except (TypeError, ValueError):
                hint = "It takes texts, numbers, dates, and lists and dictionaries of these."
                raise self._wrong(f"has in its 'metadata' under {key!r} {_kind(value)}", hint) from None
            told[clean(key)] = clean(whole)
        return told

    def _wrong(self, what: str, hint: str) -> InputError:
        own = self.item.get("id") if isinstance(self.item, Mapping) else getattr(self.item, "uri", None)
        name = f" ({str(own)[:80]!r})" if isinstance(own, str | int) and own != "" else ""
        return InputError(f"Item {self.number}{name} {what}.", hint=f"{hint} Nothing was added.".strip())


_EXPECTED = {
    "text": "a text",
    "title": "a text",
    "id": "a text or a whole number",
    "metadata": "a dictionary",
}


def _hashed(document: Document) -> Document:
    """The document with the content hash of what it now holds."""
    made = Document.make(
        document.uri, document.text, title=document.title, language=document.language, metadata=document.metadata,
        access=document.access, version=document.version,
    )  # fmt: skip
    return replace(made, annotations=document.annotations)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_file(text: str) -> str:
    """A remark where the text is the name of a file here, which was probably meant."""
    try:
        found = len(text) <= _PATH and "\n" not in text and Path(text).expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # no such user, a NUL
        return ""
    return (
        f"{text!r} is also the name of a file or folder, and was added as a text: kg.ingest reads files"
        if found
        else ""
    )


def triples(rows: Iterable[TripleRow], *, id: str | None = None) -> list[Loaded]:  # noqa: A002 - the word users type
    """The documents of these triples, each of `ROWS` of them, with a line for each triple.

    A row is (head, relation, tail), perhaps with the types of both ends, or a dictionary with these keys and perhaps
    `confidence` (0 to 1) and `text`, the sentence that says it. Raises InputError, which names the row.
    """
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise InputError(f"kg.add_triples takes a list of triples, not {_kind(rows)}.", hint=_TRIPLE_HINT)
    if isinstance(rows, tuple) and rows and all(isinstance(part, str) for part in rows):
        raise InputError("kg.add_triples takes a list of triples, and this is one.", hint="Put it in brackets: [...].")
    name = None if id is None else clean(str(id)).strip()
    if name is not None and (not name or name.startswith(_OWN)):
        raise InputError(f"The id {id!r} cannot be used.", hint=f"Give words that do not begin with {_OWN!r}.")
    read = [_row(number, row) for number, row in enumerate(rows)]
    return [_page(read[first : first + ROWS], first, name) for first in range(0, len(read), ROWS)]


def page_uri(id_: str, number: int) -> str:
    """What the document is called that holds the triples of this id from `number * ROWS` on."""
    first = number * ROWS
    return f"{id_}#rows={first + 1}-{first + ROWS}" if number else id_


_TRIPLE_HINT = "Give a list of (head, relation, tail), or of dictionaries with these keys."


def _page(rows: Sequence[tuple[str, ReadyTriple]], first: int, name: str | None) -> Loaded:
    lines: list[str] = []
    placed: list[ReadyTriple] = []
    length = 0
    for line, triple in rows:
        placed.append(replace(triple, start=length, end=length + len(line)))
        lines.append(line)
        length += len(line) + 1
    # Types and confidence are no part of the text, and a change of them is a change.
    said = stable_id("triples", *(json.dumps([*_fields(triple)]) for triple in placed))
    uri = f"triples:{said}" if name is None else page_uri(name, first // ROWS)
    return Loaded(Document.make(uri, "\n".join(lines), version=said), triples=tuple(placed))


def _fields(triple: ReadyTriple) -> Iterator[object]:
    yield from (triple.head, triple.relation, triple.tail, triple.head_type, triple.tail_type, triple.confidence)


class _TripleError(InputError):
    """A row that is no triple; the message is completed by whoever knows its number."""


def _row(number: int, row: object) -> tuple[str, ReadyTriple]:
    """The row's line in the text, and its triple without a place."""
    try:
        given = _parts(row)
        tail = given.get("tail")
        if isinstance(tail, int | float | date) and not isinstance(tail, bool):
            given |= {"tail": _plain(tail), "tail_type": given.get("tail_type") or "value"}
        words = {key: _words(given, key) for key in (*COLUMNS, "text")}
        confidence = given.get("confidence", 1.0)
        if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
            raise _TripleError(f"has the confidence {confidence!r}", hint="It takes a number from 0 to 1.")
        line = words["text"] or f"{words['head']} {words['relation'].replace('_', ' ')} {words['tail']}"
        if len(line) > LONGEST_ROW:
            raise _TripleError(f"has over {LONGEST_ROW:,} characters", hint="A long text is added by kg.add.")
    except _TripleError as error:
        raise InputError(f"Triple {number} {error.what}.", hint=f"{error.hint} Nothing was added.") from None
    head, relation, tail, head_type, tail_type = (words[key] for key in COLUMNS)
    return line, ReadyTriple(head, relation, tail, 0, 0, head_type, tail_type, confidence=float(confidence))


def _parts(row: object) -> dict[str, Any]:
    if isinstance(row, Mapping):
        for key in row:
            if key not in _TRIPLE_KEYS:
                near = _near(key, [name for name in _TRIPLE_KEYS if name not in row])
                hint = near or f"It takes {', '.join(_TRIPLE_KEYS)}."
                raise _TripleError(f"has an unknown key {key!r}", hint=hint)
        return dict(row)
    if not isinstance(row, Sequence) or isinstance(row, str | bytes):
        raise _TripleError(f"is {_kind(row)}", hint=_TRIPLE_HINT)
    if len(row) not in {3, 5}:
        hint = "Give head, relation, tail, and perhaps head_type and tail_type."
        raise _TripleError(f"has {len(row)} parts", hint=hint)
    return dict(zip(COLUMNS, row, strict=False))


def _words(given: Mapping[str, Any], key: str) -> str:
    """The words under the key, white space single; "" where they may be missing and are."""
    value, needed = given.get(key), key in COLUMNS[:3]
    if value is None and not needed:
        return ""
    if key not in given:
        raise _TripleError(f"has no {key!r}", hint=_TRIPLE_HINT)
    if not isinstance(value, str):
        expected = "a text, a number or a date" if key == "tail" else "a text"
        raise _TripleError(f"has {_kind(value)} as its {key}", hint=f"It takes {expected}.")
    words = " ".join(clean(value).split())
    if not words and (needed or key == "text"):
        raise _TripleError(f"has an empty {key}", hint="Leave it out, or give it words.")
    return words


def _near(key: object, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(str(key), known, n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


def _listed(item: Mapping[str, Any]) -> str:
    return ", ".join(repr(key) for key in list(item)[:8]) or "nothing"


def _kind(value: object) -> str:
    if value is None or isinstance(value, bytes):
        return "None" if value is None else "bytes"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


__all__ = ["Text", "TripleRow", "page_uri", "texts", "triples"]
