"""What the network must be better than: paths by the likeness of their relations to the question, and PageRank along
edges whose relation is like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clew.gnn.encode import Lexicon, mask, plain
from clew.graph.adjacency.adjacency import Floats, Subgraph

Step = tuple[str, bool]
SEQUENCES = 3_000  # relation sequences tried for one question
DAMPING = 0.8
ITERATIONS = 10


@dataclass(frozen=True)
class Likest:
    """The relation sequence most like the question, its likeness (cosine) and the nodes it leads to."""

    path: tuple[Step, ...]
    likeness: float
    ends: frozenset[int]


def likest_path(
    question: str,
    span: tuple[int, int],
    seed: int,
    subgraph: Subgraph,
    lexicon: Lexicon,
    *,
    hops: int,
    whole: bool = False,
    returning: bool = False,
) -> Likest:
    """Of all relation sequences of at most `hops` that lead anywhere from the seed, the one that is likest the question
    without its seed's name to the sentence encoder: by the mean over its relations or, where `whole`, as one text."""
    text, _ = mask(question, [span])
    found = sequences(subgraph, seed, hops, returning=returning)
    if not found:
        return Likest((), 0.0, frozenset())
    texts = sorted({said for path in found for said in ([_words(path)] if whole else map(plain, _names(path)))})
    vectors = lexicon.embedder.encode([text, *texts])
    likeness = {said: float(cosine) for said, cosine in zip(texts, vectors[1:] @ vectors[0], strict=True)}

    def of(path: tuple[Step, ...]) -> float:
        if whole:
            return likeness[_words(path)]
        return sum(likeness[plain(name)] for name in _names(path)) / len(path)

    best = max(sorted(found), key=of)
    return Likest(best, of(best), frozenset(found[best]))


def _names(path: tuple[Step, ...]) -> list[str]:
    return [relation for relation, _ in path]


def _words(path: tuple[Step, ...]) -> str:
    return " ".join(plain(relation) for relation, _ in path)


def sequences(
    subgraph: Subgraph, seed: int, hops: int, *, returning: bool = False
) -> Mapping[tuple[Step, ...], set[int]]:
    """Every relation sequence that leads from the seed to other nodes, with these; it never comes back to the
    seed unless `returning`."""
    names = [subgraph.adjacency.relations[number] for number in subgraph.relation]
    onward: dict[int, dict[Step, set[int]]] = {}
    for name, head, tail in zip(names, subgraph.head.tolist(), subgraph.tail.tolist(), strict=True):
        onward.setdefault(head, {}).setdefault((name, True), set()).add(tail)
        onward.setdefault(tail, {}).setdefault((name, False), set()).add(head)
    found: dict[tuple[Step, ...], set[int]] = {}
    level: dict[tuple[Step, ...], set[int]] = {(): {seed}}
    for _ in range(hops):
        longer: dict[tuple[Step, ...], set[int]] = {}
        for path, nodes in level.items():
            for node in nodes:
                for step, ends in onward.get(node, {}).items():
                    longer.setdefault((*path, step), set()).update(ends if returning else ends - {seed})
        level = {path: nodes for path, nodes in sorted(longer.items())[:SEQUENCES] if nodes}
        found |= level
    return found


def relation_pagerank(question: str, span: tuple[int, int], seed: int, subgraph: Subgraph, lexicon: Lexicon) -> Floats:
    """PageRank from the seed, each edge weighted by the cosine of its relation and the likest word of the question:
    float32 [n], the seed itself 0."""
    read = lexicon.read(question, [span])
    at_hand, place = np.unique(subgraph.relation, return_inverse=True)
    names = [subgraph.adjacency.relations[number] for number in at_hand]
    vectors = lexicon.vectors(lexicon.numbers(names)) if names else np.zeros((0, read.tokens.shape[1]))
    words = read.tokens[read.role < 0]
    likeness = (vectors @ words.T).max(axis=1, initial=0.0)
    weight = np.exp(8.0 * likeness)[place] * subgraph.confidence
    source = np.concatenate([subgraph.head, subgraph.tail])
    target = np.concatenate([subgraph.tail, subgraph.head])
    both = np.concatenate([weight, weight])
    out = np.bincount(source, weights=both, minlength=len(subgraph.nodes))
    share = both / np.maximum(out[source], 1e-12)
    restart = np.zeros(len(subgraph.nodes))
    restart[seed] = 1.0
    ranks = restart
    for _ in range(ITERATIONS):
        moved = np.bincount(target, weights=share * ranks[source], minlength=len(ranks))
        ranks = (1 - DAMPING) * restart + DAMPING * moved
    ranks = ranks.astype(np.float32)
    ranks[seed] = 0.0
    return np.asarray(ranks)
