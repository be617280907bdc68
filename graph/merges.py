"""Which names stand for which entity beyond equal names: the log that each document carries, and how it is applied.

A mention's own entity is that of its name, `entity_id(mention.name)`. Where resolution found that a document's name
stands for another entity, the document's metadata say so, with reason and score, and its mentions and triples refer to
that entity. So a merge goes with its document, and taking it back needs nothing but the document itself: mentions keep
their name, and a source keeps the id that an end of its triple had (a flag `head:ID` or `tail:ID`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace

from clew.graph.model import Document, Mention, Merge, Source, Triple, entity_id
from clew.graph.store import DocumentRecord

LOG = "clew:merged"  # the key in a document's metadata
_HEAD, _TAIL = "head:", "tail:"


def logged(document: Document) -> tuple[Merge, ...]:
    """What the document's log holds, in order. Damaged or foreign metadata hold nothing."""
    try:
        rows = json.loads(document.metadata.get(LOG, "[]"))
        return tuple(Merge(str(a), str(b), str(c), str(d), str(e), float(score)) for a, b, c, d, e, score in rows)
    except (ValueError, TypeError):
        return ()


def own_entity(mention: Mention, merged: Mapping[str, str]) -> str:
    """The entity of the mention before any merge; its own where it has no entity of its name (an IRI). `merged` is
    the document's log, base -> entity."""
    base = entity_id(mention.name)
    return base if mention.entity in {base, merged.get(base)} else mention.entity


def remapped(record: DocumentRecord, merges: Iterable[Merge]) -> DocumentRecord:
    """The record in which these merges are in force, and no others."""
    merges = sorted(merges)
    old = {merge.base: merge.entity for merge in logged(record.document)}
    new = {merge.base: merge.entity for merge in merges}
    metadata = {key: value for key, value in record.document.metadata.items() if key != LOG}
    if merges:
        metadata[LOG] = json.dumps([astuple(merge) for merge in merges], ensure_ascii=False)
    return replace(
        record,
        document=replace(record.document, metadata=metadata),
        mentions=tuple(
            sorted(
                (_mention(one, old, new) for one in record.mentions), key=lambda m: (m.start, m.end, m.entity, m.text)
            )
        ),
        triples=_triples(record.triples, new),
    )


def _mention(mention: Mention, old: Mapping[str, str], new: Mapping[str, str]) -> Mention:
    base = own_entity(mention, old)
    wanted = new.get(base, base)
    return mention if wanted == mention.entity else replace(mention, entity=wanted)


def _triples(triples: Sequence[Triple], new: Mapping[str, str]) -> tuple[Triple, ...]:
    found: dict[str, Triple] = {}
    for triple in triples:
        for source in triple.sources:
            made = _triple(triple, source, new)
            same = found.get(made.id)
            found[made.id] = (
                made if same is None else Triple.make(made.head, made.relation, same.tail, same.sources + made.sources)
            )
    return tuple(found[id_] for id_ in sorted(found))


def _triple(triple: Triple, source: Source, new: Mapping[str, str]) -> Triple:
    """The triple of this one source, its ends as the merges have them."""
    head, tail = _told(source, _HEAD) or triple.head, _told(source, _TAIL) or triple.tail
    flags = [flag for flag in source.flags if not flag.startswith((_HEAD, _TAIL))]
    if head in new:
        flags.append(_HEAD + head)
        head = new[head]
    if isinstance(tail, str) and tail in new:
        flags.append(_TAIL + tail)
        tail = new[tail]
    return Triple.make(head, triple.relation, tail, (replace(source, flags=tuple(flags)),))


def _told(source: Source, which: str) -> str:
    return next((flag.removeprefix(which) for flag in source.flags if flag.startswith(which)), "")
