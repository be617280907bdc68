"""MetaQA: questions of one, two and three hops over a film graph of 133,582 triples.

`hits@1`: the likeliest entity is an answer; `f1` and `exact sets`: of the set of entities likelier than not;
`gold path first`: the best path's relations are the gold sequence. Each question's seed is given, as in all published
figures. `report` asks qa_test (or its half), `dev` the tenth of qa_dev that nothing is trained on.

With --label-free the network of gnn/models/reading, trained on made questions alone, is first tuned on questions made
from this graph's own paths; no question of MetaQA is seen. The result is kept in --work and used again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from common import arguments, figure, note
from kgqa import Graph, metaqa_examples, metaqa_graph, train_and_select

from clew.gnn.checkpoint import SHIPPED, Checkpoint, load
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import evaluate
from clew.gnn.example import Example
from clew.gnn.questions.synthesize import synthesize
from clew.gnn.reports import TrainProgress
from clew.gnn.train import Plan, train
from clew.graph.embeddings.open import open_embedder

HOPS = (1, 2, 3)
SYNTHETIC, SELECTED = 9_000, 400
PLAN = Plan(epochs=3, reading=800, reading_rate=8e-4, rate=5e-4, path_weight=0.5, patience=2)
READING = SHIPPED.with_name("reading")


def label_free(graph: Graph, lexicon: Lexicon, folder: Path) -> Checkpoint:
    """The network that no person's question has shaped, tuned on nothing but questions made from the graph."""
    if (folder / "config.json").exists():
        note(f"The network in {folder} is used again.")
        return load(folder)
    made = list(
        synthesize(
            graph.adjacency, graph.names.__getitem__, count=SYNTHETIC, seed=7, hops=HOPS, kinds=("path", "conjunction")
        )
    )
    held = Corpus(graph.adjacency, made[:SELECTED], lexicon)
    learned = [Corpus(graph.adjacency, made[SELECTED:], lexicon)]
    return train(learned, held, folder, plan=PLAN, start=load(READING), progress=say).checkpoint


def say(progress: TrainProgress) -> None:
    """A line now and then."""
    if progress.scores:
        note(f"epoch {progress.epoch}: held-out Hits@1 {progress.scores.hits}, F1 {progress.scores.f1}")
    elif progress.step % 250 == 0:
        note(f"step {progress.step} of {progress.steps}, loss {progress.loss:.3f}, {progress.seconds_left:.0f} s left")


def questions(data: Path, hop: int, split: str) -> list[Example]:
    """The questions of a split."""
    if split == "dev":
        return train_and_select(metaqa_examples(data, hop, "qa_dev"))[1]
    whole = data / "metaqa" / f"{hop}-hop" / "qa_test.txt"
    return metaqa_examples(data, hop, "qa_test" if whole.exists() else "qa_test_half")


def main() -> None:
    """Prints the figures."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--hop", type=int, choices=HOPS, default=None, help="only questions of so many hops")
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED, help="folder of the network")
    parser.add_argument("--label-free", action="store_true", help="train on the graph alone first")
    parser.add_argument("--work", type=Path, default=Path("build/label-free"), help="where that network is kept")
    options: argparse.Namespace = parser.parse_args()
    graph, lexicon = metaqa_graph(options.data), Lexicon(open_embedder())
    checkpoint = label_free(graph, lexicon, options.work) if options.label_free else load(options.checkpoint)
    for hop in (options.hop,) if options.hop else HOPS:
        asked = questions(options.data, hop, options.split)[: options.limit]
        corpus = Corpus(graph.adjacency, asked, lexicon)
        scores = evaluate(checkpoint.network, corpus, calibration=checkpoint.calibration)
        note(f"{hop}-hop: {scores.questions} questions, seeds unknown {scores.unknown}, MRR {scores.mrr}")
        figure(f"{hop}-hop hits@1", scores.hits)
        figure(f"{hop}-hop f1", scores.f1)
        figure(f"{hop}-hop exact sets", scores.exact)
        figure(f"{hop}-hop gold path first", scores.gold_path)


if __name__ == "__main__":
    main()
