"""The whole graph as compact integer arrays, and the Subgraph cut from it.

Nodes are numbered: entities and values first (sorted by id), then chunks (sorted by id). Triples are edges between
the former; mentions tie chunks to entities.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.id_table import Ids, Numbers, encode

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Rows = tuple[Ints, Ints]


@dataclass(frozen=True)
class Adjacency:
    """Arrays of one generation of a store.

    `nodes` ids of entities and values, sorted, length N; `is_value` bool [N]; `chunks` ids, sorted, length C;
    `relations` names, sorted. Edge i says `nodes[head[i]] -relations[relation[i]]-> nodes[tail[i]]`, its triple's id
    is `triple_ids[i]`, `confidence[i]` in 0..1; all int32 or float32 [E], sorted by triple id.
    Mention group j says that chunk `mention_chunk[j]` names entity `mention_entity[j]`, `mention_count[j]` times
    (int32 [M], sorted by chunk then entity). `title_entity[c]` is the entity that chunk c's document is titled
    after, -1 where none.

    Four tables of compressed rows, a pair (offsets, values) each, follow from these: row n of a table is
    `values[offsets[n]:offsets[n + 1]]`. They are computed when first asked for, or come with what was loaded.
    """

    generation: int
    nodes: Ids
    is_value: Bools
    chunks: Ids
    relations: Sequence[str]
    triple_ids: Ids
    head: Ints
    relation: Ints
    tail: Ints
    confidence: Floats
    mention_chunk: Ints
    mention_entity: Ints
    mention_count: Ints
    title_entity: Ints

    @cached_property
    def node_index(self) -> Mapping[str, int]:
        """Number of each node id."""
        return Numbers(self.nodes)

    @cached_property
    def chunk_index(self) -> Mapping[str, int]:
        """Number of each chunk id."""
        return Numbers(self.chunks)

    @cached_property
    def incident(self) -> Rows:
        """Row n: the edges that touch node n, by relation, then edge (int32 [2 E]); a loop is listed twice."""
        by_relation = order_of(self.relation)
        ends = np.stack([self.head[by_relation], self.tail[by_relation]], axis=1).ravel()
        return rows_of(ends, len(self.nodes), np.repeat(by_relation, 2))

    @cached_property
    def lean(self) -> Rows:
        """Row n: of the edges that touch node n, those whose other end has more edges, or as many and no smaller
        number (int32 [E]). So each edge is listed once, and a row is short even at a hub: below the square root of
        2 E, parallel edges aside."""
        return rows_of(leaner_end(self.head, self.tail, self.incident[0]), len(self.nodes))

    @cached_property
    def steps(self) -> Ints:
        """What a walk reads of each value of `incident`, side by side in memory: the edge's other end, its relation
        and the bits of its confidence (int32 [2 E, 3])."""
        offsets, edges = self.incident
        return np.stack(
            [_far(self, offsets, edges), self.relation[edges], self.confidence[edges].view(np.int32)], axis=1
        )

    @cached_property
    def lean_far(self) -> Ints:
        """The other end of each value of `lean` (int32 [E])."""
        return _far(self, *self.lean)

    @cached_property
    def mentions_by_entity(self) -> Rows:
        """Row n: the mention groups of entity n."""
        return rows_of(self.mention_entity, len(self.nodes))

    @cached_property
    def mentions_by_chunk(self) -> Rows:
        """Row c: the mention groups of chunk c."""
        return rows_of(self.mention_chunk, len(self.chunks))


ROWS = ("incident", "lean", "mentions_by_entity", "mentions_by_chunk")
TABLES = (*ROWS, "steps", "lean_far")


def tables_of(adjacency: Adjacency) -> dict[str, Any]:
    """Those of TABLES that are at hand."""
    return {name: value for name, value in vars(adjacency).items() if name in TABLES}


def with_tables(adjacency: Adjacency, tables: Mapping[str, Rows | Ints]) -> Adjacency:
    """The adjacency, with these of TABLES at hand rather than computed when first asked for."""
    vars(adjacency).update(tables)
    return adjacency


def _far(adjacency: Adjacency, offsets: Ints, edges: Ints) -> Ints:
    """The end of each edge that is not the one whose row it stands in."""
    near = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    head = adjacency.head[edges]
    return np.where(head == near, adjacency.tail[edges], head)


def leaner_end(head: Ints, tail: Ints, offsets: Ints) -> Ints:
    """The end of each edge that has fewer edges by these offsets; of equal ones the smaller number."""
    before, after = offsets[head + 1] - offsets[head], offsets[tail + 1] - offsets[tail]
    return np.where((before < after) | ((before == after) & (head <= tail)), head, tail)


def rows_of(keys: Ints, count: int, values: Ints | None = None) -> Rows:
    """Compressed rows of the values (by default each key's place) under the keys 0..count - 1, in the order given."""
    order = order_of(keys)
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=offsets[1:])
    return offsets, order if values is None else values[order]


def order_of(keys: Ints) -> Ints:
    """The stable order of numbers from 0 up. NumPy sorts 16 bits in linear time; so two halves, one after the other."""
    order = np.argsort(keys.astype(np.uint16), kind="stable").astype(np.int32)
    if len(keys) and int(keys.max()) >> 16:
        order = order[np.argsort((keys >> 16).astype(np.uint16)[order], kind="stable")]
    return order


def build(
    generation: int,
    *,
    entities: Iterable[str],
    chunks: Iterable[str],
    triples: Iterable[tuple[str, str, str, str, float]],
    mentions: Iterable[tuple[str, str]],
    titles: Iterable[tuple[str, str]],
) -> Adjacency:
    """The arrays of a whole graph, independent of the order in which it is told.

    `entities` ids of all entities; `chunks` ids; `triples` (id, head id, relation, tail id, confidence), one of each
    id, where a tail that is no entity is a value; `mentions` (chunk id, entity id) for every mention; `titles`
    (chunk id, entity id) for every chunk whose document is titled after an entity. Each is read once and not kept.
    Raises KeyError for an unknown chunk or entity.
    """
    nodes = _Numbering(entities)
    entity_count = len(nodes)
    relations, places = _Numbering(()), _Numbering(sorted(chunks))
    edges = _read_edges(triples, nodes, relations)
    node_ids, node_number = nodes.sorted()
    names, relation_number = relations.sorted()
    known = np.arange(len(nodes)) < entity_count
    _check_heads(node_ids, node_number, known, edges)
    title_entity = np.full(len(places), -1, dtype=np.int32)
    for chunk, entity in titles:
        title_entity[places[chunk]] = node_number[nodes[entity]]
    pairs = array("i", (number for chunk, entity in mentions for number in (places[chunk], nodes[entity])))
    said = np.frombuffer(pairs, dtype=np.int32).reshape(-1, 2)
    mention_chunk, mention_entity, mention_count = grouped(said[:, 0], node_number[said[:, 1]], len(nodes))
    triple_ids, order = edges.ids()
    return Adjacency(
        generation=generation,
        nodes=node_ids,
        is_value=~known[np.argsort(node_number)],
        chunks=Ids.of(places),
        relations=list(names),
        triple_ids=triple_ids,
        head=node_number[_ints(edges.head)[order]],
        relation=relation_number[_ints(edges.relation)[order]],
        tail=node_number[_ints(edges.tail)[order]],
        confidence=np.frombuffer(edges.confidence, dtype=np.float32)[order],
        mention_chunk=mention_chunk,
        mention_entity=mention_entity,
        mention_count=mention_count,
        title_entity=title_entity,
    )


class _Numbering(dict[str, int]):
    """Numbers of texts in the order in which they are first told."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__()
        for text in texts:
            self.of(text)

    def of(self, text: str) -> int:
        """The number of this text, the next one where it is new."""
        return self.setdefault(text, len(self))

    def sorted(self) -> tuple[Ids, Ints]:
        """The texts in order, and the place there of each number."""
        texts = list(self)
        order = np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int32)
        place = np.empty(len(texts), dtype=np.int32)
        place[order] = np.arange(len(texts), dtype=np.int32)
        return Ids.of(texts[number] for number in order.tolist()), place


@dataclass(slots=True)
class _Edges:
    """Triples as columns, in the order told: millions of tuples would fill the memory."""

    text: bytearray = field(default_factory=bytearray)
    length: array[int] = field(default_factory=lambda: array("i"))
    head: array[int] = field(default_factory=lambda: array("i"))
    relation: array[int] = field(default_factory=lambda: array("i"))
    tail: array[int] = field(default_factory=lambda: array("i"))
    confidence: array[float] = field(default_factory=lambda: array("f"))

    def ids(self) -> tuple[Ids, npt.NDArray[np.intp]]:
        """The ids in order, and which place each was told at."""
        lengths = _ints(self.length)
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        width = int(lengths[0]) if len(lengths) else 0
        if width and bool((lengths == width).all()):  # hashes, as a rule
            fixed = np.frombuffer(self.text, dtype=f"S{width}")
            order = np.argsort(fixed, kind="stable")
            return Ids(offsets, fixed[order].view(np.uint8)), order
        raw = [bytes(self.text[here:there]) for here, there in pairwise(offsets.tolist())]
        order = np.array(sorted(range(len(raw)), key=raw.__getitem__), dtype=np.intp)
        return Ids.of(raw[number].decode("utf-8", "surrogatepass") for number in order.tolist()), order


def _read_edges(
    triples: Iterable[tuple[str, str, str, str, float]], nodes: _Numbering, relations: _Numbering
) -> _Edges:
    edges = _Edges()
    for id_, head, relation, tail, confidence in triples:
        raw = encode(id_)
        edges.text += raw
        edges.length.append(len(raw))
        edges.head.append(nodes.of(head))
        edges.relation.append(relations.of(relation))
        edges.tail.append(nodes.of(tail))
        edges.confidence.append(confidence)
    return edges


def _check_heads(ids: Ids, number: Ints, known: Bools, edges: _Edges) -> None:
    """A tail that is no entity is a value; a head that is neither is an error."""
    told = known.copy()
    told[_ints(edges.tail)] = True
    if not told.all():
        raise KeyError(ids[int(number[np.argmin(told)])])


def _ints(column: array[int]) -> Ints:
    return np.frombuffer(column, dtype=np.int32)


def grouped(chunk: Ints, entity: Ints, nodes: int) -> tuple[Ints, Ints, Ints]:
    """Chunk, entity and count of each distinct pair, sorted by chunk, then entity."""
    keys, counts = np.unique(chunk.astype(np.int64) * max(nodes, 1) + entity, return_counts=True)
    chunks, entities = np.divmod(keys, max(nodes, 1))
    return chunks.astype(np.int32), entities.astype(np.int32), counts.astype(np.int32)


@dataclass(frozen=True)
class Subgraph:
    """A dense part of an Adjacency: `nodes` are its node numbers there (int32 [n], ascending); edges are numbered
    within the subgraph (`head`, `tail` index into `nodes`), `edges` are their numbers in the Adjacency."""

    adjacency: Adjacency
    nodes: Ints
    edges: Ints
    head: Ints
    tail: Ints

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the nodes."""
        return self.adjacency.nodes.take(self.nodes)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each id among `nodes`."""
        return {id_: place for place, id_ in enumerate(self.ids)}

    @property
    def relation(self) -> Ints:
        """Relation number (in the Adjacency) of each edge."""
        return self.adjacency.relation[self.edges]

    @property
    def confidence(self) -> Floats:
        """Confidence of each edge."""
        return self.adjacency.confidence[self.edges]


def cut(adjacency: Adjacency, nodes: npt.NDArray[np.integer], *, visible: Bools | None = None) -> Subgraph:
    """The subgraph induced by these node numbers: all edges with both ends among them, those alone that are `visible`
    (bool [E]) where that is given. Its cost grows with the nodes and the roots of their numbers of edges."""
    kept = np.unique(np.asarray(nodes, dtype=np.int32))
    # One more than the place of each node that is kept; pages of the array that hold none are never touched.
    place = np.zeros(len(adjacency.nodes), dtype=np.int32)
    place[kept] = np.arange(1, len(kept) + 1, dtype=np.int32)
    offsets, edges = adjacency.lean
    _, values = spans(offsets[kept], offsets[kept + 1] - offsets[kept])
    inside = np.sort(edges[values[place[adjacency.lean_far[values]] > 0]])
    if visible is not None:
        inside = inside[visible[inside]]
    return Subgraph(adjacency, kept, inside, place[adjacency.head[inside]] - 1, place[adjacency.tail[inside]] - 1)


def spans(first: npt.NDArray[Any], count: npt.NDArray[Any]) -> tuple[Places, Places]:
    """`first[i], first[i] + 1, ...`, `count[i]` of them for each i, one after the other; before them the i of each."""
    owner = np.repeat(np.arange(len(first)), count)
    return owner, np.arange(len(owner)) + np.repeat(first - (np.cumsum(count) - count), count)
