"""What a source states outright, its links and properties, beside what is read out of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clew.graph.model import Document, Value, name_key
from clew.ingest.extract.names.dates import typed_value
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.load.items import LINKS_TO, ReadyTriple
from clew.ingest.structure.turns import Annotations, Link

_VALUES = frozenset({"text", "value", "number", "date"})


def with_stated(document: Document, extraction: Extraction, triples: Sequence[ReadyTriple]) -> Extraction:
    """The extraction with every link as a mention and every ready triple; a bare link is left out
    where something else ties the two in this document."""
    annotations = document.annotations
    if not isinstance(annotations, Annotations):
        return extraction
    said = [raw_triple(triple) for triple in triples]
    tied = {_ends(triple) for triple in (*extraction.triples, *said) if triple.relation != LINKS_TO}
    kept = [
        triple
        for triple, ready in zip(said, triples, strict=True)
        if ready.exact or triple.relation != LINKS_TO or _ends(triple) not in tied
    ]
    placed = {(link.start, link.end) for link in annotations.links}
    mentions = [each for each in extraction.mentions if (each.start, each.end) not in placed]
    read = {each.name: each.type for each in extraction.mentions}
    told = {triple.head: triple.head_type for triple in kept if triple.head_type not in {"OTHER", ""}}
    for link in annotations.links:
        own = "" if link.type == "OTHER" else link.type  # what a linked note says of itself, a reader only guesses
        kind = told.get(link.name) or own or read.get(link.name) or link.type
        mentions.append(_mention(document.text[link.start : link.end], link, kind))
    mentions.sort(key=lambda mention: (mention.start, mention.end, mention.name))
    return replace(extraction, mentions=tuple(mentions), triples=(*extraction.triples, *kept))


def _ends(triple: RawTriple) -> frozenset[str]:
    tail = triple.tail.text if isinstance(triple.tail, Value) else triple.tail
    return frozenset((name_key(triple.head), name_key(tail)))


def _mention(text: str, link: Link, kind: str) -> RawMention:
    form = "name" if name_key(text) == name_key(link.name) else "alias"
    return RawMention(link.start, link.end, text, kind, 1.0, form, link.name)


def raw_triple(triple: ReadyTriple) -> RawTriple:
    """The triple as an extractor would give it. A tail of the type `text` is a value as it stands, one of the
    type `value`, `number` or `date` one that is typed where it can be; any other without a type may be an entity."""
    kind = triple.tail_type
    value = typed_value(triple.tail) if kind in _VALUES - {"text"} or not kind else None
    if value is None and kind in _VALUES:
        value = Value(triple.tail)
    if triple.exact:
        value = Value(triple.tail, kind, triple.normal, triple.language) if kind in _VALUES else None
    return RawTriple(
        triple.head, triple.head_type or "OTHER", triple.relation, value or triple.tail,
        "" if value else kind or "OTHER", triple.start, triple.end, triple.confidence, triple.flags,
        dict(triple.qualifiers),
    )  # fmt: skip


__all__ = ["raw_triple", "with_stated"]
