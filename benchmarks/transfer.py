"""PathQuestion: another graph, other relations, other wording, never trained on; measuring only.

`hits@1`: the likeliest entity is an answer. `path accuracy`: the best path's relations are the gold ones.
The set's paths may come back to their seed (a spouse's spouse), as they do nowhere else in Clew: here they may.
`baseline`:
of all relation sequences of at most N hops from the seed, the one whose relations are likest the question (mean
cosine), and where it leads; a set of ends counts by the share of right ones in it, as picking one at random would. On
standard error a stronger one stands beside it, which encodes the whole sequence as one text. `tuned`: after tuning on
questions made from this graph's own paths; no question of PathQuestion is seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from common import arguments, figure, note, split_of
from kgqa import Graph, pathquestion

from clew.gnn.baselines import likest_path
from clew.gnn.checkpoint import SHIPPED, Checkpoint, load
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import evaluate
from clew.gnn.example import Example
from clew.gnn.questions.synthesize import synthesize
from clew.gnn.reports import Evaluation
from clew.gnn.train import Plan, train
from clew.graph.embeddings.open import open_embedder

HOPS = (2, 3)
SYNTHETIC = 6_000
PLAN = Plan(epochs=3, reading=600, rate=5e-4, path_weight=0.5, patience=2)


def baseline(corpus: Corpus, hops: int, *, whole: bool) -> tuple[float, float]:
    """Hits@1 and path accuracy of the likest relation sequence, 0..100; `whole`: encoded as one text."""
    hits = paths = 0.0
    for example in corpus.examples:
        subgraph = corpus.subgraph(example)
        seed = int(np.searchsorted(subgraph.nodes, corpus.adjacency.node_index[example.seeds[0]]))
        asked = (example.question, example.spans[0])
        best = likest_path(*asked, seed, subgraph, corpus.lexicon, hops=hops, whole=whole, returning=True)
        ends = [corpus.adjacency.nodes[int(subgraph.nodes[node])] for node in best.ends]
        hits += sum(end in example.answers for end in ends) / max(len(ends), 1)
        paths += best.path == example.path
    total = max(len(corpus.asked), 1)
    return 100 * hits / total, 100 * paths / total


def tuned(graph: Graph, lexicon: Lexicon, start: Checkpoint, folder: Path) -> Checkpoint:
    """The network after learning from the graph alone."""
    if (folder / "config.json").exists():
        note(f"The network in {folder} is used again.")
        return load(folder)
    name = graph.names
    made = list(
        synthesize(
            graph.adjacency, lambda node: name[node].replace("_", " "), count=SYNTHETIC, hops=(1, 2, 3), kinds=("path",)
        )
    )
    held, learned = made[::10], [example for place, example in enumerate(made) if place % 10]
    corpora = [Corpus(graph.adjacency, learned, lexicon)]
    return train(corpora, Corpus(graph.adjacency, held, lexicon), folder, plan=PLAN, start=start).checkpoint


def scores_of(checkpoint: Checkpoint, corpus: Corpus) -> Evaluation:
    """The network's scores."""
    return evaluate(checkpoint.network, corpus, calibration=checkpoint.calibration)


def main() -> None:
    """Prints the figures."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED, help="folder of the network")
    parser.add_argument("--work", type=Path, default=Path("build/transfer"), help="where the tuned networks are kept")
    parser.add_argument("--hop", type=int, choices=HOPS, default=None, help="only questions of so many hops")
    parser.add_argument("--no-tuning", action="store_true", help="leave the tuning out")
    options: argparse.Namespace = parser.parse_args()
    lexicon, checkpoint = Lexicon(open_embedder()), load(options.checkpoint)
    for hop in (options.hop,) if options.hop else HOPS:
        graph, examples = pathquestion(options.data, hop)
        chosen = [e for e in examples if options.split in ("all", split_of(e.question))][: options.limit]
        asked: list[Example] = chosen
        corpus = Corpus(graph.adjacency, asked, lexicon, returning=True)
        scores = scores_of(checkpoint, corpus)
        strict = scores_of(checkpoint, Corpus(graph.adjacency, asked, lexicon))
        hits, paths = baseline(corpus, hop, whole=False)
        strong, strong_paths = baseline(corpus, hop, whole=True)
        note(f"{hop}-hop: {len(asked)} questions; with paths that never come back to their seed, Hits@1 {strict.hits}")
        note(f"{hop}-hop: baseline path accuracy {paths:.2f}, network F1 {scores.f1}, MRR {scores.mrr}")
        note(f"{hop}-hop: whole sequence as one text: Hits@1 {strong:.2f}, path accuracy {strong_paths:.2f}")
        figure(f"{hop}-hop hits@1", scores.hits)
        figure(f"{hop}-hop path accuracy", scores.gold_path)
        figure(f"{hop}-hop baseline hits@1", hits)
        if not options.no_tuning:
            better = scores_of(tuned(graph, lexicon, checkpoint, options.work / f"{hop}-hop"), corpus)
            note(f"{hop}-hop: tuned path accuracy {better.gold_path}")
            figure(f"{hop}-hop tuned hits@1", better.hits)


if __name__ == "__main__":
    main()
