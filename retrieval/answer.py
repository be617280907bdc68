"""One question from start to finish. The only place that knows the order."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from clew.graph.adjacency.adjacency import Subgraph
from clew.graph.errors import QueryError, StoreError
from clew.graph.model import Chunk, ReasoningPath, Value
from clew.graph.store import GraphStore, Hit
from clew.retrieval.compose import Asking
from clew.retrieval.decide import Retrieval, decide
from clew.retrieval.generate.quote import Generator, quote, written
from clew.retrieval.grade import EMPTY, SURE, grade
from clew.retrieval.hybrid import hybrid
from clew.retrieval.judge.path_candidates import Candidate, judge
from clew.retrieval.judge.spans import Read, unread
from clew.retrieval.judge.triples import with_direction
from clew.retrieval.question.form import form_of
from clew.retrieval.question.link import Question, Seeds, link, long_names
from clew.retrieval.question.syntax import Parse, parse_named, unparsed
from clew.retrieval.reasoning.explain import EdgeRole, Explanation, Rescore, explain
from clew.retrieval.reasoning.near_entities import namesakes, near_entities
from clew.retrieval.reasoning.paths import best_paths, find_ways
from clew.retrieval.reasoning.rank import Reasoner, Scores, pagerank, rank_chunks
from clew.retrieval.reasoning.subgraph import expand
from clew.retrieval.tell import Telling
from clew.retrieval.verbalize import Evidence, Library, Quote

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder

LONGEST = 10_000  # characters of a question


class RankedChunk(NamedTuple):
    """A passage that was found: the chunk's id, its document's title and its score."""

    id: str
    title: str
    score: float


@dataclass(frozen=True)
class Answer:
    """An answer with what proves it. `candidates` and `chunks` best first; where `abstained`, `reason` says what was
    looked for and is missing. `timings` in milliseconds; `nodes` and `edges` is the size of the `subgraph`.

    It outlives its knowledge base, and can be pickled, less the subgraph; `explain` alone needs both."""

    question: str
    text: str
    candidates: tuple[Candidate, ...] = ()
    paths: tuple[ReasoningPath, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    abstained: bool = False
    reason: str = ""
    seeds: tuple[Candidate, ...] = ()
    chunks: tuple[RankedChunk, ...] = ()
    subgraph: Subgraph | None = field(default=None, repr=False, compare=False)
    nodes: int = 0
    edges: int = 0
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    timings: Mapping[str, float] = field(default_factory=dict)
    tokens: int = 0
    rescore: Rescore | None = field(default=None, repr=False, compare=False)

    def explain(self) -> Explanation | None:
        """How the first candidate depends on the triples of its paths, each deleted in turn: `necessary`, `redundant`
        or `decorative`, and how faithful the paths are as a whole. None for an abstention, or where no path answers.
        Raises StoreError where the knowledge base is closed, or the answer was pickled."""
        if not self.candidates:
            return None
        if self.subgraph is None or self.rescore is None:
            raise StoreError(
                "The answer is no longer tied to its knowledge base.",
                hint="Explain it before it is pickled, or ask again.",
            )
        best = self.candidates[0].id
        own = [path for path in self.paths if best in (path.nodes[-1], path.nodes[0])] or list(self.paths[:1])
        return explain(best, own, self.subgraph, self.rescore) if own else None

    def to_dict(self) -> dict[str, Any]:
        """The answer, ready for JSON; of the subgraph its size alone."""
        plain = asdict(replace(self, subgraph=None, paths=(), rescore=None))
        del plain["rescore"]
        plain["subgraph"] = {"nodes": plain.pop("nodes"), "edges": plain.pop("edges")}
        plain["chunks"] = [chunk._asdict() for chunk in self.chunks]
        plain["paths"] = [_path_dict(path, self.names) for path in self.paths]
        return plain

    def __getstate__(self) -> dict[str, Any]:
        """All but what is tied to the open knowledge base."""
        return {**self.__dict__, "subgraph": None, "rescore": None}


def answer(
    question: str,
    store: GraphStore,
    embedder: Embedder,
    *,
    reason: Reasoner = pagerank,
    generate: Generator = quote,
    parse: Parse = unparsed,
    read: Read = unread,
    k: int = 5,
    budget: int = 2000,
    hops: int = 3,
    paths: int = 8,
    sure: float = SURE,
) -> Answer:
    """The answer to one question: `k` chunks and candidates, a subgraph of `budget` nodes, `paths` of at most `hops`
    triples. `parse` gives the question's syntax and `read` the spans of passages that answer; without them only paths
    and triples do. Nothing is answered that is less probable than `sure`. Raises QueryError for an empty or far too
    long question."""
    question = _checked(question)
    clock = _Clock()
    if not len(store.adjacency().chunks):
        return Answer(question, EMPTY, abstained=True, reason=EMPTY)
    found = retrieve(question, store, embedder, k=k, reason=reason, budget=budget, hops=hops)
    clock.skip()
    ways = find_ways(found.question, found.seeds, found.subgraph, found.scores, store, hops=hops)
    ways = with_direction(ways, form_of(parse_named(parse, question, long_names(found.seeds))), found.seeds, parse)
    verdict = judge(found.question, found.seeds, ways, k=k)
    clock.lap("paths")
    asking = Asking(store, parse, read, partial(look, store=store, embedder=embedder))
    decision = decide(asking, found, verdict, k=k)
    clock.lap("read")
    chosen = best_paths(ways, decision.ways, k=max(paths, len(decision.ways)))
    sources = [source.chunk for path, _ in chosen for triple in path.triples for source in triple.sources[:4]]
    library = Library.fetch(store, [*sources, *(hit.id for hit in found.chunks), *decision.chunks])
    ranked = [library.chunks[hit.id] for hit in found.chunks if hit.id in library.chunks]
    graded = grade(found.question, found.seeds, found.text, decision, ranked, sure=sure)
    names = {id_: node.name for id_, node in ways.nodes.items()} | decision.names
    clock.lap("grade")
    told = Telling(found, decision if graded.enough else None, chosen, names, library)
    evidence, shown = told.evidence() if graded.enough or graded.nearest else ([], ())
    clock.lap("verbalize")
    text, tokens = written(generate(question, evidence)) if evidence else (graded.reason, 0)
    clock.lap("generate")
    return Answer(
        question=question,
        text=text,
        candidates=decision.candidates if graded.enough else (),
        paths=shown if graded.enough else (),
        evidence=tuple(evidence),
        abstained=not graded.enough and (generate is quote or not evidence),
        reason=graded.reason,
        seeds=_seeds(found.seeds, store),
        chunks=tuple(RankedChunk(hit.id, _title(hit.id, library), hit.score) for hit in found.chunks),
        subgraph=found.subgraph,
        nodes=len(found.subgraph.nodes),
        edges=len(found.subgraph.edges),
        names=names,
        timings={**found.timings, **clock.laps},
        tokens=tokens,
        rescore=_rescorer(found, store, reason, k=k, hops=hops),
    )


def look(text: str, *, store: GraphStore, embedder: Embedder) -> tuple[Question, Seeds, Sequence[Hit]]:
    """The question linked, and the text that words and vectors find for it: what a step of a question needs."""
    asked, seeds = link(text, store, embedder)
    return asked, seeds, hybrid(asked.text, asked.vector, store).chunks


def _rescorer(found: Retrieval, store: GraphStore, reason: Reasoner, *, k: int, hops: int) -> Rescore:
    """Scores a candidate anew where edges of the subgraph are left out."""

    def rescore(subgraph: Subgraph, candidate: str) -> tuple[int, float]:
        scores = reason(found.question, found.seeds, subgraph)
        ways = find_ways(found.question, found.seeds, subgraph, scores, store, hops=hops)
        ranked = judge(found.question, found.seeds, ways, k=k).candidates
        for rank, other in enumerate(ranked, start=1):
            if other.id == candidate:
                return rank, _chance(candidate, scores, subgraph, other.score)
        return 0, 0.0

    return rescore


def _chance(candidate: str, scores: Scores, subgraph: Subgraph, score: float) -> float:
    """The network's probability of a candidate, where there is one; else its score."""
    if scores.network is None or candidate not in subgraph.places:
        return score
    return float(scores.network.nodes[subgraph.places[candidate]])


def retrieve(
    question: str,
    store: GraphStore,
    embedder: Embedder,
    *,
    k: int = 5,
    reason: Reasoner = pagerank,
    budget: int = 2000,
    hops: int = 3,
) -> Retrieval:
    """The `k` chunks that names, graph and text together find best, with all that led to them."""
    clock = _Clock()
    asked, seeds = link(_checked(question), store, embedder)
    clock.lap("link")
    text = hybrid(asked.text, asked.vector, store)
    seeds = replace(seeds, chunks={hit.id: hit.score for hit in text.chunks})
    seeds = replace(seeds, near=near_entities(asked, seeds, store))
    clock.lap("hybrid")
    subgraph = expand(asked, seeds, store.adjacency(), budget=budget, hops=hops)
    clock.lap("subgraph")
    scores = reason(asked, seeds, subgraph)
    clock.lap("reason")
    chunks = rank_chunks(seeds, subgraph, scores, namesakes(scores.nodes, seeds, subgraph, store), k=k)
    clock.lap("rank")
    return Retrieval(asked, seeds, text, subgraph, scores, tuple(chunks), clock.laps)


def _checked(question: str) -> str:
    if not question.strip():
        raise QueryError("The question is empty.", hint='Ask something, for example: clew ask "Who directed Airheads?"')
    if len(question) > LONGEST:
        raise QueryError(
            f"The question has {len(question):,} characters; at most {LONGEST:,} can be asked.",
            hint="Ask in a sentence, and put long text into a document: clew ingest FILE.",
        )
    return question.strip()


class _Clock:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.skip()

    def skip(self) -> None:
        """What passed until now belongs to no step."""
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """What passed since the last call belongs to this step."""
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 3)
        self._last = now


def _title(chunk_id: str, library: Library) -> str:
    chunk: Chunk | None = library.chunks.get(chunk_id)
    document = library.documents.get(chunk.document) if chunk else None
    return document.title if document else ""


def _seeds(seeds: Seeds, store: GraphStore) -> tuple[Candidate, ...]:
    ranked = sorted(seeds.entities.items(), key=lambda item: (-item[1], item[0]))[:12]
    names = {entity.id: entity.name for entity in store.entities([id_ for id_, _ in ranked])}
    return tuple(Candidate(id_, names.get(id_, id_), weight) for id_, weight in ranked)


def _path_dict(path: ReasoningPath, names: Mapping[str, str]) -> dict[str, Any]:
    steps = [
        {
            "triple": triple.id,
            "head": names.get(triple.head, triple.head),
            "relation": triple.relation,
            "tail": triple.tail.text if isinstance(triple.tail, Value) else names.get(triple.tail, triple.tail),
            "forward": forward,
        }
        for triple, forward in zip(path.triples, path.forward, strict=True)
    ]
    return {"score": path.score, "parts": dict(path.parts), "steps": steps, "nodes": list(path.nodes)}


__all__ = [
    "Answer",
    "Candidate",
    "EdgeRole",
    "Evidence",
    "Explanation",
    "Quote",
    "RankedChunk",
    "Retrieval",
    "answer",
    "retrieve",
]
