"""How well a network answers questions whose answers are known: Hits@1, set F1, MRR, calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from clew.gnn.checkpoint import Calibration
from clew.gnn.corpus import Corpus, batches
from clew.gnn.example import Example
from clew.gnn.reason import Reasoned, reasoned
from clew.gnn.reports import Evaluation
from clew.graph.adjacency.adjacency import Subgraph
from clew.graph.adjacency.k_best_paths import Chances, Trail

if TYPE_CHECKING:
    from clew.gnn.data import Case
    from clew.gnn.model import PathNetwork

ACCEPTED = 0.5  # probability from which a node belongs to the set of answers


@dataclass(frozen=True)
class Outcome:
    """What became of one example: `answers` with their probabilities, best first; `top` the best path to the first,
    as relations with their direction; `known` the gold answers' ids."""

    example: Example
    answers: tuple[tuple[str, float], ...]
    known: frozenset[str]
    top: tuple[tuple[str, bool], ...]

    @property
    def hit(self) -> bool:
        """Whether the first candidate is right."""
        return bool(self.answers) and self.answers[0][0] in self.known

    @property
    def accepted(self) -> frozenset[str]:
        """The set of answers: all that are likelier than not, or else the first."""
        sure = frozenset(id_ for id_, probability in self.answers if probability >= ACCEPTED)
        return sure or frozenset(id_ for id_, _ in self.answers[:1])

    @property
    def f1(self) -> float:
        """F1 of the set of answers, 0..1."""
        right = len(self.accepted & self.known)
        return 2 * right / (len(self.accepted) + len(self.known)) if right else 0.0

    @property
    def reciprocal_rank(self) -> float:
        """One over the place of the first right candidate, 0 where there is none."""
        places = (place for place, (id_, _) in enumerate(self.answers, 1) if id_ in self.known)
        return 1 / next(places, np.inf)


def evaluate(
    network: PathNetwork,
    corpus: Corpus,
    *,
    calibration: Calibration | None = None,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """The network's scores on the corpus."""
    found = list(outcomes(network, corpus, calibration=calibration, batch=batch, progress=progress))
    return score(found, corpus.unknown)


def score(found: list[Outcome], unknown: int = 0) -> Evaluation:
    """The means of these outcomes, and of as many failures as there are `unknown`."""
    total = max(len(found) + unknown, 1)
    gold = [outcome for outcome in found if outcome.example.path]

    def percent(values: Iterator[float]) -> float:
        return round(100 * sum(values) / total, 2)

    return Evaluation(
        questions=len(found) + unknown,
        unknown=unknown,
        hits=percent(float(outcome.hit) for outcome in found),
        f1=percent(outcome.f1 for outcome in found),
        exact=percent(float(outcome.accepted == outcome.known) for outcome in found),
        mrr=percent(outcome.reciprocal_rank for outcome in found),
        gold_path=round(100 * sum(o.top == o.example.path for o in gold) / max(len(gold), 1), 2),
        gold_known=len(gold),
    )


def outcomes(
    network: PathNetwork,
    corpus: Corpus,
    *,
    calibration: Calibration | None = None,
    batch: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """What becomes of every example whose seeds the graph has."""
    was_training, done = network.training, 0
    network.eval()
    try:
        for group in batches(corpus.examples, batch):
            cases, collated = corpus.batch(group, hops=network.sizes.hops)
            with torch.inference_mode():
                beliefs = network(collated.inputs)
            for place, (example, case) in enumerate(zip(group, cases, strict=True)):
                said = reasoned(beliefs, collated, place)
                yield _outcome(example, case, said, calibration or Calibration(), returning=corpus.returning)
            done += len(group)
            if progress:
                progress(done, len(corpus.examples))
    finally:
        network.train(was_training)


def _outcome(
    example: Example, case: Case, said: Reasoned, calibration: Calibration, *, returning: bool = False
) -> Outcome:
    chance = calibration(torch.from_numpy(said.nodes)).numpy()
    ids = case.subgraph.adjacency.nodes
    order = [int(node) for node in np.lexsort((case.subgraph.nodes, -chance)) if chance[node] > 0][:1000]
    answers = tuple((ids[int(case.subgraph.nodes[node])], float(chance[node])) for node in order)
    trails = best_trails(case.subgraph, said, case.starts, order[0], returning=returning) if order else []
    top = tuple(relations_of(case, trails[0])) if trails else ()
    return Outcome(example, answers, frozenset(example.answers), top)


def best_trails(
    subgraph: Subgraph,
    said: Reasoned,
    starts: Sequence[Mapping[int, float]],
    goal: int,
    *,
    k: int = 1,
    returning: bool = False,
) -> list[Trail]:
    """The `k` likeliest paths from any seed to the goal, best first."""
    found: list[Trail] = []
    for seed, start in enumerate(starts):
        chances = Chances(subgraph, said.chances[seed], returning=returning)
        for length in range(1, said.chances.shape[1] + 1):
            share = float(said.lengths[seed, length - 1])
            for trail in chances.best(list(start), goal, length=length, k=k):
                found.append(trail._replace(score=trail.score * share))
    return sorted(found, key=lambda trail: (-trail.score, trail.edges))[:k]


def relations_of(case: Case, trail: Trail) -> Iterator[tuple[str, bool]]:
    """Each step of a path as (relation, forward)."""
    names = case.subgraph.adjacency.relations
    relation = case.subgraph.relation
    for edge, forward in zip(trail.edges, trail.forward, strict=True):
        yield names[int(relation[edge])], forward


def calibrate(network: PathNetwork, corpus: Corpus, *, batch: int = 32) -> Calibration:
    """Platt's scaling fitted on the corpus: of every question its answers and its twenty likeliest other nodes."""
    logits: list[npt.NDArray[np.float64]] = []
    labels: list[npt.NDArray[np.float64]] = []
    network.eval()
    for group in batches(corpus.examples, batch):
        cases, collated = corpus.batch(group, hops=network.sizes.hops)
        with torch.inference_mode():
            nodes = network(collated.inputs).nodes
        for case, own in zip(cases, nodes.split(list(collated.sizes)), strict=True):
            chance = np.clip(own.numpy().astype(np.float64), 1e-9, 1 - 1e-9)
            label = np.zeros(len(chance))
            label[case.answers] = 1.0
            kept = (label > 0) | (np.argsort(np.argsort(-chance)) < len(case.answers) + 20)
            logits.append(np.log(chance[kept] / (1 - chance[kept])))
            labels.append(label[kept])
    return fit(np.concatenate(logits), np.concatenate(labels)) if logits else Calibration()


def fit(logits: npt.NDArray[np.float64], labels: npt.NDArray[np.float64]) -> Calibration:
    """The scale and shift of least cross entropy, by Newton's method with a little ridge towards 1 and 0."""
    inputs = np.stack([logits, np.ones_like(logits)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -40, 40)))
        slope = inputs.T @ (chance - labels) + 1e-3 * (weights - np.array([1.0, 0.0]))
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + 1e-3 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        weights = weights - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(float(max(weights[0], 1e-3)), float(weights[1]))
