"""What each part of the network is worth: MetaQA's held-out dev questions after a short training on the others.

Every row trains on the same --count questions of each length for the same number of epochs. `relation PageRank` is
not trained: PageRank along edges weighted by the likeness of their relation to the question's words.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from common import arguments, note
from kgqa import Graph, metaqa_examples, metaqa_graph, train_and_select

from clew.gnn.baselines import relation_pagerank
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import evaluate
from clew.gnn.example import Example
from clew.gnn.model import PathNetwork, Sizes
from clew.gnn.nsm import NSMNetwork
from clew.gnn.reports import Evaluation
from clew.gnn.train import Plan, train
from clew.graph.embeddings.open import open_embedder

HOPS = (1, 2, 3)
VARIANTS: dict[str, tuple[type[PathNetwork], Sizes]] = {
    "whole": (PathNetwork, Sizes()),
    "turning back allowed": (PathNetwork, Sizes(backtracking=True)),
    "no re-reading": (PathNetwork, Sizes(reread=False)),
    "no lexical match": (PathNetwork, Sizes(lexical=False)),
    "no learned match": (PathNetwork, Sizes(learned=False)),
    "NSM": (NSMNetwork, Sizes()),
}
UNTRAINED = "relation PageRank"


def rows(
    graph: Graph, lexicon: Lexicon, data: Path, count: int, epochs: int, *, only: str
) -> Iterator[tuple[str, list[float]]]:
    """Name and Hits@1 by number of hops of each variant."""
    learned: list[Example] = []
    held: dict[int, list[Example]] = {}
    for hop in HOPS:
        some, rest = train_and_select(metaqa_examples(data, hop, "qa_dev"))
        learned += [replace(example, path=()) for example in some[:count]]
        held[hop] = rest[: count // 3]
    selecting = Corpus(graph.adjacency, [example for hop in HOPS for example in held[hop][:60]], lexicon)
    corpora = {hop: Corpus(graph.adjacency, held[hop], lexicon) for hop in HOPS}
    corpus = Corpus(graph.adjacency, learned, lexicon)
    for name, (kind, sizes) in VARIANTS.items():
        if only not in {"", name}:
            continue
        with tempfile.TemporaryDirectory() as folder:
            plan = Plan(epochs=epochs, patience=epochs)
            done = train([corpus], selecting, Path(folder), plan=plan, sizes=sizes, kind=kind)
            scores: dict[int, Evaluation] = {hop: evaluate(done.checkpoint.network, corpora[hop]) for hop in HOPS}
            yield name, [scores[hop].hits for hop in HOPS]
    if only in {"", UNTRAINED}:
        yield UNTRAINED, [pagerank_hits(corpora[hop]) for hop in HOPS]


def pagerank_hits(corpus: Corpus) -> float:
    """Hits@1 of PageRank, 0..100."""
    right = 0
    for example in corpus.examples:
        subgraph = corpus.subgraph(example)
        seed = int(np.searchsorted(subgraph.nodes, corpus.adjacency.node_index[example.seeds[0]]))
        ranks = relation_pagerank(example.question, example.spans[0], seed, subgraph, corpus.lexicon)
        right += corpus.adjacency.nodes[int(subgraph.nodes[int(ranks.argmax())])] in example.answers
    return 100 * right / max(len(corpus.examples), 1)


def main() -> None:
    """Prints a row for each variant."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=1200, help="questions of each length to train on")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--only", choices=[*VARIANTS, UNTRAINED], default="", help="this row alone")
    options = parser.parse_args()
    torch.manual_seed(0)
    lexicon, graph = Lexicon(open_embedder()), metaqa_graph(options.data)
    note("Hits@1 by number of hops")
    for name, hits in rows(graph, lexicon, options.data, options.count, options.epochs, only=options.only):
        print(f"{name:22} " + "  ".join(f"{value:6.2f}" for value in hits), flush=True)


if __name__ == "__main__":
    main()
