"""The whole graph as compact integer arrays, and the Subgraph cut from it.

Nodes are numbered: entities and values first (sorted by id), then chunks (sorted by id). Triples are edges between
the former; mentions tie chunks to entities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Adjacency:
    """Arrays of one generation of a store.

    `nodes` ids of entities and values, sorted, length N; `is_value` bool [N]; `chunks` ids, sorted, length C;
    `relations` names, sorted. Edge i says `nodes[head[i]] -relations[relation[i]]-> nodes[tail[i]]`, its triple's id
    is `triple_ids[i]`, `confidence[i]` in 0..1; all int32 or float32 [E], sorted by triple id.
    Mention group j says that chunk `mention_chunk[j]` names entity `mention_entity[j]`, `mention_count[j]` times
    (int32 [M], sorted by chunk then entity). `title_entity[c]` is the entity that chunk c's document is titled
    after, -1 where none.
    """

    generation: int
    nodes: Sequence[str]
    is_value: npt.NDArray[np.bool_]
    chunks: Sequence[str]
    relations: Sequence[str]
    triple_ids: Sequence[str]
    head: Ints
    relation: Ints
    tail: Ints
    confidence: Floats
    mention_chunk: Ints
    mention_entity: Ints
    mention_count: Ints
    title_entity: Ints

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Number of each node id."""
        return {id_: index for index, id_ in enumerate(self.nodes)}

    @cached_property
    def chunk_index(self) -> dict[str, int]:
        """Number of each chunk id."""
        return {id_: index for index, id_ in enumerate(self.chunks)}

    @cached_property
    def incident(self) -> tuple[Ints, Ints]:
        """Compressed rows: edges that touch node n are `edges[offsets[n]:offsets[n + 1]]`; returns
        (offsets int32 [N + 1], edges int32 [2 E]). A loop is listed twice."""
        return _rows(np.concatenate([self.head, self.tail]), len(self.nodes), len(self.head))

    @cached_property
    def mentions_by_entity(self) -> tuple[Ints, Ints]:
        """Compressed rows: mention groups of entity n are `groups[offsets[n]:offsets[n + 1]]`."""
        return _rows(self.mention_entity, len(self.nodes), max(len(self.mention_entity), 1))

    @cached_property
    def mentions_by_chunk(self) -> tuple[Ints, Ints]:
        """Compressed rows: mention groups of chunk c are `groups[offsets[c]:offsets[c + 1]]`."""
        return _rows(self.mention_chunk, len(self.chunks), max(len(self.mention_chunk), 1))


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

    `entities` ids of all entities; `chunks` ids; `triples` (id, head id, relation, tail id, confidence), where a tail
    that is no entity is a value; `mentions` (chunk id, entity id) for every mention; `titles` (chunk id, entity id)
    for every chunk whose document is titled after an entity. Raises KeyError for an unknown chunk or entity.
    """
    known = set(entities)
    edges = sorted(triples)
    nodes = sorted(known.union(edge[3] for edge in edges))
    node_index = {id_: index for index, id_ in enumerate(nodes)}
    chunk_ids = sorted(chunks)
    chunk_index = {id_: index for index, id_ in enumerate(chunk_ids)}
    relations = sorted({edge[2] for edge in edges})
    relation_index = {name: index for index, name in enumerate(relations)}
    title_entity = np.full(len(chunk_ids), -1, dtype=np.int32)
    for chunk, entity in titles:
        title_entity[chunk_index[chunk]] = node_index[entity]
    mention_chunk, mention_entity, mention_count = _groups(
        [(chunk_index[chunk], node_index[entity]) for chunk, entity in mentions], len(nodes)
    )
    return Adjacency(
        generation=generation,
        nodes=nodes,
        is_value=np.array([id_ not in known for id_ in nodes], dtype=bool),
        chunks=chunk_ids,
        relations=relations,
        triple_ids=[edge[0] for edge in edges],
        head=np.array([node_index[edge[1]] for edge in edges], dtype=np.int32),
        relation=np.array([relation_index[edge[2]] for edge in edges], dtype=np.int32),
        tail=np.array([node_index[edge[3]] for edge in edges], dtype=np.int32),
        confidence=np.array([edge[4] for edge in edges], dtype=np.float32),
        mention_chunk=mention_chunk,
        mention_entity=mention_entity,
        mention_count=mention_count,
        title_entity=title_entity,
    )


def _groups(pairs: list[tuple[int, int]], nodes: int) -> tuple[Ints, Ints, Ints]:
    """Chunk, entity and count of each distinct pair, sorted by chunk, then entity."""
    flat = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    keys, counts = np.unique(flat[:, 0] * max(nodes, 1) + flat[:, 1], return_counts=True)
    chunk, entity = np.divmod(keys, max(nodes, 1))
    return chunk.astype(np.int32), entity.astype(np.int32), counts.astype(np.int32)


def _rows(keys: Ints, count: int, modulus: int) -> tuple[Ints, Ints]:
    order = np.argsort(keys, kind="stable")
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=offsets[1:])
    return offsets, (order % max(modulus, 1)).astype(np.int32)


@dataclass(frozen=True)
class Subgraph:
    """A dense part of an Adjacency: `nodes` are its node numbers there (int32 [n], ascending); edges are numbered
    within the subgraph (`head`, `tail` index into `nodes`), `edges` are their numbers in the Adjacency."""

    adjacency: Adjacency
    nodes: Ints
    edges: Ints
    head: Ints
    tail: Ints

    @property
    def ids(self) -> list[str]:
        """Ids of the nodes."""
        return [self.adjacency.nodes[index] for index in self.nodes]

    @property
    def relation(self) -> Ints:
        """Relation number (in the Adjacency) of each edge."""
        return self.adjacency.relation[self.edges]

    @property
    def confidence(self) -> Floats:
        """Confidence of each edge."""
        return self.adjacency.confidence[self.edges]


def cut(adjacency: Adjacency, nodes: npt.NDArray[np.integer]) -> Subgraph:
    """The subgraph induced by these node numbers: all edges with both ends among them."""
    kept = np.unique(np.asarray(nodes, dtype=np.int32))
    offsets, incident = adjacency.incident
    pieces = [incident[offsets[node] : offsets[node + 1]] for node in kept]
    edges = np.unique(np.concatenate(pieces)) if pieces else np.empty(0, dtype=np.int32)
    edges = edges[_among(adjacency.head[edges], kept) & _among(adjacency.tail[edges], kept)]
    head = np.searchsorted(kept, adjacency.head[edges]).astype(np.int32)
    tail = np.searchsorted(kept, adjacency.tail[edges]).astype(np.int32)
    return Subgraph(adjacency, kept, edges.astype(np.int32), head, tail)


def _among(values: Ints, kept: Ints) -> npt.NDArray[np.bool_]:
    if not len(kept):
        return np.zeros(len(values), dtype=bool)
    place = np.minimum(np.searchsorted(kept, values), len(kept) - 1)
    return np.asarray(kept[place] == values)
