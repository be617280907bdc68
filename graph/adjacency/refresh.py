"""An Adjacency brought up to date by what changed, instead of being built again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Adjacency, Bools, Ints, grouped, tables_of, with_tables
from clew.graph.adjacency.id_table import Ids, encode
from clew.graph.adjacency.refresh_rows import Moved, merged_tables
from clew.graph.store import DocumentRecord

_Array = npt.NDArray[Any]


@dataclass(slots=True)
class Touched:
    """Ids of what may have come, gone or changed since an adjacency was made."""

    entities: set[str] = field(default_factory=set)
    chunks: set[str] = field(default_factory=set)
    triples: set[str] = field(default_factory=set)

    def update(self, other: Touched) -> None:
        """What the other names is touched, too."""
        self.entities |= other.entities
        self.chunks |= other.chunks
        self.triples |= other.triples

    def add(self, *records: DocumentRecord | None) -> None:
        """All that these documents speak of is touched."""
        for record in records:
            if record is not None:
                self.chunks.update(chunk.id for chunk in record.chunks)
                self.entities.update(mention.entity for mention in record.mentions)
                self.triples.update(triple.id for triple in record.triples)
                for triple in record.triples:
                    self.entities.update(end for end in (triple.head, triple.tail) if isinstance(end, str))


def refresh(
    adjacency: Adjacency,
    touched: Touched,
    generation: int,
    *,
    entities: Iterable[str],
    chunks: Iterable[str],
    triples: Iterable[tuple[str, str, str, str, float]],
    mentions: Iterable[tuple[str, str]],
    titles: Iterable[tuple[str, str]],
) -> Adjacency:
    """The arrays that `build` would make of the whole graph, told only what there now is of what was touched.

    The words are those of `build`; `mentions` and `titles` are all those of the chunks told. What was touched and is
    not told is gone, with the values that no triple tells any more. Python handles what was touched; the rest is
    copied in whole arrays. Raises KeyError where something refers to an unknown chunk or entity.
    """
    known, edges, said = set(entities), sorted(triples), list(mentions)
    if not (touched.entities or touched.chunks or touched.triples or known or edges or said):
        return with_tables(replace(adjacency, generation=generation), tables_of(adjacency))
    lines = _merge(adjacency.triple_ids, touched.triples, [edge[0] for edge in edges])
    stay = lines.untouched(touched.triples)
    nodes, is_value = _merge_nodes(adjacency, touched, known, stay, [edge[3] for edge in edges])
    relations, moved = _merge_relations(adjacency, stay, {edge[2] for edge in edges})
    places = _merge(adjacency.chunks, touched.chunks, sorted(chunks))
    number = {name: place for place, name in enumerate(relations)}
    told = lines.numbers(edge[0] for edge in edges)
    fresh = replace(
        adjacency,
        generation=generation,
        nodes=nodes.ids,
        is_value=is_value,
        chunks=places.ids,
        relations=relations,
        triple_ids=lines.ids,
        head=lines.column(nodes.moved[adjacency.head], told, nodes.numbers(edge[1] for edge in edges)),
        relation=lines.column(moved[adjacency.relation], told, _ints(number[edge[2]] for edge in edges)),
        tail=lines.column(nodes.moved[adjacency.tail], told, nodes.numbers(edge[3] for edge in edges)),
        confidence=lines.column(adjacency.confidence, told, np.array([edge[4] for edge in edges], dtype=np.float32)),
        **_merge_mentions(adjacency, touched, nodes, places, said),
        title_entity=_merge_titles(adjacency, touched, nodes, places, list(titles)),
    )
    if len(fresh.head) and min(int(fresh.head.min()), int(fresh.tail.min())) < 0:
        raise KeyError("a triple is told of an entity that is gone")
    return with_tables(
        fresh, merged_tables(adjacency, fresh, Moved(nodes.moved, moved, lines.moved, stay, np.unique(told)))
    )


@dataclass(frozen=True, slots=True)
class _Merged:
    """Sorted ids after some went and some came: `moved[i]` is the new number of the old number i, -1 where it went."""

    old: Ids
    ids: Ids
    moved: Ints

    def numbers(self, ids: Iterable[str]) -> Ints:
        """The new numbers of these ids. Raises KeyError for an unknown one."""
        found = [(id_, self.ids.find(id_)) for id_ in ids]
        for id_, number in found:
            if number < 0:
                raise KeyError(id_)
        return _ints(number for _, number in found)

    def untouched(self, touched: Collection[str]) -> Bools:
        """Which old ids were not touched."""
        stay = np.ones(len(self.old), dtype=bool)
        stay[_found(self.old, touched)] = False
        return stay

    def column(self, old: _Array, told: Ints, values: _Array) -> _Array:
        """A value for each new number: the old one's, and for the numbers told these."""
        new = np.zeros(len(self.ids), dtype=old.dtype)
        kept = self.moved >= 0
        new[self.moved[kept]] = old[kept]
        new[told] = values
        return new


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int32)


def _found(ids: Ids, wanted: Iterable[str]) -> Ints:
    """The numbers of those that are there, in order."""
    return np.sort(_ints(number for id_ in wanted if (number := ids.find(id_)) >= 0))


def _merge(ids: Ids, touched: Iterable[str], present: Sequence[str]) -> _Merged:
    """The ids without those touched that are not present, and with those present."""
    now = set(present)
    return _merge_at(ids, _found(ids, set(touched) - now), now)


def _merge_at(ids: Ids, dropped: Ints, present: Collection[str]) -> _Merged:
    added = sorted(id_ for id_ in present if id_ not in ids)
    places = _ints(ids.place(id_) for id_ in added)
    kept = np.ones(len(ids), dtype=bool)
    kept[dropped] = False
    before = np.cumsum(np.bincount(places, minlength=len(ids) + 1))[: len(ids)]
    moved = np.where(kept, np.cumsum(kept) - 1 + before, -1).astype(np.int32)
    return _Merged(ids, _spliced(ids, dropped, places, [encode(id_) for id_ in added]), moved)


def _spliced(ids: Ids, dropped: Ints, places: Ints, added: list[bytes]) -> Ids:
    """The ids in order, after those numbers went and these came before those places; copied run by run."""
    if not len(dropped) and not added:
        return ids
    cuts = sorted(
        [(place, 0, raw) for place, raw in zip(places.tolist(), added, strict=True)]
        + [(number, 1, b"") for number in dropped.tolist()]
    )
    pieces: list[_Array] = []
    start = 0
    for number, width, raw in cuts:
        pieces += [ids.text[ids.offsets[start] : ids.offsets[number]], np.frombuffer(raw, dtype=np.uint8)]
        start = number + width
    pieces.append(ids.text[ids.offsets[start] :])
    lengths = np.delete(np.diff(ids.offsets), dropped)
    lengths = np.insert(lengths, places - np.searchsorted(dropped, places), [len(raw) for raw in added])
    return Ids(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), np.concatenate(pieces))


def _merge_nodes(
    adjacency: Adjacency, touched: Touched, known: set[str], stay: Bools, tails: list[str]
) -> tuple[_Merged, Bools]:
    """Nodes are the entities, and the tails that are none: values."""
    ids = adjacency.nodes
    is_entity = ~adjacency.is_value
    is_entity[_found(ids, touched.entities)] = False
    is_entity[_found(ids, known)] = True
    is_tail = np.zeros(len(ids), dtype=bool)
    is_tail[adjacency.tail[stay]] = True
    is_tail[_found(ids, tails)] = True
    nodes = _merge_at(ids, np.flatnonzero(~(is_entity | is_tail)).astype(np.int32), known.union(tails))
    new_values = nodes.numbers(id_ for id_ in set(tails) - known if id_ not in ids)
    return nodes, nodes.column(~is_entity, new_values, np.ones(len(new_values), dtype=bool))


def _merge_relations(adjacency: Adjacency, stay: Bools, told: set[str]) -> tuple[list[str], Ints]:
    """The relations that triples have, and the new number of each old one."""
    used = np.bincount(adjacency.relation[stay], minlength=len(adjacency.relations)) > 0
    names = sorted(told.union(name for name, is_used in zip(adjacency.relations, used, strict=True) if is_used))
    number = {name: place for place, name in enumerate(names)}
    return names, _ints(number.get(name, -1) for name in adjacency.relations)


def _merge_mentions(
    adjacency: Adjacency, touched: Touched, nodes: _Merged, places: _Merged, said: list[tuple[str, str]]
) -> dict[str, Ints]:
    """The groups of the chunks that were not touched, and those told."""
    stay = places.untouched(touched.chunks)[adjacency.mention_chunk]
    chunk, entity = places.moved[adjacency.mention_chunk[stay]], nodes.moved[adjacency.mention_entity[stay]]
    if len(entity) and int(entity.min()) < 0:
        raise KeyError("a chunk mentions an entity that is gone")
    told = grouped(places.numbers(c for c, _ in said), nodes.numbers(e for _, e in said), len(nodes.ids))
    wide = max(len(nodes.ids), 1)
    at = np.searchsorted(chunk.astype(np.int64) * wide + entity, told[0].astype(np.int64) * wide + told[1])
    old = {"mention_chunk": chunk, "mention_entity": entity, "mention_count": adjacency.mention_count[stay]}
    return {name: np.insert(held, at, new) for (name, held), new in zip(old.items(), told, strict=True)}


def _merge_titles(
    adjacency: Adjacency, touched: Touched, nodes: _Merged, places: _Merged, titles: list[tuple[str, str]]
) -> Ints:
    old = adjacency.title_entity.copy()
    old[~places.untouched(touched.chunks)] = -1
    titled = old >= 0
    old[titled] = nodes.moved[old[titled]]
    if bool((old[titled] < 0).any()):
        raise KeyError("a document is titled after an entity that is gone")
    fresh = np.flatnonzero(np.bincount(places.moved[places.moved >= 0], minlength=len(places.ids)) == 0)
    new = places.column(old, fresh.astype(np.int32), np.full(len(fresh), -1, dtype=np.int32))
    new[places.numbers(chunk for chunk, _ in titles)] = nodes.numbers(entity for _, entity in titles)
    return new
