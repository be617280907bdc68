"""What documents said and now say, as the least that must change in a Cypher store. Nothing here knows an engine.

`plan` reads through two functions and returns a Change: rows to write and ids to take away. An engine carries it out
in the transaction that it was read in.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clew.graph import store_rules as rules
from clew.graph.model import Entity, Mention, Triple, Value, count_entities
from clew.graph.store import DocumentRecord
from clew.graph.stores.cypher import rows
from clew.graph.stores.cypher.rows import Fetch, MentionsIn, Row, Span

_Pair = tuple[str, str]  # chunk, entity
_Told = dict[str, dict[str, list[Row]]]  # triple id -> document id -> sources
_NOBODY: Row = {"forms": "[{},{},{}]", "description": "", "mentions": 0, "triples": 0, "type": ""}


@dataclass(slots=True)
class Change:
    """Rows to write and what goes. `entities` come with `was`, the type that each had (`""` where new); `mentions`
    is by how many mentions there are more; an entity in `entities` is stale from now on."""

    mentions: int = 0
    pairs: list[Row] = field(default_factory=list)
    gone_pairs: list[_Pair] = field(default_factory=list)
    gone_chunks: list[str] = field(default_factory=list)
    fresh_chunks: set[str] = field(default_factory=set)
    entities: list[Row] = field(default_factory=list)
    gone_entities: list[str] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)
    gone_values: list[str] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    gone_relations: list[str] = field(default_factory=list)
    triples: list[Row] = field(default_factory=list)  # new
    changed_triples: list[Row] = field(default_factory=list)
    gone_triples: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class _Said:
    """What some documents say, as stored or as told."""

    chunks: set[str] = field(default_factory=set)
    pairs: dict[_Pair, list[Span]] = field(default_factory=dict)
    documents: dict[_Pair, str] = field(default_factory=dict)
    told: _Told = field(default_factory=dict)
    triples: dict[str, Triple] = field(default_factory=dict)

    def by_entity(self) -> dict[str, list[tuple[str, str, list[Span]]]]:
        """The mentions of each entity, in an order of their own."""
        groups: dict[str, list[tuple[str, str, list[Span]]]] = {}
        for pair in sorted(self.pairs):
            groups.setdefault(pair[1], []).append((self.documents[pair], pair[0], self.pairs[pair]))
        return groups


def plan(records: Sequence[DocumentRecord], removed: Sequence[str], fetch: Fetch, mentions_in: MentionsIn) -> Change:
    """What makes the store say what these records say, and no longer what earlier versions of them and the removed
    documents said."""
    return _Plan(records, removed, fetch, mentions_in).change


class _Plan:
    def __init__(
        self, records: Sequence[DocumentRecord], removed: Sequence[str], fetch: Fetch, mentions_in: MentionsIn
    ) -> None:
        self._fetch = fetch
        self._documents = [*(record.document.id for record in records), *removed]
        self._old, self._new = self._stored(mentions_in), _told(records)
        self._forms: dict[str, tuple[Counter[str], Counter[str], Counter[str]]] = {}
        self._mentioned: Counter[str] = Counter()  # by entity: how many mentions more (or less)
        self._used: Counter[str] = Counter()  # by entity or value: how many triples more (or less)
        self._related: Counter[str] = Counter()  # by relation: how many triples more (or less)
        self._touched: set[str] = set()
        self._values: dict[str, Value] = {}
        self.change = Change(
            gone_chunks=sorted(self._old.chunks - self._new.chunks), fresh_chunks=self._new.chunks - self._old.chunks
        )
        self._compare_mentions()
        self._compare_triples()
        self._decide_entities()
        self._decide_values()
        self._decide_relations()

    def _stored(self, mentions_in: MentionsIn) -> _Said:
        documents = self._fetch("Document", self._documents, ("chunks", "triples"))
        said = _Said(chunks={id_ for row in documents.values() for id_ in json.loads(row["chunks"])})
        for row in mentions_in(sorted(said.chunks)):
            pair = row["chunk"], row["entity"]
            said.pairs[pair] = [tuple(span) for span in json.loads(row["spans"])]
            said.documents[pair] = row["document"]
        self._read_triples(said, {id_ for row in documents.values() for id_ in json.loads(row["triples"])})
        return said

    def _read_triples(self, said: _Said, ids: set[str]) -> None:
        for id_, row in self._fetch("Triple", sorted(ids), rows.TRIPLE).items():
            said.triples[id_] = rows.triple_of(row)
            for source in json.loads(row["sources"]):
                said.told.setdefault(id_, {}).setdefault(source["document"], []).append(source)

    def _compare_mentions(self) -> None:
        old, new = self._old, self._new
        differing = {pair for pair in old.pairs.keys() | new.pairs.keys() if old.pairs.get(pair) != new.pairs.get(pair)}
        self.change.gone_pairs = sorted(differing & old.pairs.keys())
        self.change.pairs = [
            rows.mention_row(new.documents[pair], pair, new.pairs[pair])
            for pair in sorted(differing & new.pairs.keys())
        ]
        before, after = old.by_entity(), new.by_entity()
        for id_ in {entity for _, entity in differing}:
            self._touched.add(id_)
            self._forms[id_] = (Counter(), Counter(), Counter())
            self._tally(id_, before.get(id_, ()), -1)
            self._tally(id_, after.get(id_, ()), 1)
        self.change.mentions = self._mentioned.total()

    def _tally(self, id_: str, group: Iterable[tuple[str, str, list[Span]]], sign: int) -> None:
        mentions = [
            Mention(chunk, document, start, end, text, kind, confidence, id_, name, form)
            for document, chunk, spans in group
            for start, end, text, kind, confidence, name, form in spans
        ]
        if not mentions:
            return
        entity = count_entities(mentions)[id_]
        for part, counts in zip(self._forms[id_], (entity.names, entity.short_forms, entity.types), strict=True):
            for form, count in counts.items():
                part[form] += sign * count
        self._mentioned[id_] += sign * len(mentions)

    def _compare_triples(self) -> None:
        """Decides which triples come, go or change, and what each then has for sources."""
        old, new, here = self._old.told, self._new.told, set(self._documents)
        self._read_triples(self._old, new.keys() - old.keys())
        for id_ in sorted(old.keys() | new.keys()):
            before, told = old.get(id_, {}), new.get(id_, {})
            after = {document: sources for document, sources in before.items() if document not in here} | told
            if before == after:
                continue
            triple = self._new.triples.get(id_) or self._old.triples[id_]
            self._touched |= {end for end in (triple.head, triple.tail) if isinstance(end, str)}
            stands = after or before
            row = rows.triple_row(triple, [source for document in sorted(stands) for source in stands[document]])
            change = self.change
            (change.gone_triples if not after else change.changed_triples if before else change.triples).append(row)
            self._count(triple, bool(after) - bool(before))

    def _count(self, triple: Triple, sign: int) -> None:
        if not sign:
            return
        if isinstance(triple.tail, Value):
            self._values[triple.tail_id] = triple.tail
        for end in {triple.head, triple.tail_id}:
            self._used[end] += sign
        self._related[triple.relation] += sign

    def _decide_entities(self) -> None:
        ids = sorted(self._touched | (self._used.keys() - self._values.keys()))
        held = self._fetch("Entity", ids, tuple(_NOBODY))
        for id_ in ids:
            row = self._entity(id_, held.get(id_, _NOBODY))
            if row["mentions"] or row["triples"]:
                self.change.entities.append(row)
            else:
                self.change.gone_entities.append(id_)

    def _entity(self, id_: str, held: Row) -> Row:
        counted = {
            "mentions": held["mentions"] + self._mentioned[id_],
            "triples": held["triples"] + self._used[id_],
            "was": held["type"],
        }
        if held is not _NOBODY and id_ not in self._forms:  # how it is called, and found, is as it was
            return {"id": id_, "type": held["type"], **counted}
        forms = json.loads(held["forms"])
        for part, change in zip(forms, self._forms.get(id_, ()), strict=False):
            for form, count in change.items():
                part[form] = part.get(form, 0) + count
        names, short_forms, types = ({form: count for form, count in part.items() if count} for part in forms)
        entity = Entity(id_, names, short_forms, types, description=held["description"])
        return {**rows.entity_row(entity), **counted}

    def _decide_values(self) -> None:
        held = self._fetch("Value", sorted(self._values), ("triples",))
        for id_, value in sorted(self._values.items()):
            count = (held[id_]["triples"] if id_ in held else 0) + self._used[id_]
            if count:
                self.change.values.append({**rows.value_row(value), "triples": count})
            else:
                self.change.gone_values.append(id_)

    def _decide_relations(self) -> None:
        held = self._fetch("Relation", sorted(self._related), ("triples",))
        for name, more in sorted(self._related.items()):
            count = (held[name]["triples"] if name in held else 0) + more
            if not count:
                self.change.gone_relations.append(name)
                continue
            row: Row = {"name": name, "triples": count}
            self.change.relations.append(row if name in held else {**row, "stale": True})


def _told(records: Sequence[DocumentRecord]) -> _Said:
    said = _Said()
    for record in records:
        said.chunks |= {chunk.id for chunk in record.chunks}
        pairs = rows.spans(record.mentions)
        said.pairs |= pairs
        said.documents |= dict.fromkeys(pairs, record.document.id)
        for id_, triple in rules.triples_by_id(record.triples).items():
            said.triples[id_] = triple
            said.told.setdefault(id_, {})[record.document.id] = rows.told(triple)
    return said
