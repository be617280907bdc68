"""The part of the graph around a question's seeds, and the walk matrix over its entities and their chunks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Adjacency, Floats, Ints, Subgraph, cut
from clew.graph.adjacency.personalised_pagerank import push
from clew.retrieval.question.link import Question, Seeds

BESIDE = 0.1  # weight of an entity of a seed's own passages beside the seed
RELATION_FLOOR = 0.08  # how much an edge counts whose relation the question does not ask for
SEED_CHUNKS = 10  # best text hits whose entities join the subgraph


def relation_weights(question: Question, adjacency: Adjacency) -> Floats:
    """How much the question asks for each relation: float32 [relations] in RELATION_FLOOR..1."""
    scores = question.relation_scores(adjacency)
    best = scores.max(axis=1) if scores.shape[1] else np.zeros(len(scores), dtype=np.float32)
    return np.asarray(RELATION_FLOOR + (1 - RELATION_FLOOR) * best, dtype=np.float32)


def expand(question: Question, seeds: Seeds, adjacency: Adjacency, *, budget: int = 2000, hops: int = 3) -> Subgraph:
    """The subgraph of at most `budget` nodes within `hops` of the seeds, by personalised PageRank along the relations
    that are asked for (`push`). What a seed's own passages name is beside it."""
    relations = relation_weights(question, adjacency)
    start = _numbers(adjacency, [*seeds.entities, *seeds.near])
    chosen = np.unique(np.concatenate([start, _in_chunks(adjacency, seeds, start)]))[:budget]
    index = adjacency.node_index
    strength = dict.fromkeys(chosen.tolist(), BESIDE)
    strength |= {index[id_]: max(weight, BESIDE) for id_, weight in seeds.entities.items() if id_ in index}
    return cut(adjacency, push(adjacency, strength, budget=budget, hops=hops, relation_weight=relations))


def _numbers(adjacency: Adjacency, ids: list[str]) -> Ints:
    index = adjacency.node_index
    return np.array(sorted({index[id_] for id_ in ids if id_ in index}), dtype=np.int32)


def gather(rows: tuple[Ints, Ints], keys: npt.NDArray[np.integer[Any]]) -> tuple[Ints, Ints]:
    """All values of these compressed rows, with the place in `keys` that each belongs to."""
    offsets, values = rows
    counts = offsets[keys + 1] - offsets[keys]
    owner = np.repeat(np.arange(len(keys), dtype=np.int32), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, values[np.repeat(offsets[keys], counts) + within]


def _in_chunks(adjacency: Adjacency, seeds: Seeds, start: Ints) -> Ints:
    """Entities named in the chunks titled after a seed and in the best text hits."""
    titled = np.flatnonzero(np.isin(adjacency.title_entity, start)) if len(start) else np.empty(0, dtype=np.int64)
    hits = sorted(seeds.chunks.items(), key=lambda item: (-item[1], item[0]))[:SEED_CHUNKS]
    index = adjacency.chunk_index
    chunks = np.unique(np.concatenate([titled, np.array([index[c] for c, _ in hits if c in index], dtype=np.int64)]))
    _, groups = gather(adjacency.mentions_by_chunk, chunks)
    return np.unique(adjacency.mention_entity[groups])


COMMON = 200  # an entity in more chunks than this says nothing about any of them


@dataclass(frozen=True)
class Walk:
    """The ties between the entities of a subgraph and the chunks that mention them, as columns.

    Tie i says that the subgraph's node `node[i]` is named in `chunks[chunk[i]]` (numbers in the adjacency, int32 [c]),
    with `weight[i]` float32: more for a rare entity and for repetition. `title[i]` where the chunk's document is
    titled after the entity.
    """

    subgraph: Subgraph
    chunks: Ints
    node: Ints
    chunk: Ints
    weight: Floats
    title: npt.NDArray[np.bool_]

    @cached_property
    def chunk_ids(self) -> list[str]:
        """Ids of the chunks."""
        return self.subgraph.adjacency.chunks.take(self.chunks)


def walk_of(subgraph: Subgraph) -> Walk:
    """The walk over the subgraph's entities and every chunk that mentions one of them; made once for a subgraph."""
    held: dict[str, Any] = vars(subgraph)  # as a cached property would: the reasoner and the ranking both walk
    if "walk" not in held:
        held["walk"] = _walk_of(subgraph)
    walk: Walk = held["walk"]
    return walk


def _walk_of(subgraph: Subgraph) -> Walk:
    adjacency = subgraph.adjacency
    node, groups = gather(adjacency.mentions_by_entity, subgraph.nodes)
    frequency = np.maximum(np.bincount(node, minlength=len(subgraph.nodes)), 1)
    chunk = adjacency.mention_chunk[groups]
    title = adjacency.title_entity[chunk] == subgraph.nodes[node]
    kept = (frequency[node] <= COMMON) | title
    node, groups, chunk, title = node[kept], groups[kept], chunk[kept], title[kept]
    chunks, place = np.unique(chunk, return_inverse=True)
    rarity = np.log1p(len(adjacency.chunks) / frequency[node]) / np.log1p(max(len(adjacency.chunks), 1))
    weight = rarity * (1 + np.log(np.maximum(adjacency.mention_count[groups], 1)))
    return Walk(
        subgraph, chunks.astype(np.int32), node, place.astype(np.int32), np.asarray(weight, dtype=np.float32), title
    )
