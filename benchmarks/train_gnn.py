"""Trains the networks that are shipped in gnn/models, from the data sets that allow it.

First it learns from questions made from the paths of graphs alone: MetaQA's, the one that Clew extracts from 2Wiki's
passages, and invented ones over the lexicon's concepts. That network, which no person's question has shaped, is kept in
gnn/models/reading. Then it answers these and nine tenths of MetaQA's dev questions; the other tenth selects the epoch.
No question of 2Wiki's, and nothing of PathQuestion, is read.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import arguments, knowledge_base, note
from kgqa import Graph, metaqa_examples, metaqa_graph, train_and_select

from clew import __version__
from clew.gnn.checkpoint import SHIPPED, Checkpoint, load, save
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import evaluate
from clew.gnn.example import Example
from clew.gnn.model import PathNetwork, Sizes, parameters
from clew.gnn.questions.invented_graphs import invent
from clew.gnn.questions.kinship import kin_questions
from clew.gnn.questions.synthesize import synthesize
from clew.gnn.reports import TrainProgress
from clew.gnn.train import Plan, train
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.embeddings.open import open_embedder
from clew.training import Names

FIRST = Plan(epochs=2, reading=6_000, rate=6e-4, path_weight=0.5, patience=2)
SECOND = Plan(epochs=3, reading=1_500, reading_rate=8e-4, rate=8e-4, path_weight=0.3, patience=2)
FILMS, TEXT = 16_000, 10_000  # questions made from MetaQA's graph and from 2Wiki's
KIN = 6_000  # questions with words for two steps of kinship at once
INVENTED, OF_EACH = 64, 450  # invented graphs, and questions made from each
OVER_GRAPH = 3_000  # of each kind, how many are also answered over the graph
SELECTING = 300  # held-out questions of each kind
KINDS = ("path", "conjunction")
READING = SHIPPED.with_name("reading")


def without_paths(examples: list[Example]) -> list[Example]:
    """MetaQA's questions as question and answers alone."""
    return [replace(example, path=()) for example in examples]


def say(progress: TrainProgress) -> None:
    """A line now and then."""
    if progress.scores:
        note(f"epoch {progress.epoch}: {progress.scores}")
    elif progress.step % 100 == 0:
        note(f"step {progress.step} of {progress.steps}, loss {progress.loss:.3f}, {progress.seconds_left:.0f} s left")


def main() -> None:
    """The network is in --out."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the network")
    parser.add_argument("--kb", type=Path, default=Path("build/bench/2wiki"), help="graph of 2Wiki's passages")
    options = parser.parse_args()
    lexicon, films = Lexicon(open_embedder()), metaqa_graph(options.data)
    films_made, text_made, text, invented, kin = made_questions(options, films, lexicon)
    held = films_made[:SELECTING]
    reading = [*films_made[SELECTING:], *text_made[SELECTING:]]
    reading += [example for corpus in invented for example in corpus.examples]
    over = [
        Corpus(films.adjacency, films_made[SELECTING:][:OVER_GRAPH], lexicon),
        Corpus(text, text_made[SELECTING:][:OVER_GRAPH], lexicon),
        *(replace(corpus, asked=corpus.asked[: OVER_GRAPH // INVENTED]) for corpus in invented),
    ]
    note(f"{len(reading)} questions to read, {sum(len(corpus.examples) for corpus in over)} to answer over graphs")
    held_out = Corpus(films.adjacency, held, lexicon)
    begun = options.out.with_name("reading")
    if (begun / "config.json").exists():
        note(f"{begun} is there already and used again.")
        first = load(begun)
    else:
        first = train(over, held_out, begun, plan=FIRST, reading=reading, progress=say).checkpoint
    figures = {
        "questions made from MetaQA's graph": held_out,
        "questions made from 2Wiki's passages": Corpus(text, text_made[:SELECTING], lexicon),
    }
    finish(first, begun, figures, questions=0, made=len(reading))

    learned, selecting = [], []
    for hop in (1, 2, 3):
        some, rest = train_and_select(metaqa_examples(options.data, hop, "qa_dev"))
        learned += without_paths(some)[: options.limit]
        selecting += rest[:SELECTING]
    corpora = [Corpus(films.adjacency, learned, lexicon), *over, *(replace(c, asked=c.asked[:1000]) for c in kin)]
    held_out = Corpus(films.adjacency, [*selecting, *held], lexicon)
    relatives = [example for corpus in kin for example in corpus.examples]
    again = [*random.Random(1).sample(reading, 4 * KIN), *relatives]
    second = train(corpora, held_out, options.out, plan=SECOND, start=first, reading=again, progress=say)
    figures = {"MetaQA, held-out tenth of dev": Corpus(films.adjacency, selecting, lexicon), **figures}
    finish(second.checkpoint, options.out, figures, questions=len(learned), made=len(reading) + len(relatives))


def made_questions(
    options: argparse.Namespace, films: Graph, lexicon: Lexicon
) -> tuple[list[Example], list[Example], Adjacency, list[Corpus], list[Corpus]]:
    """Questions made from MetaQA's graph, from 2Wiki's with its adjacency, from invented ones, and those of kinship."""
    shuffle = random.Random(0).shuffle
    made = list(synthesize(films.adjacency, lambda n: films.names[n], count=FILMS, hops=(1, 2, 3, 4), kinds=KINDS))
    with knowledge_base(options.kb, options.data) as kg:
        names, adjacency = Names(kg.store).of, kg.store.adjacency()
        read = list(synthesize(adjacency, lambda n: names.get(adjacency.nodes[n], ""), count=TEXT, seed=1, kinds=KINDS))
        texts = [names.get(node, "") for node in adjacency.nodes]
    kin = [Corpus(adjacency, list(kin_questions(adjacency, texts.__getitem__, count=KIN // 2)), lexicon)]
    invented = []
    for seed in range(INVENTED):
        graph, called = invent(seed)
        some = synthesize(graph, called.__getitem__, count=OF_EACH, seed=seed, kinds=KINDS)
        invented.append(Corpus(graph, list(some), lexicon))
        few = kin_questions(graph, called.__getitem__, count=KIN // 2 // INVENTED, seed=seed)
        kin.append(Corpus(graph, list(few), lexicon))
    shuffle(made)
    shuffle(read)
    return made, read, adjacency, invented, kin


def finish(checkpoint: Checkpoint, folder: Path, corpora: dict[str, Corpus], *, questions: int, made: int) -> None:
    """The checkpoint is in the folder with its card and figures; what only an interrupted training needs is gone."""
    figures: dict[str, Any] = {}
    for name, corpus in corpora.items():
        figures[name] = evaluate(checkpoint.network, corpus, calibration=checkpoint.calibration).to_dict()
        note(f"{name}: {figures[name]}")
    trained = {"clew": __version__, "questions": questions, "made": made, "figures": figures}
    save(replace(checkpoint, trained=trained), folder, card=card(checkpoint.network, trained))


def card(network: PathNetwork, trained: dict[str, Any]) -> str:
    """The model card."""
    sizes: Sizes = network.sizes
    rows = "".join(
        f"| {name} | {row['questions']:,} | {row['hits']:.1f} | {row['f1']:.1f} | {row['mrr']:.1f} |\n"
        for name, row in trained["figures"].items()
    )
    asked = (
        f"""- MetaQA (CC BY 3.0, Zhang et al. 2018, <https://github.com/yuyuz/MetaQA>): nine tenths of the dev questions
  ({trained["questions"]:,}) with their answers, without their relation sequences; the other tenth selected the
  epoch and the calibration.
"""
        if trained["questions"]
        else "- No question that a person asked.\n"
    )
    return f"""# Path network

The graph neural network of Clew's reasoner `gnn`: {parameters(network):,} parameters, at most {sizes.hops} hops. It
reads a question and the names of relations through the frozen sentence encoder all-MiniLM-L6-v2 (384 dimensions)
and knows no entity, relation or graph, so it runs on any. Equations: `gnn/model.py`.

## Data

{asked}- {trained["made"]:,} questions that Clew made from paths: of MetaQA's graph (CC BY 3.0), of the graph that Clew
  extracts from 6,119 Wikipedia passages of 2WikiMultihopQA (data set Apache-2.0, passages CC BY-SA 3.0; none of that
  set's questions), and of small invented graphs over the lexicon in `gnn/lexicon*.py`.

## Figures (0 to 100)

| questions | number | Hits@1 | F1 | MRR |
|---|---|---|---|---|
{rows}
None of these questions was trained on, but they selected the epoch. `benchmarks/metaqa.py` and `benchmarks/transfer.py`
print the figures on questions that nothing was selected by.

## Use and limits

English. Questions that name where they start; paths of up to {sizes.hops} hops; two or more names that must agree. It
does not count, compare or negate. Probabilities are calibrated on film questions, and too sure of themselves elsewhere.

Reproduced by `make gnn` (about an hour and a half on two cores); checksums in `SHA256SUMS`. Licence of the weights:
CC BY-SA 4.0.
"""


if __name__ == "__main__":
    main()
