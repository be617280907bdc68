"""Training and evaluating the graph neural network on a knowledge base: what `kg.train` and `kg.evaluate` do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew import __version__
from clew.gnn.checkpoint import SHIPPED, load
from clew.gnn.corpus import Corpus
from clew.gnn.encode import Lexicon
from clew.gnn.evaluate import evaluate
from clew.gnn.example import Example
from clew.gnn.question_files import read_questions, resolve
from clew.gnn.questions.kinship import kin_questions
from clew.gnn.questions.reword import Reword, reworded
from clew.gnn.questions.synthesize import synthesize
from clew.gnn.reports import Evaluation, TrainProgress, TrainReport
from clew.gnn.train import Plan, train
from clew.graph.errors import InputError
from clew.graph.model import Value, name_key

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder
    from clew.graph.store import GraphStore

HELD_OUT = 10  # one question in so many is not trained on
SYNTHETIC = 8_000


@dataclass(frozen=True)
class Names:
    """The nodes of a store by name, and their names."""

    store: GraphStore

    @cached_property
    def of(self) -> dict[str, str]:
        """The name of each node's id."""
        names = {entity.id: entity.name for entity in self.store.entities()}
        for triple in self.store.triples():
            if isinstance(triple.tail, Value):
                names[triple.tail.id] = triple.tail.text
        return names

    @cached_property
    def _by_key(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id_, name in sorted(self.of.items()):
            found.setdefault(name_key(name), []).append(id_)
        return found

    def find(self, name: str) -> Sequence[str]:
        """The nodes that go by a name: those called exactly so first, then by an alias."""
        key = name_key(name)
        return self._by_key.get(key) or self.store.find([key]).get(key, [])


def train_on(
    store: GraphStore,
    embedder: Embedder,
    folder: Path,
    questions: Sequence[str | Path] = (),
    *,
    label_free: bool = False,
    reword: Reword | None = None,
    count: int = SYNTHETIC,
    start: Path | None = None,
    scratch: bool = False,
    plan: Plan | None = None,
    budget: int = 2000,
    hops: int = 3,
    progress: Callable[[TrainProgress], None] | None = None,
) -> TrainReport:
    """A network that fits this graph is in `folder`: trained on the files of questions, on `count` questions made from
    the graph's own paths where `label_free` or no file is given, or on both. It goes on from the checkpoint in `start`
    (the one that comes with Clew where None), or from nothing where `scratch`. Questions made from the graph are put in
    other words by `reword`, where there is one.
    """
    plan = plan or Plan()
    begin = None if scratch else load(start or SHIPPED)
    if begin is not None and begin.encoder != embedder.fingerprint:
        begin = None
    names, lexicon, adjacency = Names(store), Lexicon(embedder), store.adjacency()
    asked = [item for file in questions for item in read_questions(Path(file))]
    labelled, problems = resolve(asked, names.find) if asked else ([], [])
    made = synthetic(store, names, count=count, seed=plan.seed) if label_free or not asked else []
    if not labelled and not made:
        raise InputError(
            "No question could be made from this graph: it has no path with names.",
            hint="Ingest documents first, or give a file of questions.",
        )
    made, wordings = reworded(made, reword, lambda id_: names.of.get(id_, "")) if reword and made else (made, {})
    learned, selected = _parts(labelled or made)
    corpora = [Corpus(adjacency, learned, lexicon, budget=budget, hops=hops)]
    if labelled and made:
        corpora.append(Corpus(adjacency, made, lexicon, budget=budget, hops=hops))
    held_out = Corpus(adjacency, selected, lexicon, budget=budget, hops=hops)
    about = {"clew": __version__, "questions": len(labelled), "synthetic": len(made), "seed": plan.seed}
    if made:  # a network that can read already is tuned gently
        steps, rate = (count // 3, 2e-3) if begin is None else (count // 12, 5e-4)
        gently = plan.rate if begin is None else plan.rate / 3
        plan = replace(plan, reading=steps, reading_rate=rate, path_weight=0.5, rate=gently)
    done = train(corpora, held_out, folder, plan=plan, start=begin, trained=about, card=_card(about), progress=progress)
    return TrainReport(
        str(folder),
        len(labelled),
        len(made),
        len(selected),
        done.before,
        done.after,
        done.epochs,
        tuple(problems),
        wordings,
    )


def evaluate_on(
    store: GraphStore,
    embedder: Embedder,
    questions: Sequence[str | Path],
    *,
    checkpoint: Path | None = None,
    budget: int = 2000,
    hops: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """The scores of a checkpoint (the one that comes with Clew where None) on files of questions about this graph."""
    loaded = load(checkpoint or SHIPPED)
    asked = [item for file in questions for item in read_questions(Path(file))]
    examples, problems = resolve(asked, Names(store).find)
    corpus = Corpus(store.adjacency(), examples, Lexicon(embedder), budget=budget, hops=hops)
    scores = evaluate(loaded.network, corpus, calibration=loaded.calibration, progress=progress)
    total = scores.questions + len(problems)
    share = scores.questions / max(total, 1)
    means = {name: round(getattr(scores, name) * share, 2) for name in ("hits", "f1", "exact", "mrr")}
    return replace(scores, questions=total, unknown=scores.unknown + len(problems), **means)


def synthetic(store: GraphStore, names: Names, *, count: int, seed: int = 0) -> list[Example]:
    """Questions made from the graph's own paths, deterministic by `seed`."""
    adjacency = store.adjacency()
    kinds = ("path", "conjunction")

    def name(node: int) -> str:
        return names.of.get(adjacency.nodes[node], "")

    kin = kin_questions(adjacency, name, count=count // 10, seed=seed)
    return [*synthesize(adjacency, name, count=count, seed=seed, kinds=kinds), *kin]


def _parts(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """What is trained on and what is selected by; the SHA-256 of the question decides, so that it stays the same."""
    marks = [hashlib.sha256(example.question.encode()).digest()[2] % HELD_OUT for example in examples]
    chosen = [example for example, mark in zip(examples, marks, strict=True) if mark == 0]
    rest = [example for example, mark in zip(examples, marks, strict=True) if mark]
    return (rest, chosen) if chosen and rest else (list(examples), list(examples))


def _card(about: dict[str, Any]) -> str:
    return (
        "# A path network trained by `clew train`\n\n"
        f"Clew {about['clew']}; {about['questions']:,} questions with answers, {about['synthetic']:,} questions made "
        f"from the graph's own paths; seed {about['seed']}. `log.csv` has a line for each epoch, `config.json` "
        "the sizes, the sentence encoder that it reads with and the calibration.\n"
    )


def training_device(device: str) -> str:
    """The device that a network is trained on: a GPU where the setting `auto` finds one."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"
