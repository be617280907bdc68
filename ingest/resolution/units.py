"""What a document says of a name, as far as it helps to tell who is meant: the unit of resolution.

One name means one thing within a document, so the unit is a document and a name. It is read from the chunks that
mention the name alone, and from what the document itself says, never from what was merged before: so the same documents
give the same units, whatever happened in between.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.merges import logged, own_entity
from clew.graph.model import Chunk, Document, Mention, Merge, entity_id
from clew.graph.store import GraphStore
from clew.ingest.resolution.blocks import key_of, slices, strong_alias

AROUND = 90  # characters on each side of a mention that tell who is meant
LEAD = 260  # characters at the beginning of a document that say what it is about
SAID = 400  # characters of context kept of one unit
_WORD = re.compile(r"\w{3,}")


@dataclass(slots=True)
class Unit:
    """A name in a document: `home` where the document is titled by it; `names` are the other names of its chunks."""

    document: str
    key: str
    title: str = ""
    name: str = ""
    home: bool = False
    start: int = -1
    text: str = ""
    kinds: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """The type that its mentions carry most; `""` where they do not tell."""
        told = {kind: count for kind, count in self.kinds.items() if kind not in {"OTHER", ""}}
        return min(told, key=lambda kind: (-told[kind], kind), default="")

    def see(self, mention: Mention, chunk: Chunk) -> None:
        """The mention counts."""
        if mention.form in {"name", "alias"}:
            self.kinds[mention.type] += 1
        title = mention.start == mention.end == 0
        start = mention.start - chunk.start
        near = chunk.text[:LEAD] if title else chunk.text[max(start - AROUND, 0) : start + len(mention.text) + AROUND]
        self.words.update(word.casefold() for word in _WORD.findall(near))
        if title:
            self.home, self.start, self.text, self.name = True, 0, near, mention.name
        elif not self.home and not 0 <= self.start <= mention.start:
            self.start, self.text, self.name = mention.start, near, mention.name


@dataclass(slots=True)
class Units:
    """All units of the names asked for, by name and document, the aliases told of each name, each document's log."""

    of: dict[str, dict[str, Unit]] = field(default_factory=dict)
    aliases: dict[str, Counter[str]] = field(default_factory=dict)
    logs: dict[str, tuple[Merge, ...]] = field(default_factory=dict)


def gather(store: GraphStore, adjacency: Adjacency, entities: Iterable[str], names: set[str]) -> Units:
    """The units of these names in all chunks that mention one of these entities."""
    units = Units()
    for part in slices(_chunks(adjacency, entities)):
        chunks = {chunk.id: chunk for chunk in store.chunks(part)}
        documents = {one.id: one for one in store.documents(sorted({chunk.document for chunk in chunks.values()}))}
        units.logs.update((id_, logged(document)) for id_, document in documents.items())
        groups: dict[str, list[Mention]] = {}
        for mention in store.mentions(chunks=part):
            groups.setdefault(mention.chunk, []).append(mention)
        for id_, mentions in groups.items():
            if id_ in chunks and chunks[id_].document in documents:
                _read(units, documents[chunks[id_].document], chunks[id_], mentions, names)
    return units


def _chunks(adjacency: Adjacency, entities: Iterable[str]) -> list[str]:
    offsets, groups = adjacency.mentions_by_entity
    found: set[int] = set()
    for id_ in entities:
        node = adjacency.node_index.get(id_)
        if node is not None:
            found.update(adjacency.mention_chunk[groups[offsets[node] : offsets[node + 1]]].tolist())
    return [adjacency.chunks[number] for number in sorted(found)]


def _read(units: Units, document: Document, chunk: Chunk, mentions: list[Mention], wanted: set[str]) -> None:
    merged: Mapping[str, str] = {merge.base: merge.entity for merge in units.logs[document.id]}
    keys = {key_of(mention.name) for mention in mentions}
    if keys.isdisjoint(wanted):
        return
    beside = keys | {key_of(document.title)}
    for mention in mentions:
        key = key_of(mention.name)
        if key not in wanted or own_entity(mention, merged) != entity_id(key):
            continue  # not asked for, or an entity with an id of its own, such as an IRI
        unit = units.of.setdefault(key, {}).setdefault(document.id, Unit(document.id, key, document.title))
        unit.see(mention, chunk)
        unit.names |= beside - {key}
        alias = key_of(mention.text)
        if mention.form == "alias" and strong_alias(alias, key):
            units.aliases.setdefault(key, Counter())[alias] += 1
