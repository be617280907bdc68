"""Scores for nodes, edges and chunks: personalised PageRank, the default reasoner, and the ranking of chunks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Floats, Ints, Subgraph
from clew.graph.store import Hit
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.reasoning.subgraph import Walk, relation_weights, walk_of

Weights = npt.NDArray[np.float64]

DAMPING = 0.6  # share of each step that goes on instead of back to the seeds
ITERATIONS = 12  # 0.6 ** 12 is 0.002: what later steps would still move
TRIPLE_SHARE = 1.0  # weight of a triple's edge beside that of a mention
MENTION_SHARE = 0.15
TITLE_SHARE = 1.0  # weight of the tie between an entity and the document titled after it
CHUNK_RESTART = 0.1  # of the restart mass lies on the best text hits
NEAR_RESTART = 0.5  # ... and on entities that a seed's passage names beside a word of the question

# Ranking of chunks: a linear mixture of parts that each lie in 0..1.
W_SEED_TITLE = 2.0  # its document is titled after an entity that the question names
W_TITLE = 1.0  # score of the entity it is titled after
W_NAMESAKE = 0.8  # score of an entity that goes by the title without its bracket
W_MENTION = 0.2  # scores of the entities it mentions
W_TEXT = 0.6  # vectors and words


@dataclass(frozen=True)
class Network:
    """What a graph neural network says of n nodes and e edges: `nodes` float32 [n], the probability that each answers;
    for S names of the question `chances` float32 [S, hops, 2, e], how much each hop asks for each edge, forward and
    backward, and `lengths` float32 [S, hops], the probability of each number of hops; `spans`: which names these are.
    """

    nodes: Floats
    chances: Floats
    lengths: Floats
    spans: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scores:
    """What a reasoner says: `nodes` float32 [n] and `edges` float32 [e], higher is better, in the subgraph's order;
    `network` where a graph neural network has its say."""

    nodes: Floats
    edges: Floats
    network: Network | None = None


Reasoner = Callable[[Question, Seeds, Subgraph], Scores]


def pagerank(question: Question, seeds: Seeds, subgraph: Subgraph) -> Scores:
    """Personalised PageRank over entities and the chunks that mention them, edges weighted by how much the question
    asks for their relation: p = (1 - d) s + d P^T p (Haveliwala 2002; for retrieval HippoRAG, Gutierrez et al. 2024).

    An edge's score is the geometric mean of its ends' scores, times its weight.
    """
    count = len(subgraph.nodes)
    if not count:
        return Scores(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32))
    walk = walk_of(subgraph)
    weights = relation_weights(question, subgraph.adjacency)[subgraph.relation] * subgraph.confidence
    ranks = _ranks(*_steps(walk, weights), _restart(seeds, walk))
    nodes = (ranks / max(float(ranks[:count].max()), 1e-12))[:count].astype(np.float32)
    edges = np.sqrt(nodes[subgraph.head] * nodes[subgraph.tail]) * weights
    return Scores(nodes, np.asarray(edges, dtype=np.float32))


def _steps(walk: Walk, weights: Floats) -> tuple[Ints, Ints, Weights]:
    """From, to and probability of every step between nodes (0..n-1) and chunks (n..), both ways along each edge."""
    subgraph = walk.subgraph
    chunk = walk.chunk + np.int32(len(subgraph.nodes))
    ties = MENTION_SHARE * walk.weight + TITLE_SHARE * walk.title
    start = np.concatenate([subgraph.head, subgraph.tail, walk.node, chunk])
    end = np.concatenate([subgraph.tail, subgraph.head, chunk, walk.node])
    weight = np.concatenate([TRIPLE_SHARE * weights, TRIPLE_SHARE * weights, ties, ties]).astype(np.float64)
    out = np.bincount(start, weights=weight)
    return start, end, weight / np.maximum(out[start], 1e-12)


def _restart(seeds: Seeds, walk: Walk) -> Weights:
    count = len(walk.subgraph.nodes)
    mass = np.zeros(count + len(walk.chunks))
    place = walk.subgraph.places
    total = sum(seeds.entities.values()) or 1.0
    for id_, weight in seeds.entities.items():
        if id_ in place:
            mass[place[id_]] += weight / total
    near = max(sum(seeds.near.values()), 1.0)
    for id_, weight in seeds.near.items():
        if id_ in place:
            mass[place[id_]] += NEAR_RESTART * weight / near
    text = sum(seeds.chunks.values()) or 1.0
    share = CHUNK_RESTART if seeds.entities else 1.0
    for index, id_ in enumerate(walk.chunk_ids):
        mass[count + index] += share * seeds.chunks.get(id_, 0.0) / text
    return mass / (mass.sum() or 1.0)


def _ranks(start: Ints, end: Ints, chance: Weights, restart: Weights) -> Weights:
    ranks = restart
    for _ in range(ITERATIONS):
        arriving = np.bincount(end, weights=chance * ranks[start], minlength=len(restart))
        ranks = (1 - DAMPING) * restart + DAMPING * arriving
    return ranks


def rank_chunks(
    seeds: Seeds, subgraph: Subgraph, scores: Scores, namesakes: Mapping[str, str] | None = None, *, k: int
) -> list[Hit]:
    """The `k` best chunks by the question's names, the reasoner's scores and the text search together. `namesakes`
    gives chunks that may be titled after an entity of the subgraph under a fuller name."""
    adjacency = subgraph.adjacency
    total: dict[str, float] = {id_: W_TEXT * score for id_, score in seeds.chunks.items()}
    walk = walk_of(subgraph)
    nodes = _tempered(scores.nodes, seeds, subgraph)
    title = np.bincount(walk.chunk, weights=walk.title * nodes[walk.node], minlength=len(walk.chunks))
    named_in = np.bincount(walk.chunk, weights=walk.weight * nodes[walk.node], minlength=len(walk.chunks))
    mention = named_in / max(float(named_in.max(initial=0.0)), 1e-9)
    index = adjacency.node_index
    named = {index[id_]: weight for span in seeds.spans for id_, weight in span.entities if id_ in index}
    owners = adjacency.title_entity[walk.chunks].tolist()
    for id_, owner, score in zip(walk.chunk_ids, owners, (W_TITLE * title + W_MENTION * mention).tolist(), strict=True):
        total[id_] = total.get(id_, 0.0) + score + W_SEED_TITLE * named.get(owner, 0.0)
    place = subgraph.places
    for chunk_id, entity in (namesakes or {}).items():
        total[chunk_id] = total.get(chunk_id, 0.0) + W_NAMESAKE * float(nodes[place[entity]])
    best = sorted(total.items(), key=lambda item: (-item[1], item[0]))[: max(k, 0)]
    return [Hit(id_, score) for id_, score in best]


def _tempered(nodes: Floats, seeds: Seeds, subgraph: Subgraph) -> Floats:
    """Node scores on a scale where the best node that is no seed has 1: ranks fall off steeply, so their roots."""
    roots = np.sqrt(np.maximum(nodes, 0.0))
    others = np.ones(len(subgraph.nodes), dtype=bool)
    others[[subgraph.places[id_] for id_ in seeds.entities if id_ in subgraph.places]] = False
    best = float(roots[others].max(initial=0.0))
    return np.asarray(np.minimum(roots / best, 1.0) if best > 0 else roots, dtype=np.float32)
