"""Does the answer depend on its paths? Every edge of them is deleted in turn, and the rest is scored again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clew.graph.adjacency.adjacency import Subgraph
from clew.graph.model import ReasoningPath

Label = Literal["necessary", "redundant", "decorative"]
Rescore = Callable[[Subgraph, str], tuple[int, float]]
"""A subgraph and a candidate's id to the candidate's rank (1 is best, 0 is none) and score there."""

NOISE = 0.01  # a score must fall by more than this share of itself


@dataclass(frozen=True, slots=True)
class EdgeRole:
    """What one triple is to an answer. `rank` and `score` are the candidate's without it.

    `necessary`: without it the candidate's rank or score falls. `redundant`: it stands as well without it, but not
    without all of its paths: others carry it. `decorative`: it stands even without all of them.
    """

    triple: str
    label: Label
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer's first candidate depends on the triples of the paths that lead to it.

    `fidelity_plus`: how much its score (0..1) falls without all of them; high where they matter. `fidelity_minus`: how
    much it falls with nothing but them; low where they suffice (Amara et al. 2022, arXiv 2206.09677, as in
    torch_geometric.explain). `necessary`: the rank or score falls without the first path.
    """

    candidate: str
    score: float
    edges: tuple[EdgeRole, ...]
    necessary: bool
    fidelity_plus: float
    fidelity_minus: float

    @property
    def faithful(self) -> float:
        """The share of the triples that the answer needs, alone or with others, 0..1."""
        used = [edge for edge in self.edges if edge.label != "decorative"]
        return len(used) / len(self.edges) if self.edges else 0.0


def without(subgraph: Subgraph, triples: Iterable[str]) -> Subgraph:
    """The subgraph less these triples; its nodes are the same."""
    return _kept(subgraph, ~_among(subgraph, triples))


def only(subgraph: Subgraph, triples: Iterable[str]) -> Subgraph:
    """The subgraph's nodes and of its edges these triples alone."""
    return _kept(subgraph, _among(subgraph, triples))


def _among(subgraph: Subgraph, triples: Iterable[str]) -> np.ndarray:
    wanted, ids = set(triples), subgraph.adjacency.triple_ids
    return np.array([ids[int(edge)] in wanted for edge in subgraph.edges], dtype=bool)


def _kept(subgraph: Subgraph, mask: np.ndarray) -> Subgraph:
    return replace(subgraph, edges=subgraph.edges[mask], head=subgraph.head[mask], tail=subgraph.tail[mask])


def explain(candidate: str, paths: Sequence[ReasoningPath], subgraph: Subgraph, rescore: Rescore) -> Explanation:
    """How the candidate depends on the triples of these paths, the first of which proves it."""
    rank, score = rescore(subgraph, candidate)
    triples = list(dict.fromkeys(triple.id for path in paths for triple in path.triples))

    def falls(left: Subgraph) -> tuple[bool, int, float]:
        other_rank, other = rescore(left, candidate)
        worse = other_rank == 0 or other_rank > rank or other < score - max(NOISE * score, 1e-6)
        return worse, other_rank, other

    none_worse, _, none = falls(without(subgraph, triples))
    _, _, alone = falls(only(subgraph, triples))
    roles = []
    for triple in triples:
        worse, other_rank, other = falls(without(subgraph, [triple]))
        label: Label = "necessary" if worse else "redundant" if none_worse else "decorative"
        roles.append(EdgeRole(triple, label, other_rank, other))
    first = [triple.id for triple in paths[0].triples] if paths else []
    necessary = bool(first) and falls(without(subgraph, first))[0]
    return Explanation(candidate, score, tuple(roles), necessary, score - none, score - alone)
