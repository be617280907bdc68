"""Scored reasoning paths from the seeds through the subgraph, by beam search.

One meaning of "path": it uses a relationship at most once and never comes back to its seed. A value ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clew.graph.adjacency.adjacency import Subgraph, rows_of
from clew.graph.model import ReasoningPath, Triple, Value
from clew.graph.store import GraphStore
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.question.words import KNOWN_TYPES, steps_of
from clew.retrieval.reasoning.network_scores import chance, trails
from clew.retrieval.reasoning.rank import Scores

BEAM = 48  # paths kept at each length and start
FAN = 24  # edges tried from one node
POOL = 40  # paths of one start whose ends are looked up
WEAK_SEED = 0.2  # a start below this weight is used only where there is none above

# A path's score is the sum of these parts; all but the length lie in 0..weight.
W_RELATIONS = 0.35  # how much of what the question asks for the relations say
W_ASKED = 0.2  # how much of what the relations say the question asks for: mean over the triples
W_NODE = 0.15  # the reasoner's score of its end
W_CONFIDENCE = 0.2  # geometric mean of the triples' confidence
W_TYPE = 0.1  # the end is what the question asks for; the same is taken off where it is something else
W_LENGTH = 0.04  # taken off for each triple more than the question asks for
W_SHORT = 0.08  # ... and for each one fewer
W_END = 0.3  # the network's probability of its end, where there is a network
W_CHANCE = 0.3  # ... and the chance that it gives the path


@dataclass(frozen=True, slots=True)
class Way:
    """A path as numbers: `edges` of the subgraph from node `start` to node `end`, `forward` as in ReasoningPath.
    `span` is the place of the question's name it starts from, -1 where the seed is not named."""

    span: int
    start: int
    end: int
    edges: tuple[int, ...]
    forward: tuple[bool, ...]
    cover: tuple[float, ...]
    confidence: float  # product
    asked: float = 0.0  # sum over the triples of their best similarity to a cue
    last: float = 0.0  # that of the last triple
    chance: float = 0.0  # the network's probability of the end, as far as this path is what is asked
    score: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """What a node of a path is called and is: `type` of an entity, or the datatype of a value in capitals."""

    id: str
    name: str
    type: str
    value: Value | None = None


@dataclass(frozen=True)
class Found:
    """Ways, best first, with the triples and nodes they pass through by id."""

    ways: tuple[Way, ...]
    triples: dict[str, Triple]
    nodes: dict[str, Node]
    subgraph: Subgraph

    def end(self, way: Way) -> Node:
        """The node where a way ends."""
        return self.nodes[self.subgraph.adjacency.nodes[self.subgraph.nodes[way.end]]]

    def start(self, way: Way) -> Node:
        """The node where a way starts."""
        return self.nodes[self.subgraph.adjacency.nodes[self.subgraph.nodes[way.start]]]

    def path(self, way: Way) -> ReasoningPath:
        """The way as a stored noun."""
        ids = _triple_ids(self.subgraph, way)
        return ReasoningPath(tuple(self.triples[id_] for id_ in ids), way.forward, way.score, dict(way.parts))


def find_ways(
    question: Question, seeds: Seeds, subgraph: Subgraph, scores: Scores, store: GraphStore, *, hops: int = 3
) -> Found:
    """The best paths of at most `hops` triples from each seed, scored, best first, ties by triple ids."""
    search = _Search(question, subgraph, scores)
    starts = _starts(seeds, subgraph)
    ways: list[Way] = []
    for span in sorted({span for _, span in starts}):
        nodes = [node for node, other in starts if other == span]
        ways += sorted(search.beam(nodes, span, hops), key=lambda way: (-way.score, way.edges))[:POOL]
    ways = list({(way.start, way.edges): way for way in [*ways, *search.trails(starts, hops)]}.values())
    triples = {t.id: t for t in store.triples(sorted({i for way in ways for i in _triple_ids(subgraph, way)}))}
    ways = [way for way in ways if all(_stands(triples.get(id_)) for id_ in _triple_ids(subgraph, way))]
    nodes_by_id = name_nodes(store, triples.values())
    found = Found((), triples, nodes_by_id, subgraph)
    typed = [_typed(way, found.end(way), question.types) for way in ways]
    return replace(found, ways=tuple(sorted(typed, key=lambda way: (-way.score, way.edges))))


def _stands(triple: Triple | None) -> bool:
    """Whether at least one source says the triple without denying it."""
    return triple is not None and any("negated" not in source.flags for source in triple.sources)


def _triple_ids(subgraph: Subgraph, way: Way) -> list[str]:
    return [subgraph.adjacency.triple_ids[subgraph.edges[edge]] for edge in way.edges]


def name_nodes(store: GraphStore, triples: Iterable[Triple]) -> dict[str, Node]:
    """Every end of these triples, by id."""
    nodes: dict[str, Node] = {}
    entities: set[str] = set()
    for triple in triples:
        entities.add(triple.head)
        if isinstance(triple.tail, Value):
            nodes[triple.tail_id] = Node(triple.tail_id, triple.tail.text, triple.tail.datatype.upper(), triple.tail)
        else:
            entities.add(triple.tail)
    for entity in store.entities(sorted(entities)):
        nodes[entity.id] = Node(entity.id, entity.name, entity.type)
    for missing in entities - nodes.keys():
        nodes[missing] = Node(missing, missing, "OTHER")
    return nodes


def _starts(seeds: Seeds, subgraph: Subgraph) -> list[tuple[int, int]]:
    """(node, span) of each seed that paths start from: the named ones, or all where none is named."""
    place = subgraph.places
    named = [
        (place[id_], number)
        for number, span in enumerate(seeds.spans)
        for id_, weight in span.entities
        if id_ in place and weight >= min(WEAK_SEED, span.weight / 2)
    ]
    return named or [(place[id_], -1) for id_ in sorted(seeds.entities) if id_ in place]


class _Search:
    """The subgraph as plain lists: beam search handles a few edges at a time, where arrays are slow."""

    def __init__(self, question: Question, subgraph: Subgraph, scores: Scores) -> None:
        similarity = question.relation_scores(subgraph.adjacency)[subgraph.relation]
        self.network, self.subgraph = scores.network, subgraph
        self.cues = len(question.cues)
        self.steps = steps_of(question.cues)
        self.similarity: list[list[float]] = similarity.tolist()
        self.head: list[int] = subgraph.head.tolist()
        self.tail: list[int] = subgraph.tail.tolist()
        self.confidence: list[float] = subgraph.confidence.tolist()
        self.literal: list[bool] = subgraph.adjacency.is_value[subgraph.nodes].tolist()
        self.node: list[float] = np.sqrt(np.maximum(scores.nodes, 0)).tolist()
        order = np.argsort(-scores.edges, kind="stable") if len(scores.edges) else np.empty(0, dtype=np.int64)
        ends = np.stack([subgraph.head[order], subgraph.tail[order]], axis=1)
        kept = np.stack([np.ones(len(ends), dtype=bool), ends[:, 0] != ends[:, 1]], axis=1)  # a loop touches once
        self._offsets, self._edges = rows_of(ends[kept], len(subgraph.nodes), np.repeat(order, 2)[kept.ravel()])
        self._incident: dict[int, list[int]] = {}

    def incident(self, node: int) -> list[int]:
        """The best-scored edges that touch the node, best first."""
        if node not in self._incident:
            start, end = self._offsets[node : node + 2].tolist()
            self._incident[node] = self._edges[start : min(end, start + FAN)].tolist()
        return self._incident[node]

    def beam(self, starts: Sequence[int], span: int, hops: int) -> list[Way]:
        """Every path kept on the way, of 1 to `hops` edges."""
        blank = (0.0,) * self.cues
        frontier = [Way(span, start, start, (), (), blank, 1.0) for start in sorted(set(starts))]
        kept: list[Way] = []
        for _ in range(hops):
            longer = {way.edges: way for old in frontier for way in self._longer(old)}
            frontier = sorted(longer.values(), key=lambda way: (-way.score, way.edges))[:BEAM]
            kept += frontier
        return kept

    def trails(self, starts: Sequence[tuple[int, int]], hops: int) -> Iterable[Way]:
        """The paths that the network takes to be likeliest."""
        if self.network is None:
            return
        nodes = {span: [node for node, other in starts if other == span] for _, span in starts}
        for span, start, trail in trails(self.network, self.subgraph, nodes, hops=hops):
            way = Way(span, start, start, (), (), (0.0,) * self.cues, 1.0)
            for edge in trail.edges:
                way = self._step(way, edge)
            yield self._scored(way)

    def _longer(self, way: Way) -> Iterable[Way]:
        if way.edges and self.literal[way.end]:  # two things that share a year or a word are not related by it
            return
        for edge in self.incident(way.end):
            if edge in way.edges:
                continue
            longer = self._step(way, edge)
            if longer.end != way.start:
                yield self._scored(longer)

    def _step(self, way: Way, edge: int) -> Way:
        forward = self.head[edge] == way.end
        end = self.tail[edge] if forward else self.head[edge]
        cover = tuple(map(max, way.cover, self.similarity[edge]))
        confidence = way.confidence * self.confidence[edge]
        last = max(self.similarity[edge], default=0.5)
        edges, ahead = (*way.edges, edge), (*way.forward, forward)
        return Way(way.span, way.start, end, edges, ahead, cover, confidence, way.asked + last, last)

    def _scored(self, way: Way) -> Way:
        length = len(way.edges)
        parts: tuple[tuple[str, float], ...] = (
            ("relations", W_RELATIONS * (sum(way.cover) / self.cues if self.cues else 0.5)),
            ("node", W_NODE * min(self.node[way.end], 1.0)),
            ("confidence", W_CONFIDENCE * max(way.confidence, 0.0) ** (1 / length)),
            ("asked", W_ASKED * min(way.asked / length, 1.0)),
            ("length", -W_LENGTH * max(length - self.steps, 0) - W_SHORT * max(self.steps - length, 0)),
        )
        likely = 0.0
        if self.network is not None:
            end = float(self.network.nodes[way.end])
            likely = chance(self.network, way.span, way.edges, way.forward)
            parts += (("end", W_END * end), ("chance", W_CHANCE * likely**0.5))
            likely = min(end, likely)
        return replace(way, score=sum(part for _, part in parts), parts=parts, chance=likely)


def untyped(kind: str) -> bool:
    """Whether a thing of this type may be anything: `OTHER`, `TEXT`, or a type that Clew does not know."""
    return kind not in KNOWN_TYPES


def _typed(way: Way, end: Node, types: frozenset[str]) -> Way:
    if not types:
        return way
    part = W_TYPE if end.type in types else 0.0 if untyped(end.type) else -W_TYPE
    return replace(way, score=way.score + part, parts=(*way.parts, ("type", part)))


def best_paths(found: Found, first: Sequence[Way], *, k: int) -> list[tuple[ReasoningPath, Way]]:
    """Up to `k` paths: those in `first`, then the best others, at most two with the same end and none that is only
    the beginning of one already chosen."""
    chosen: list[Way] = []
    ends: dict[int, int] = {}
    for way in (*first, *found.ways):
        if way in chosen or (way not in first and ends.get(way.end, 0) >= 2):
            continue
        if any(other.edges[: len(way.edges)] == way.edges for other in chosen):
            continue
        chosen.append(way)
        ends[way.end] = ends.get(way.end, 0) + 1
        if len(chosen) >= k:
            break
    return [(found.path(way), way) for way in chosen]
