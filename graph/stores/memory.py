"""The reference store: everything in dicts and arrays, for as long as the process lives.

It is what the contract suite holds the other engines against, the store of tests and of quick looks (`memory:`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any, Literal, TypeVar

from clew.graph import store_rules as rules
from clew.graph.adjacency.adjacency import Adjacency, build
from clew.graph.adjacency.refresh import Touched, refresh
from clew.graph.errors import SettingsError, StoreMissingError, StoreUnsupportedError
from clew.graph.merges import remapped
from clew.graph.model import Chunk, Document, Entity, Mention, Merge, Triple, count_entities
from clew.graph.store import (
    Batch,
    Counts,
    Described,
    DocumentRecord,
    GraphStore,
    Hit,
    Kind,
    QueryResult,
    StoreInfo,
    Vectors,
)
from clew.graph.stores.bm25 import BM25
from clew.graph.stores.exact_vectors import ExactVectors
from clew.graph.stores.exclusive_lock import locked

_Noun = TypeVar("_Noun")


@dataclass(slots=True)
class _Tally:
    """What the present documents say of one entity, counted."""

    names: Counter[str] = field(default_factory=Counter)
    short_forms: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    mentions: dict[str, list[Mention]] = field(default_factory=dict)  # by document
    description: str = ""

    def count(self, told: Entity, sign: int) -> None:
        """One document's counts are added (sign 1) or taken back (sign -1)."""
        for part in ("names", "short_forms", "types"):
            mine, theirs = getattr(self, part), getattr(told, part)
            for key, number in theirs.items():
                mine[key] += sign * number
                if not mine[key]:
                    del mine[key]

    def entity(self, id_: str) -> Entity:
        """The entity, its counts in alphabetical order."""
        names, short_forms, types = (dict(sorted(part.items())) for part in (self.names, self.short_forms, self.types))
        return Entity(id_, names, short_forms, types, description=self.description)


class MemoryStore(GraphStore):
    """A knowledge base in memory. It has no Cypher; `path` must be empty and nothing outlives `close`."""

    def __init__(self, path: str = "", *, create: bool = True) -> None:
        if path:
            raise SettingsError(f"A memory store has no path, so not {path!r}.", hint="Use memory: or arcadedb:PATH.")
        if not create:
            raise StoreMissingError("A memory store starts empty, so there is none to open.", hint="Use arcadedb:PATH.")
        self._lock = threading.RLock()
        self._closed = False
        self._info = StoreInfo()
        self._records: dict[str, DocumentRecord] = {}
        self._chunks: dict[str, Chunk] = {}
        self._chunk_mentions: dict[str, list[Mention]] = {}
        self._tallies: dict[str, _Tally] = {}
        self._told: dict[str, dict[str, Triple]] = {}  # triple id -> document id -> what it says
        self._incident: dict[str, set[str]] = {}  # entity or value id -> ids of triples
        self._relations: Counter[str] = Counter()  # triples of each
        self._keys: dict[str, set[str]] = {}  # name key -> entity ids
        self._entity_keys: dict[str, set[str]] = {}
        self._stale: dict[str, None] = {}  # ordered sets
        self._stale_relations: dict[str, None] = {}
        self._unindexed: set[str] = set()  # entities whose names, keys or description changed since the last look
        self._words: dict[str, BM25] = {"chunk": BM25(), "entity": BM25()}
        self._vectors: dict[str, ExactVectors] = {}
        self._adjacency: Adjacency | None = None
        self._touched = Touched()  # since that was made

    # -- what it is ----------------------------------------------------------------------------------------------

    @locked
    def info(self) -> StoreInfo:
        return self._info

    @locked
    def counts(self) -> Counts:
        return Counts(
            documents=len(self._records),
            chunks=len(self._chunks),
            mentions=sum(len(record.mentions) for record in self._records.values()),
            entities=len(self._tallies),
            triples=len(self._told),
            relations=len(self._relations),
            stale=len(self._stale),
        )

    @locked
    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        wanted = replace(self._info, encoder=encoder, dimension=dimension, extracted_with=extracted_with)
        if wanted == self._info:
            return
        if (encoder, dimension) != (self._info.encoder, self._info.dimension):
            self._vectors = {kind: ExactVectors(dimension) for kind in ("chunk", "entity", "relation")}
            self._stale = dict.fromkeys(self._tallies)
            self._stale_relations = dict.fromkeys(self._relations)
        self._info = wanted
        self._written()

    def _written(self) -> None:
        self._info = replace(self._info, generation=self._info.generation + 1)

    # -- writing -------------------------------------------------------------------------------------------------

    @locked
    def add(self, batch: Batch) -> None:
        rules.check_batch(batch, self._info)
        vectors = iter(batch.chunk_vectors)
        for record in batch.records:
            self._replace(self._records.get(record.document.id), record)
            for chunk in record.chunks:
                self._vectors["chunk"].put(chunk.id, next(vectors))
        self._written()

    @locked
    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        held = [(self._records[id_], told) for id_, told in merges.items() if id_ in self._records]
        for record, told in held:
            self._replace(record, remapped(record, told))
        if held:
            self._written()

    @locked
    def remove(self, documents: Sequence[str]) -> int:
        held = [self._records[id_] for id_ in dict.fromkeys(documents) if id_ in self._records]
        for record in held:
            self._replace(record, None)
        if held:
            self._written()
        return len(held)

    def _replace(self, old: DocumentRecord | None, new: DocumentRecord | None) -> None:
        """The graph says what `new` says and no longer what `old` said; what both say is left alone."""
        if self._adjacency is not None:
            self._touched.add(old, new)
        if old is not None:
            del self._records[old.document.id]
        if new is not None:
            self._records[new.document.id] = replace(new, document=replace(new.document, text=""))
        self._replace_chunks(old, new)
        touched = self._replace_mentions(old, new) | self._replace_triples(old, new)
        for id_ in touched:
            tally = self._tallies.setdefault(id_, _Tally())
            if tally.mentions or self._incident.get(id_):
                self._stale[id_] = None
            else:
                del self._tallies[id_]
                self._stale.pop(id_, None)
                self._vectors["entity"].drop(id_)
            self._unindexed.add(id_)

    def _replace_chunks(self, old: DocumentRecord | None, new: DocumentRecord | None) -> None:
        kept = {chunk.id for chunk in new.chunks} if new else set()
        for chunk in old.chunks if old else ():
            self._chunk_mentions.pop(chunk.id, None)
            if chunk.id not in kept:
                del self._chunks[chunk.id]
                self._vectors["chunk"].drop(chunk.id)
                self._words["chunk"].remove(chunk.id)
        if new:
            for chunk in new.chunks:
                self._chunks[chunk.id] = chunk
                self._words["chunk"].add(chunk.id, f"{new.document.title}\n{chunk.text}")
            for mention in new.mentions:
                self._chunk_mentions.setdefault(mention.chunk, []).append(mention)

    def _replace_mentions(self, old: DocumentRecord | None, new: DocumentRecord | None) -> set[str]:
        """Ids of the entities whose mentions changed."""
        before, after = (rules.mentions_by_entity(record.mentions if record else ()) for record in (old, new))
        changed = {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}
        for id_ in changed:
            tally = self._tallies.setdefault(id_, _Tally())
            for record, group, sign in ((old, before, -1), (new, after, 1)):
                if record is not None and id_ in group:
                    tally.count(count_entities(group[id_])[id_], sign)
                    tally.mentions.pop(record.document.id, None)
                    if sign > 0:
                        tally.mentions[record.document.id] = group[id_]
        return changed

    def _replace_triples(self, old: DocumentRecord | None, new: DocumentRecord | None) -> set[str]:
        """Ids of the entities whose triples changed."""
        before, after = (rules.triples_by_id(record.triples if record else ()) for record in (old, new))
        touched: set[str] = set()
        for id_ in before.keys() | after.keys():
            if before.get(id_) == after.get(id_):
                continue
            triple = after.get(id_) or before[id_]
            told = self._told.setdefault(id_, {})
            if not told:
                self._link(triple)
            for record in (old, new):
                if record is not None:
                    told.pop(record.document.id, None)
            if new is not None and id_ in after:
                told[new.document.id] = after[id_]
            if not told:
                self._unlink(triple)
            touched |= {end for end in (triple.head, triple.tail) if isinstance(end, str)}
        return touched

    def _link(self, triple: Triple) -> None:
        for end in (triple.head, triple.tail_id):
            self._incident.setdefault(end, set()).add(triple.id)
        if triple.relation not in self._relations:
            self._stale_relations[triple.relation] = None
        self._relations[triple.relation] += 1

    def _unlink(self, triple: Triple) -> None:
        del self._told[triple.id]
        for end in {triple.head, triple.tail_id}:
            self._incident[end].discard(triple.id)
            if not self._incident[end]:
                del self._incident[end]
        self._relations[triple.relation] -= 1
        if not self._relations[triple.relation]:
            del self._relations[triple.relation]
            self._stale_relations.pop(triple.relation, None)
            self._vectors["relation"].drop(triple.relation)

    @locked
    def describe(self, described: Described) -> None:
        rules.check_described(described, self._info)
        for index, (id_, description) in enumerate(described.entities.items()):
            if id_ in self._tallies and described.entity_vectors is not None:
                self._tallies[id_].description = description
                self._vectors["entity"].put(id_, described.entity_vectors[index])
                self._stale.pop(id_, None)
                self._unindexed.add(id_)
        for index, name in enumerate(described.relations):
            if name in self._relations and described.relation_vectors is not None:
                self._vectors["relation"].put(name, described.relation_vectors[index])
                self._stale_relations.pop(name, None)
        self._written()

    @locked
    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        rules.check_vectors(vectors, len(chunks), self._info, "chunks")
        for id_, vector in zip(chunks, vectors, strict=True):
            if id_ in self._chunks:
                self._vectors["chunk"].put(id_, vector)
        self._written()

    @locked
    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        most = max(limit, 0)
        return list(islice(self._stale, most)), list(islice(self._stale_relations, most))

    # -- reading -------------------------------------------------------------------------------------------------

    @locked
    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        return _chosen(self._records, ids, lambda id_: self._records[id_].document)

    @locked
    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        if document is None:
            return _chosen(self._chunks, ids, self._chunks.__getitem__)
        record = self._records.get(document)
        found = sorted(record.chunks, key=lambda chunk: (chunk.position, chunk.start)) if record else []
        return iter(found if ids is None else [chunk for chunk in found if chunk.id in set(ids)])

    @locked
    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        lists: Iterable[Iterable[Mention]]
        if chunks is not None:
            lists = [self._chunk_mentions.get(id_, []) for id_ in dict.fromkeys(chunks)]
        elif entity is not None:
            lists = self._tallies[entity].mentions.values() if entity in self._tallies else []
        else:
            lists = (record.mentions for record in self._records.values())
        found = (mention for mention in chain.from_iterable(lists) if entity in {None, mention.entity})
        return iter(sorted(found, key=rules.mention_key))

    @locked
    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        return _chosen(self._tallies, ids, lambda id_: self._tallies[id_].entity(id_))

    @locked
    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        return _chosen(self._told, ids, self._triple)

    def _triple(self, id_: str) -> Triple:
        return rules.join_triples(self._told[id_].values())

    @locked
    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        ids: set[str] = set().union(*(self._incident.get(id_, ()) for id_ in entities))
        best = sorted(map(self._triple, ids), key=lambda triple: (-triple.confidence, triple.id))[: max(limit, 0)]
        return sorted(best, key=lambda triple: triple.id)

    # -- searching -----------------------------------------------------------------------------------------------

    @locked
    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        self._index_entities()
        return {key: sorted(self._keys.get(key, ())) for key in keys}

    @locked
    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        if not self._info.encoder:
            return []
        rules.check_vector(vector, self._info)
        return self._vectors[kind].search(vector, k)

    @locked
    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        if kind == "entity":
            self._index_entities()
        return self._words[kind].search(query, k)

    def _index_entities(self) -> None:
        """Names, keys and words of entities are indexed when first looked for, not at every write."""
        for id_ in self._unindexed:
            tally = self._tallies.get(id_)
            for key in self._entity_keys.pop(id_, ()):
                self._keys[key].discard(id_)
                if not self._keys[key]:
                    del self._keys[key]
            self._words["entity"].remove(id_)
            if tally is None:
                continue
            entity = tally.entity(id_)
            self._words["entity"].add(id_, rules.entity_text(entity))
            self._entity_keys[id_] = rules.entity_keys(entity)
            for key in self._entity_keys[id_]:
                self._keys.setdefault(key, set()).add(id_)
        self._unindexed.clear()

    @locked
    def adjacency(self) -> Adjacency:
        generation, touched = self._info.generation, self._touched
        if self._adjacency is None:
            self._adjacency = build(generation, **self._told_of(self._tallies, self._chunks, self._told))
        elif self._adjacency.generation != generation:
            told = self._told_of(touched.entities, touched.chunks, touched.triples)
            self._adjacency = refresh(self._adjacency, touched, generation, **told)
        self._touched = Touched()
        return self._adjacency

    def _told_of(self, entities: Iterable[str], chunks: Iterable[str], triples: Iterable[str]) -> dict[str, Any]:
        """What `build` and `refresh` are to be told of those of these ids that are there."""
        held = [self._chunks[id_] for id_ in chunks if id_ in self._chunks]
        records = {chunk.document: self._records[chunk.document] for chunk in held}
        titles = {id_: rules.title_entity(record.mentions) for id_, record in records.items()}
        facts = (self._triple(id_) for id_ in triples if id_ in self._told)
        return {
            "entities": [id_ for id_ in entities if id_ in self._tallies],
            "chunks": [chunk.id for chunk in held],
            "triples": ((fact.id, fact.head, fact.relation, fact.tail_id, fact.confidence) for fact in facts),
            "mentions": ((each.chunk, each.entity) for c in held for each in self._chunk_mentions.get(c.id, ())),
            "titles": ((chunk.id, titles[chunk.document]) for chunk in held if titles[chunk.document]),
        }

    @locked
    def query(
        self,
        cypher: str,  # noqa: ARG002 - the protocol's words; there is no engine to hand them to
        parameters: Mapping[str, Any] | None = None,  # noqa: ARG002
        *,
        timeout: float = 10.0,  # noqa: ARG002
        limit: int = 1000,  # noqa: ARG002
    ) -> QueryResult:
        raise StoreUnsupportedError("A memory store has no Cypher.", hint="Open the knowledge base as arcadedb:PATH.")

    def close(self) -> None:
        with self._lock:
            self._closed = True


def _chosen(held: Mapping[str, Any], ids: Sequence[str] | None, make: Callable[[str], _Noun]) -> Iterator[_Noun]:
    """The nouns in the order asked, unknown ones left out; all, by id, where None."""
    return iter([make(id_) for id_ in (sorted(held) if ids is None else ids) if id_ in held])
