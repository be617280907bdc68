"""Do answers depend on the paths that are shown for them? Every edge of these is deleted in turn.

Over the correct answers of MetaQA (the network alone, seeds given) and 2Wiki (the whole of `ask` with --reasoner):
`top path necessary`: the share whose rank or probability falls, beyond noise, without the first path. `fidelity plus`:
the mean fall without all paths shown; `fidelity minus`: the mean fall with nothing but them (torch_geometric.explain;
both in 0..1). Noise is measured: the 95th percentile of what deleting as many edges changes that are in no path.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from common import arguments, figure, knowledge_base, note, percentile, questions
from kgqa import metaqa_graph
from metaqa import questions as metaqa_questions
from multihop import normal

from clew.gnn.checkpoint import SHIPPED, load
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import best_trails
from clew.gnn.example import Example
from clew.gnn.reason import GNNReasoner
from clew.graph.adjacency.adjacency import Subgraph
from clew.graph.embeddings.open import open_embedder

HOPS = (1, 2, 3)
SAMPLE = 200  # of MetaQA's questions of each length
PATHS = 8  # shown for one answer, as `ask` does


@dataclass(frozen=True)
class Case:
    """One correct answer: whether its first path is necessary, how far its probability falls without all paths and
    with nothing but them, and how far without as many edges that are in no path."""

    falls: float
    worse_rank: bool
    plus: float
    minus: float
    noise: float


def metaqa_cases(reason: GNNReasoner, corpus: Corpus) -> Iterator[Case]:
    """The correct answers among the corpus's questions."""
    for example in corpus.examples:
        case = corpus.case(example)
        found = _explained(reason, example, case.subgraph, case.starts)
        if found is not None:
            yield found


def _explained(
    reason: GNNReasoner, example: Example, subgraph: Subgraph, starts: tuple[dict[int, float], ...]
) -> Case | None:
    seeds = list(zip(example.spans, starts, strict=True))
    said = reason(example.question, seeds, subgraph)
    goal = int(said.nodes.argmax())
    if said.nodes[goal] <= 0 or subgraph.adjacency.nodes[subgraph.nodes[goal]] not in example.answers:
        return None
    trails = best_trails(subgraph, said, starts, goal, k=PATHS)
    edges = sorted({edge for trail in trails for edge in trail.edges})
    others = sorted(set(range(len(subgraph.head))) - set(edges))
    score = float(said.nodes[goal])

    def rest(dropped: list[int]) -> tuple[float, int]:
        kept = np.ones(len(subgraph.head), dtype=bool)
        kept[dropped] = False
        nodes = reason(example.question, seeds, masked(subgraph, kept)).nodes
        return float(nodes[goal]), int((nodes > nodes[goal]).sum()) + 1

    without_top, rank = rest(list(trails[0].edges))
    without_all, _ = rest(edges)
    alone, _ = rest(others)
    drawn = random.Random(0).sample(others, min(len(trails[0].edges), len(others)))
    noise, _ = rest(drawn) if drawn else (score, 1)
    return Case(score - without_top, rank > 1, score - without_all, score - alone, abs(score - noise))


def masked(subgraph: Subgraph, kept: np.ndarray) -> Subgraph:
    """The subgraph with these of its edges alone."""
    return replace(subgraph, edges=subgraph.edges[kept], head=subgraph.head[kept], tail=subgraph.tail[kept])


def wiki_cases(options: argparse.Namespace) -> Iterator[Case]:
    """The correct answers to 2Wiki's questions, with all that `ask` does."""
    with knowledge_base(options.kb, options.data) as kg:
        for asked in questions(options.data, split=options.split, limit=options.limit):
            answer = kg.ask(asked.text, reasoner=options.reasoner)
            if not answer.candidates or normal(answer.candidates[0].name) != normal(asked.answer):
                continue
            told = answer.explain()
            if told is not None:
                falls = 1.0 if told.necessary else 0.0
                yield Case(falls, told.necessary, told.fidelity_plus, told.fidelity_minus, 0.0)


def main() -> None:
    """Prints the figures."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED, help="folder of the network")
    parser.add_argument("--kb", type=Path, default=Path("build/bench/2wiki"), help="graph of 2Wiki's passages")
    parser.add_argument("--reasoner", choices=("gnn", "pagerank"), default="gnn", help="for 2Wiki's questions")
    options: argparse.Namespace = parser.parse_args()
    embedder, graph = open_embedder(), metaqa_graph(options.data)
    reason, found = GNNReasoner(load(options.checkpoint), embedder), []
    for hop in HOPS:
        asked = metaqa_questions(options.data, hop, options.split)
        sample = random.Random(0).sample(asked, min(SAMPLE, len(asked)))[: options.limit]
        cases = list(metaqa_cases(reason, Corpus(graph.adjacency, sample, Lexicon(embedder))))
        found += cases
        report(f"MetaQA {hop}-hop", cases)
    wiki = list(wiki_cases(options))
    report("2Wiki", wiki)
    everything = found + wiki
    figure("top path necessary", 100 * necessary(everything))
    figure("fidelity plus", float(np.mean([case.plus for case in everything])))
    figure("fidelity minus", float(np.mean([case.minus for case in everything])))


def necessary(cases: list[Case]) -> float:
    """The share whose rank falls, or whose probability falls by more than noise."""
    noise = percentile([case.noise for case in cases], 0.95)
    return sum(case.worse_rank or case.falls > max(noise, 1e-6) for case in cases) / max(len(cases), 1)


def report(name: str, cases: list[Case]) -> None:
    """A line on standard error."""
    if cases:
        row = {
            "correct": len(cases),
            "necessary": round(100 * necessary(cases), 1),
            "rank falls": round(100 * sum(case.worse_rank for case in cases) / len(cases), 1),
            "noise": percentile([case.noise for case in cases], 0.95),
        }
        note(f"{name}: {json.dumps(row)}")


if __name__ == "__main__":
    main()
