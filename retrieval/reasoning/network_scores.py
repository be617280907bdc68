"""What a graph neural network says, as retrieval uses it: beside PageRank, as chances of paths, as candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from clew.graph.adjacency.adjacency import Floats, Subgraph
from clew.graph.adjacency.k_best_paths import Chances, Trail
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.reasoning.rank import Network, Reasoner, Scores, pagerank

SHARE = 0.98  # candidates are taken until they hold this share of all probability
CANDIDATES = 24  # ... and at most so many
FAINT = 0.01  # a node less likely than this is no candidate
TRAILS = 2  # best paths of each length to a candidate

Names = Sequence[tuple[tuple[int, int], Mapping[int, float]]]
"""For each name of a question its place (start, end) and the nodes of the subgraph that go by it, with weights."""

Run = Callable[[str, Names, Subgraph], Network]


def augmented(run: Run) -> Reasoner:
    """A reasoner that adds a network's scores to those of PageRank: GNN-RAG with retrieval augmentation (Mavromatis &
    Karypis 2024, arXiv 2405.20139, section 4.2), the union of what both find, ranked together."""

    def reason(question: Question, seeds: Seeds, subgraph: Subgraph) -> Scores:
        base = pagerank(question, seeds, subgraph)
        rows, names = _names(seeds, subgraph)
        if not names:
            return base
        network = replace(run(question.text, names, subgraph), spans=rows)
        # Passages stay ranked by the walk: the network says which nodes answer, not which texts are about them.
        return replace(base, network=network)

    return reason


def _names(seeds: Seeds, subgraph: Subgraph) -> tuple[tuple[int, ...], Names]:
    """The names whose entities the subgraph holds: their places among the spans, and the entities, the best with 1."""
    place = subgraph.places
    rows: list[int] = []
    names: list[tuple[tuple[int, int], Mapping[int, float]]] = []
    for number, span in enumerate(seeds.spans):
        best = max((weight for id_, weight in span.entities if id_ in place), default=0.0)
        nodes = {place[id_]: weight / best for id_, weight in span.entities if id_ in place and weight > best / 4}
        if nodes:
            rows.append(number)
            names.append(((span.start, span.end), nodes))
    return tuple(rows), names


def likely(nodes: Floats) -> list[int]:
    """The nodes that together hold SHARE of the probability, likeliest first."""
    order = np.argsort(-nodes, kind="stable")[:CANDIDATES]
    order = order[nodes[order] >= FAINT]
    held = np.cumsum(nodes[order])
    return [int(node) for node in order[: int(np.searchsorted(held, SHARE * nodes.sum())) + 1]]


def trails(
    network: Network, subgraph: Subgraph, starts: Mapping[int, Sequence[int]], *, hops: int
) -> list[tuple[int, int, Trail]]:
    """The likeliest paths from each name to each candidate: (place of the name, node it starts from, path). `starts`
    gives the nodes that go by each name."""
    found = []
    goals = likely(network.nodes)
    for row, span in enumerate(network.spans):
        chances = Chances(subgraph, network.chances[row])
        most = float(network.lengths[row].max())
        for length in range(1, min(hops, network.chances.shape[1]) + 1):
            if network.lengths[row, length - 1] < 0.05 * most:
                continue
            for goal in goals:
                for start in starts.get(span, ()):
                    best = chances.best([start], goal, length=length, k=TRAILS)
                    found += [(span, start, trail) for trail in best if trail.score > FAINT]
    return found


def chance(network: Network, span: int, edges: Sequence[int], forward: Sequence[bool]) -> float:
    """How likely the network takes a path from this name to be what is asked, 0..1."""
    if span not in network.spans or len(edges) > network.chances.shape[1]:
        return 0.0
    row = network.spans.index(span)
    chances = network.chances[row]
    total = float(network.lengths[row, len(edges) - 1] / max(float(network.lengths[row].max()), 1e-9))
    for hop, (edge, ahead) in enumerate(zip(edges, forward, strict=True)):
        total *= float(chances[hop, 0 if ahead else 1, edge])
    return total
