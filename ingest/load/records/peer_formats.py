"""Records in the formats that other GraphRAG and question answering systems use.

- HippoRAG's OpenIE results: a passage with the entities and triples that a model read in it.
- Question graphs of RoG (WebQSP, CWQ): a question, its answers, and the triples around it as lists of three.

HippoRAG's corpus (a list of titles and texts) and MetaQA's `kb.txt` need nothing of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from clew.graph.errors import SourceError
from clew.graph.model import Chunk, Document, Value
from clew.graph.store import DocumentRecord
from clew.ingest.extract.names.dates import typed_value
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.load.decode import clean
from clew.ingest.load.items import Loaded, ReadyTriple
from clew.ingest.resolution.resolve import resolve

_CONFIDENCE = 0.8  # a model read them; a table's triples are sure
_MOST_MENTIONS = 20  # of one name in one passage


def is_peer(record: Mapping[str, object]) -> bool:
    """Is this a record of a known format?"""
    return isinstance(record.get("extracted_triples"), list) or (
        isinstance(record.get("graph"), list) and isinstance(record.get("question"), str)
    )


def read_peer(record: Mapping[str, object], uri: str) -> Loaded | None:
    """The document that a record of a known format makes, None for any other. Raises SourceError for a broken one."""
    if isinstance(record.get("extracted_triples"), list):
        return _openie(record, uri)
    if isinstance(record.get("graph"), list) and isinstance(record.get("question"), str):
        return _question_graph(record, uri)
    return None


def _openie(record: Mapping[str, object], uri: str) -> Loaded:
    """HippoRAG joins title and text by a line feed into `passage`; older files hold them apart as well."""
    passage = _text(record.get("passage"))
    title, _, rest = passage.partition("\n")
    title, text = _text(record.get("title")) or (title if rest else ""), _text(record.get("text")) or rest or passage
    if not text:
        raise SourceError("has extracted triples, but no passage")
    names = [name for name in _list(record.get("extracted_entities")) if isinstance(name, str) and name.strip()]
    triples = [triple for triple in map(_triple, _list(record["extracted_triples"])) if triple]
    left_out = len(_list(record["extracted_triples"])) - len(triples)
    note = f"{left_out} of its triples are not three texts; they are left out" if left_out else ""
    document = Document.make(uri, text, title=title)
    return Loaded(document, note=note, read=partial(_read, names=names, triples=triples), rows=False)


def _read(
    document: Document, chunks: Sequence[Chunk], *, names: list[str], triples: list[tuple[str, str, str]]
) -> DocumentRecord:
    text = document.text
    mentions = [
        RawMention(match.start(), match.end(), match[0], "OTHER", _CONFIDENCE, "name", clean(name).strip())
        for name in dict.fromkeys(names)
        if typed_value(name) is None
        for match in list(_named(name).finditer(text))[:_MOST_MENTIONS]
    ]
    told = [_raw(text, *triple) for triple in dict.fromkeys(triples)]
    return resolve(document, chunks, Extraction(tuple(mentions), tuple(told)), extractor="OpenIE file")


def _named(name: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in clean(name).split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _raw(text: str, head: str, relation: str, tail: str) -> RawTriple:
    """The triple, in the stretch of text from its head to its tail, or in all of the text."""
    value: Value | None = typed_value(tail)
    places = [_named(end).search(text) for end in (head, tail)]
    found = [place.span() for place in places if place]
    start, end = (min(s for s, _ in found), max(e for _, e in found)) if len(found) == 2 else (0, len(text))
    tail_type = "" if value else "OTHER"
    return RawTriple(head, "OTHER", relation, value or tail, tail_type, start, end, _CONFIDENCE)


def _question_graph(record: Mapping[str, object], uri: str) -> Loaded:
    """A document of rows, `head | relation | tail`; question and answers are its metadata."""
    triples: list[ReadyTriple] = []
    rows: list[str] = []
    at = 0
    told = _list(record["graph"])
    for triple in dict.fromkeys(filter(None, map(_triple, told))):
        row = " | ".join(triple)
        triples.append(ReadyTriple(*triple, start=at, end=at + len(row)))
        rows.append(row)
        at += len(row) + 1
    if not triples:
        raise SourceError("has a graph without triples")
    names = ("question", "answer", "q_entity", "a_entity")
    metadata = {name: "; ".join(map(_text, _list(record[name]))) for name in names if name in record}
    broken = sum(_triple(triple) is None for triple in told)
    note = f"{broken} of its triples are not three texts; they are left out" if broken else ""
    document = Document.make(uri, "\n".join(rows), title=f"Question {record.get('id', '')}".strip(), metadata=metadata)
    return Loaded(document, triples=tuple(triples), note=note)


def _triple(told: Any) -> tuple[str, str, str] | None:
    """Three texts in one line each, None for anything else."""
    if not isinstance(told, list) or len(told) != 3 or not all(isinstance(part, str) for part in told):
        return None
    head, relation, tail = (" ".join(clean(part).split()) for part in told)
    return (head, relation, tail) if head and relation and tail else None


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _text(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else ""
