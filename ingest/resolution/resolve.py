"""What an extractor read becomes the stored nouns: mentions of entities, triples with their source."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, entity_id
from clew.graph.store import DocumentRecord
from clew.ingest.extract.names.cleaning import subject_of
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.load.items import ReadyTriple
from clew.ingest.resolution.stated import raw_triple


def resolve(document: Document, chunks: Sequence[Chunk], extraction: Extraction, *, extractor: str) -> DocumentRecord:
    """The record of what the document says, each triple with a Source in it.

    Every head and every tail that is an entity has a mention; a document mentions its subject, outside its text.
    """
    place = _Places(document, chunks)
    mentions: dict[tuple[int, int, str, str], Mention] = {}
    subject = subject_of(document, chunks) if extraction.subject is None else extraction.subject
    if chunks and subject:
        about = place.mention(RawMention(0, 0, subject, _subject_type(subject, extraction), 1.0, "name", subject))
        mentions[(0, 0, about.entity, "")] = about
    for raw in extraction.mentions:
        mention = place.mention(raw)
        mentions.setdefault((raw.start, raw.end, mention.entity, mention.text), mention)
    known = {mention.entity for mention in mentions.values()}
    types = _stated_types(extraction.triples)
    triples: dict[str, Triple] = {}
    for said in extraction.triples:
        triple = _triple(place, said, extractor)
        for mention in _unmentioned(place, said, known, types):
            known.add(mention.entity)
            mentions.setdefault((mention.start, mention.end, mention.entity, mention.text), mention)
        if triple.id in triples:
            triple = Triple.make(triple.head, triple.relation, triple.tail, triples[triple.id].sources + triple.sources)
        triples[triple.id] = triple
    return DocumentRecord(
        document,
        tuple(chunks),
        tuple(sorted(mentions.values(), key=lambda m: (m.start, m.end, m.entity, m.text))),
        tuple(triples[id_] for id_ in sorted(triples)),
    )


def resolve_ready(document: Document, chunks: Sequence[Chunk], ready_triples: Iterable[ReadyTriple]) -> DocumentRecord:
    """The record of triples that a table states. A tail that is a number or a date is a Value, any other an entity."""
    raw = [raw_triple(ready) for ready in ready_triples]
    return resolve(document, chunks, Extraction((), tuple(raw)), extractor="ready triples")


class _Places:
    """Where in the document's chunks an offset lies."""

    def __init__(self, document: Document, chunks: Sequence[Chunk]) -> None:
        self.document = document
        self._chunks = chunks
        self._starts = [chunk.start for chunk in chunks]

    def chunk(self, start: int) -> str:
        """The id of the chunk that holds this offset."""
        return self._chunks[max(bisect_right(self._starts, start) - 1, 0)].id

    def mention(self, raw: RawMention) -> Mention:
        """The mention, in the chunk that holds it, of the entity of its name."""
        return Mention(
            self.chunk(raw.start),
            self.document.id,
            raw.start,
            raw.end,
            raw.text,
            raw.type,
            raw.confidence,
            entity_id(raw.name),
            raw.name,
            raw.form,
        )


def _subject_type(subject: str, extraction: Extraction) -> str:
    counts = Counter(mention.type for mention in extraction.mentions if mention.name == subject)
    counts.update(triple.head_type for triple in extraction.triples if triple.head == subject)
    return min(counts, key=lambda kind: (kind in {"OTHER", ""}, -counts[kind], kind), default="OTHER") or "OTHER"


def _triple(place: _Places, raw: RawTriple, extractor: str) -> Triple:
    source = Source(
        place.document.id,
        place.chunk(raw.start),
        raw.start,
        raw.end,
        extractor,
        raw.confidence,
        raw.flags,
        raw.qualifiers,
        raw.valid_from,
        raw.valid_to,
    )
    tail = raw.tail if isinstance(raw.tail, Value) else entity_id(raw.tail)
    return Triple.make(entity_id(raw.head), raw.relation, tail, (source,))


def _stated_types(triples: Iterable[RawTriple]) -> dict[str, str]:
    """The first type that a triple gives of each name, for the triples that give none."""
    found: dict[str, str] = {}
    for raw in triples:
        for name, kind in ((raw.head, raw.head_type), (raw.tail, raw.tail_type)):
            if kind not in {"OTHER", ""} and not isinstance(name, Value):
                found.setdefault(name, kind)
    return found


def _unmentioned(place: _Places, raw: RawTriple, known: set[str], types: Mapping[str, str]) -> Iterable[Mention]:
    """Mentions for the ends of a triple that have none: where the name stands in the triple's span, else the span."""
    for name, kind in ((raw.head, raw.head_type), (raw.tail, raw.tail_type)):
        if isinstance(name, Value) or entity_id(name) in known:
            continue
        found = place.document.text[raw.start : raw.end].find(name)
        start = raw.start + found if found >= 0 else raw.start
        end = start + len(name) if found >= 0 else raw.end
        text = place.document.text[start:end]
        told = kind if kind not in {"OTHER", ""} else types.get(name, "OTHER")
        yield place.mention(RawMention(start, end, text, told, raw.confidence, "name", name))
