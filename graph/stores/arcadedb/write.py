"""One transaction's change: what documents said and now say, as the least that must change in ArcadeDB.

Reading comes first, then edges go, vertices change, edges come, and what nothing speaks of any more goes last; so no
record is held in two states within the transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from clew.graph import store_rules as rules
from clew.graph.adjacency.refresh import Touched
from clew.graph.model import Chunk, Entity, Mention, Triple, Value, count_entities
from clew.graph.store import DocumentRecord, Vectors
from clew.graph.stores.arcadedb import rows
from clew.graph.stores.arcadedb.engine import Engine, Row

SLICE = 1000  # records whose vectors are dropped in one transaction
_Told = dict[str, dict[str, list[Row]]]  # triple id -> document id -> sources
_Forms = tuple[Counter[str], Counter[str], Counter[str]]


@dataclass(slots=True)
class Outcome:
    """What a change did to things that are counted or kept in memory beside the engine."""

    mentions: int = 0
    stale: dict[str, None] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)  # entities that are no longer stale: they are gone
    stale_relations: dict[str, None] = field(default_factory=dict)
    gone_relations: set[str] = field(default_factory=set)
    gone_chunks: set[str] = field(default_factory=set)
    touched: Touched = field(default_factory=Touched)  # what the adjacency must hear of


@dataclass(slots=True)
class _Said:
    """What some documents say, as stored or as told."""

    chunks: dict[str, Chunk | None] = field(default_factory=dict)
    pairs: dict[tuple[str, str], list[rows.Span]] = field(default_factory=dict)  # (chunk, entity)
    documents: dict[tuple[str, str], str] = field(default_factory=dict)  # of each pair
    edges: dict[tuple[str, str], str] = field(default_factory=dict)  # of each pair: its address
    told: _Told = field(default_factory=dict)
    triples: dict[str, Triple] = field(default_factory=dict)

    def by_entity(self) -> dict[str, list[Any]]:
        """The mentions of each entity, in an order of their own."""
        groups: dict[str, list[Any]] = {}
        for pair in sorted(self.pairs):
            groups.setdefault(pair[1], []).append((self.documents[pair], pair[0], self.pairs[pair]))
        return groups

    def mentions(self, entity: str, groups: dict[str, list[Any]]) -> Iterable[Mention]:
        """The Mentions of one entity."""
        for document, chunk, spans in groups.get(entity, ()):
            for start, end, text, kind, confidence, name, form in spans:
                yield Mention(chunk, document, start, end, text, kind, confidence, entity, name, form)


def apply(
    engine: Engine,
    records: Sequence[DocumentRecord],
    removed: Sequence[str],
    vectors: Vectors | None,
    waiting: Container[str],
) -> Outcome:
    """The store says what these records say, and no longer what earlier versions of them and the removed documents
    said. `vectors` holds a vector for each of the records' chunks, None where these are there and keep what they carry;
    `waiting` the ids of all entities that are stale. To be called inside a transaction."""
    change = _Change(engine, records, removed, waiting)
    change.read()
    change.write(vectors)
    return change.outcome


def drop_vectors(engine: Engine, type_name: str, key: str) -> None:
    """No record of this type carries a vector, and those that are described are stale. In transactions of `SLICE`
    records, since the heap holds all that a transaction changes; cut short, it goes on with what is left."""
    described = type_name != "Chunk"
    left = " OR stale = false" if described else ""
    change = "SET stale = true " if described else ""
    ids = engine.columns(f"{rows.selected([key], type_name)} WHERE embedding IS NOT NULL{left}", [key])[0]
    sql = f"UPDATE {type_name} {change}REMOVE embedding WHERE {key} IN :ids"
    for start in range(0, len(ids), SLICE):
        with engine.transaction():
            engine.run(sql, ids=ids[start : start + SLICE])


class _Change:
    def __init__(
        self,
        engine: Engine,
        records: Sequence[DocumentRecord],
        removed: Sequence[str],
        waiting: Container[str],
    ) -> None:
        self._engine = engine
        self._records = records
        self._waiting = waiting
        self._documents = [*(record.document.id for record in records), *removed]
        self._removed = removed
        self.outcome = Outcome()

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """What is stored of these documents, and what changes for entities, triples, values and relations."""
        self._old, self._new = self._stored(), _told(self._records)
        self._forms: dict[str, _Forms] = {}
        self._mentioned: Counter[str] = Counter()  # by entity: how many mentions more (or less)
        self._ends: set[str] = set()  # entities and values of the triples that come
        self._left: set[str] = set()  # those of the triples that go
        self._related: Counter[str] = Counter()  # by relation: how many triples more (or less)
        self._touched: set[str] = set()
        self._values: dict[str, Value] = {}
        self._compare_mentions()
        self._compare_triples()
        old, new = self._old, self._new
        self.outcome.touched = Touched(set(self._touched), {*old.chunks, *new.chunks}, {*old.told, *new.told})
        # What is stale already, and gets or keeps a triple, needs neither to be read nor written.
        ids = {id_ for id_ in self._touched if id_ not in self._waiting or id_ in self._left} | self._forms.keys()
        self._held = self._engine.fetch("Entity", sorted(ids), ("forms", "description", "mentions", "stale"))

    def _stored(self) -> _Said:
        said = _Said()
        documents = self._engine.fetch("Document", self._documents, ("chunks", "triples"))
        said.chunks = {id_: None for row in documents.values() for id_ in json.loads(row["chunks"])}
        if said.chunks:
            sql = "SELECT @rid AS rid, document, chunk, entity, spans FROM (SELECT expand(outE('MENTIONS')) FROM Chunk"
            for row in self._engine.rows(f"{sql} WHERE id IN :ids)", ids=list(said.chunks)):
                pair = row["chunk"], row["entity"]
                said.pairs[pair] = [tuple(span) for span in json.loads(row["spans"])]
                said.documents[pair], said.edges[pair] = row["document"], row["rid"]
        triples = {id_: id_document for id_document, row in documents.items() for id_ in json.loads(row["triples"])}
        for id_, row in self._engine.fetch("RELATES", sorted(triples), rows.TRIPLE).items():
            said.triples[id_] = rows.triple_of(row)
            said.told[id_] = _by_document(json.loads(row["sources"]))
        return said

    def _compare_mentions(self) -> None:
        before, after = self._old.by_entity(), self._new.by_entity()
        for id_ in before.keys() | after.keys():
            if before.get(id_) == after.get(id_):
                continue
            self._touched.add(id_)
            forms = self._forms[id_] = (Counter(), Counter(), Counter())
            for said, groups, sign in ((self._old, before, -1), (self._new, after, 1)):
                mentions = list(said.mentions(id_, groups))
                if mentions:
                    entity = count_entities(mentions)[id_]
                    for part, counts in zip(forms, (entity.names, entity.short_forms, entity.types), strict=True):
                        for form, count in counts.items():
                            part[form] += sign * count
                self._mentioned[id_] += sign * len(mentions)
        self.outcome.mentions = self._mentioned.total()

    def _compare_triples(self) -> None:
        """Decides which triples come, go or change, and what each then has for sources."""
        here = set(self._documents)
        unread = self._new.told.keys() - self._old.told.keys()
        for id_, row in self._engine.fetch("RELATES", sorted(unread), rows.TRIPLE).items():
            self._old.triples[id_] = rows.triple_of(row)
            self._old.told[id_] = _by_document(json.loads(row["sources"]))
        self._made: list[Row] = []
        self._changed: list[Row] = []
        self._dropped: list[str] = []
        for id_ in sorted(self._old.told.keys() | self._new.told.keys()):
            before, new = self._old.told.get(id_, {}), self._new.told.get(id_, {})
            after = (
                {document: told for document, told in before.items() if document not in here} | new if before else new
            )
            if before == after:
                continue
            triple = self._new.triples.get(id_) or self._old.triples[id_]
            self._touched |= {end for end in (triple.head, triple.tail) if isinstance(end, str)}
            if not after:
                self._dropped.append(id_)
            else:
                sources = [source for document in sorted(after) for source in after[document]]
                (self._changed if before else self._made).append(rows.triple_row(triple, sources))
            self._count(triple, bool(after) - bool(before))

    def _count(self, triple: Triple, sign: int) -> None:
        if not sign:
            return
        if isinstance(triple.tail, Value):
            self._values[triple.tail_id] = triple.tail
        (self._ends if sign > 0 else self._left).update((triple.head, triple.tail_id))
        self._related[triple.relation] += sign

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self, vectors: Vectors | None) -> None:
        """The engine holds the change, once the transaction is committed."""
        engine = self._engine
        pairs = [pair for pair in self._old.pairs if self._old.pairs[pair] != self._new.pairs.get(pair)]
        engine.delete_records([self._old.edges[pair] for pair in pairs])
        engine.delete("RELATES", self._dropped)
        self.outcome.gone_chunks = self._old.chunks.keys() - self._new.chunks.keys()
        engine.delete("Chunk", sorted(self.outcome.gone_chunks))
        engine.delete("Document", self._removed)
        self._write_documents(vectors)
        self._write_entities()
        self._write_values()
        self._write_relations()
        self._write_edges()

    def _write_documents(self, vectors: Vectors | None) -> None:
        self._engine.put("Document", [rows.document_row(record) for record in self._records])
        if vectors is None:
            titled = ((chunk, rules.title_entity(r.mentions)) for r in self._records for chunk in r.chunks)
            self._engine.put("Chunk", [{"id": chunk.id, "title_entity": title} for chunk, title in titled])
            return
        chunks = [rows.chunk_row(chunk, record) for record in self._records for chunk in record.chunks]
        self._engine.put("Chunk", chunks, vectors)

    def _write_entities(self) -> None:
        made, gone = [], []
        for id_ in sorted(self._touched):
            held = self._held.get(id_)
            mentions = (held["mentions"] if held else 0) + self._mentioned[id_]
            if self._is_gone("Entity", id_, mentions):
                gone.append(id_)
                self.outcome.fresh.add(id_)
                continue
            self.outcome.stale[id_] = None
            if id_ in self._forms or (held is None and id_ not in self._waiting):
                made.append({**rows.entity_row(self._entity(id_, held)), "mentions": mentions, "stale": True})
            elif held is not None and not held["stale"]:
                made.append({"id": id_, "stale": True})
        self._engine.delete("Entity", gone)
        self._engine.put("Entity", made)

    def _is_gone(self, type_name: str, id_: str, mentions: int = 0) -> bool:
        """Nothing speaks of it any more, once the edges that go are gone."""
        if mentions or id_ in self._ends or (id_ not in self._left and id_ not in self._forms):
            return False
        return not self._engine.linked(type_name, id_, "RELATES")

    def _entity(self, id_: str, held: Row | None) -> Entity:
        forms = json.loads(held["forms"]) if held else ({}, {}, {})
        for part, change in zip(forms, self._forms.get(id_, ()), strict=False):
            for form, count in change.items():
                part[form] = part.get(form, 0) + count
        names, short_forms, types = ({form: count for form, count in part.items() if count} for part in forms)
        return Entity(id_, names, short_forms, types, description=held["description"] if held else "")

    def _write_values(self) -> None:
        held = self._engine.fetch("Value", sorted(self._values), ("id",))
        self._engine.delete("Value", [id_ for id_ in held if self._is_gone("Value", id_)])
        come = {id_: value for id_, value in self._values.items() if id_ in self._ends and id_ not in held}
        self._engine.put("Value", [rows.value_row(value) for value in come.values()])

    def _write_relations(self) -> None:
        held = self._engine.fetch("Relation", sorted(self._related), ("triples", "stale"), key="name")
        made = []
        for name in sorted(self._related):
            count = (held[name]["triples"] if name in held else 0) + self._related[name]
            if not count:
                self.outcome.gone_relations.add(name)
                continue
            if name not in held:
                self.outcome.stale_relations[name] = None
            made.append({"name": name, "triples": count, "stale": name not in held or held[name]["stale"]})
        self._engine.delete("Relation", self.outcome.gone_relations, key="name")
        self._engine.put("Relation", made, key="name")

    def _write_edges(self) -> None:
        engine = self._engine
        fresh = [(record, chunk) for record in self._records for chunk in record.chunks]
        fresh = [(record, chunk) for record, chunk in fresh if chunk.id not in self._old.chunks]
        engine.link(
            "HAS_CHUNK",
            [(("Document", record.document.id), ("Chunk", chunk.id)) for record, chunk in fresh],
            [{"position": chunk.position} for _, chunk in fresh],
        )
        pairs = [pair for pair in self._new.pairs if self._new.pairs[pair] != self._old.pairs.get(pair)]
        engine.link(
            "MENTIONS",
            [(("Chunk", chunk), ("Entity", entity)) for chunk, entity in pairs],
            [rows.mention_row(self._new.documents[pair], pair, self._new.pairs[pair]) for pair in pairs],
        )
        engine.change("RELATES", self._changed)
        engine.link(
            "RELATES",
            [(("Entity", row["head"]), ("Value" if row["datatype"] else "Entity", row["tail"])) for row in self._made],
            self._made,
        )


def _told(records: Sequence[DocumentRecord]) -> _Said:
    said = _Said()
    for record in records:
        said.chunks |= {chunk.id: chunk for chunk in record.chunks}
        pairs = rows.spans(record.mentions)
        said.pairs |= pairs
        said.documents |= dict.fromkeys(pairs, record.document.id)
        for id_, triple in rules.triples_by_id(record.triples).items():
            said.triples[id_] = triple
            said.told.setdefault(id_, {})[record.document.id] = rows.told(triple)
    return said


def _by_document(sources: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for source in sources:
        groups.setdefault(source["document"], []).append(source)
    return groups
