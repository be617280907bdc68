"""One readable loop: a network learns from questions whose answers are known."""

from __future__ import annotations

import csv
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from clew.gnn.checkpoint import Calibration, Checkpoint, save
from clew.gnn.corpus import Corpus, batches
from clew.gnn.data import Collated
from clew.gnn.evaluate import calibrate, evaluate
from clew.gnn.example import Example
from clew.gnn.model import Inputs, PathNetwork, Sizes, answer_loss, path_loss
from clew.gnn.pretrain import pretrain
from clew.gnn.reports import Evaluation, TrainProgress
from clew.graph.errors import ModelError

STATE, LOG = "training", "log.csv"
COLUMNS = ("epoch", "seconds", "loss", "hits", "f1", "exact", "mrr", "best")


@dataclass(frozen=True)
class Plan:
    """How to train. `reading` steps come first, in which it learns to read from known relation sequences
    alone; `path_weight` is the weight of these afterwards. `patience` the number of epochs
    without a better held-out score after which training ends; `workers` prepare batches in threads of their own, which
    helps where the network runs on a GPU: the batches are the same. `mixed` precision (bfloat16), if None, on a GPU."""

    epochs: int = 12
    batch: int = 64
    rate: float = 2e-3
    decay: float = 1e-4
    path_weight: float = 0.2
    patience: int = 4
    reading: int = 0
    reading_rate: float = 2e-3
    seed: int = 0
    device: str = "cpu"
    workers: int = 0
    mixed: bool | None = None
    minutes: float = 0.0  # 0: no limit


@dataclass(frozen=True)
class Trained:
    """What came of it: the `checkpoint` of the best epoch, held-out scores `before` and `after`, by epoch `history`."""

    checkpoint: Checkpoint
    before: Evaluation
    after: Evaluation
    epochs: int
    history: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


def train(
    corpora: Sequence[Corpus],
    held_out: Corpus,
    folder: Path,
    *,
    plan: Plan | None = None,
    sizes: Sizes | None = None,
    start: Checkpoint | None = None,
    reading: Sequence[Example] | None = None,
    kind: type[PathNetwork] = PathNetwork,
    card: str = "",
    trained: Mapping[str, Any] | None = None,
    progress: Callable[[TrainProgress], None] | None = None,
) -> Trained:
    """A network that learned from the corpora is in `folder`, that of the epoch with the best held-out score.

    Goes on from `start` where given, and from where it was interrupted where the folder holds the state of the same
    plan. `reading` are the examples whose relation sequences it learns to read from first, those of the corpora where
    None; `kind` is the network's class, for comparisons. All corpora share one Lexicon. Equal seeds and inputs give
    equal weights on one kind of machine. `log.csv` has a line an epoch. Raises ModelError where there is nothing to
    learn from.
    """
    plan = plan or Plan()
    if not any(corpus.examples for corpus in corpora) or not held_out.examples:
        raise ModelError(
            "There is no question to train on whose seeds the graph has.",
            hint="Give questions that name entities of this graph, or train without: clew train --label-free.",
        )
    run = _Run(corpora, held_out, folder, plan, sizes, start, reading, kind, progress)
    before, after = run.go()
    checkpoint = Checkpoint(run.best(), held_out.lexicon.embedder.fingerprint)
    checkpoint = replace(checkpoint, calibration=calibrate(checkpoint.network, held_out), trained=dict(trained or {}))
    save(checkpoint, folder, card=card)
    return Trained(checkpoint, before, after, run.epoch, tuple(run.history))


class _Run:
    """The state of one training."""

    def __init__(  # noqa: PLR0917 - all that `train` was given, once
        self,
        corpora: Sequence[Corpus],
        held_out: Corpus,
        folder: Path,
        plan: Plan,
        sizes: Sizes | None,
        start: Checkpoint | None,
        reading: Sequence[Example] | None,
        kind: type[PathNetwork],
        progress: Callable[[TrainProgress], None] | None,
    ) -> None:
        torch.manual_seed(plan.seed)
        self.reading = reading
        self.corpora, self.held_out, self.folder, self.plan, self.progress = corpora, held_out, folder, plan, progress
        self.network = kind(start.network.sizes if start else sizes)
        if start:
            self.network.load_state_dict(start.network.state_dict())
        self.network.to(plan.device)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=plan.rate, weight_decay=plan.decay)
        self.epoch, self.steps, self.top, self.since = 0, 0, -1.0, 0
        self.history: list[dict[str, Any]] = []
        self.began = time.perf_counter()

    def go(self) -> tuple[Evaluation, Evaluation]:
        """Held-out scores before the first and after the best epoch."""
        before = self._restore()
        if before is None:
            before = evaluate(self.network, self.held_out)
            self._read()
        after = Evaluation(**self.history[self._best_epoch()]["scores"]) if self.history else before
        while self.epoch < self.plan.epochs and self.since < self.plan.patience and not self._late():
            self._rate()
            loss = self._epoch()
            self.epoch += 1
            scores = evaluate(self.network, self.held_out)
            if self._note(loss, scores):
                after = scores
            self._keep(before)
            self._say(self.steps, loss, scores)
        return before, after

    def best(self) -> PathNetwork:
        """The network of the best epoch, ready to run."""
        self.network.load_state_dict(load_file(self.folder / STATE / "best.safetensors"))
        return self.network.cpu().eval()

    def _read(self) -> None:
        """Learns to read, before any graph."""
        own = [example for corpus in self.corpora for example in corpus.examples]
        examples = own if self.reading is None else self.reading

        def say(step: int, steps: int, loss: float) -> None:
            if self.progress:
                left = (time.perf_counter() - self.began) / step * (steps - step)
                self.progress(TrainProgress(0, self.plan.epochs, step, steps, loss, left))

        if self.plan.reading:
            pretrain(
                self.network,
                examples,
                self.held_out.lexicon,
                steps=self.plan.reading,
                rate=self.plan.reading_rate,
                seed=self.plan.seed,
                progress=say,
            )
            self.began = time.perf_counter()

    def _late(self) -> bool:
        return bool(self.plan.minutes) and time.perf_counter() - self.began > 60 * self.plan.minutes

    def _rate(self) -> None:
        """Cosine from the plan's rate to a twentieth of it."""
        share = 0.525 + 0.475 * np.cos(np.pi * self.epoch / max(self.plan.epochs, 1))
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate * float(share)

    def _epoch(self) -> float:
        torch.manual_seed(self.plan.seed * 1000 + self.epoch)
        self.network.train()
        total, steps = 0.0, 0
        groups = self._groups()
        self.steps = len(groups)
        for collated in self._batches(groups):
            total += self._learn(collated)
            steps += 1
            if steps % 10 == 0:
                self._say(steps, total / steps)
            if self._late():
                break
        return total / max(steps, 1)

    def _learn(self, collated: Collated) -> float:
        inputs = _moved(collated.inputs, self.plan.device)
        kind = torch.device(self.plan.device).type
        mixed = kind == "cuda" if self.plan.mixed is None else self.plan.mixed
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=mixed):
            beliefs = self.network(inputs)
        answers, rows = collated.answers.to(self.plan.device), len(inputs.tokens)
        loss = answer_loss(beliefs.nodes.float(), answers, inputs.question, rows)
        if self.plan.path_weight:
            gold = collated.path.to(self.plan.device)
            loss = loss + self.plan.path_weight * path_loss(beliefs.reading, gold, _present(inputs))
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.detach())

    def _groups(self) -> list[tuple[int, list[Example]]]:
        """Batches of this epoch, each of one corpus, in an order that the seed and the epoch give."""
        random = np.random.default_rng((self.plan.seed, self.epoch))
        groups = [
            (number, group)
            for number, corpus in enumerate(self.corpora)
            for group in batches(corpus.examples, self.plan.batch, random.permutation(len(corpus.examples)).tolist())
        ]
        return [groups[place] for place in random.permutation(len(groups))]

    def _batches(self, groups: Sequence[tuple[int, list[Example]]]) -> Iterator[Collated]:
        if not self.plan.workers:
            yield from map(self._batch, groups)
            return
        ahead: deque[Future[Collated]] = deque()
        with ThreadPoolExecutor(self.plan.workers, thread_name_prefix="clew-batches") as pool:
            try:
                for group in groups:
                    ahead.append(pool.submit(self._batch, group))
                    if len(ahead) > 2 * self.plan.workers:
                        yield ahead.popleft().result()
                while ahead:
                    yield ahead.popleft().result()
            finally:
                for waiting in ahead:
                    waiting.cancel()

    def _batch(self, group: tuple[int, list[Example]]) -> Collated:
        number, asked = group
        return self.corpora[number].batch(asked, hops=self.network.sizes.hops)[1]

    def _say(self, step: int, loss: float, scores: Evaluation | None = None) -> None:
        if not self.progress:
            return
        steps, epochs = self.steps, self.plan.epochs
        begun = self.history[0]["epoch"] - 1 if self.history else self.epoch
        done = self.epoch - begun + (0 if scores else step / max(steps, 1))
        spent = time.perf_counter() - self.began
        left = spent / max(done, 1e-6) * (epochs - begun - done)
        if self.plan.minutes:
            left = min(left, 60 * self.plan.minutes - spent)
        self.progress(TrainProgress(self.epoch + (scores is None), epochs, step, steps, loss, max(left, 0.0), scores))

    def _note(self, loss: float, scores: Evaluation) -> bool:
        """The epoch is in the history and in the log; true where it is the best so far."""
        value = scores.hits + scores.f1
        better = value > self.top
        self.top, self.since = (value, 0) if better else (self.top, self.since + 1)
        row: dict[str, Any] = {
            "epoch": self.epoch,
            "seconds": round(time.perf_counter() - self.began, 1),
            "loss": round(loss, 4),
            **{key: value for key, value in scores.to_dict().items() if key in COLUMNS},
            "best": int(better),
        }
        self.history.append({**row, "scores": scores.to_dict()})
        return better

    def _best_epoch(self) -> int:
        return max(place for place, row in enumerate(self.history) if row["best"])

    # -- what lets an interrupted training go on ---------------------------------------------------------------------

    def _keep(self, before: Evaluation) -> None:
        place = self.folder / STATE
        place.mkdir(parents=True, exist_ok=True)
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        if self.since == 0:
            _save(weights, place / "best.safetensors")
        _save({**_prefixed("network.", weights), **_momenta(self.optimiser)}, place / "last.safetensors")
        state = {"plan": asdict(self.plan), "epoch": self.epoch, "top": self.top, "since": self.since}
        state |= {"history": self.history, "before": before.to_dict(), "data": self._data()}
        fresh = place / "state.json.new"
        fresh.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
        fresh.replace(place / "state.json")
        with (self.folder / LOG).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.history)

    def _data(self) -> list[int]:
        return [len(corpus.examples) for corpus in (*self.corpora, self.held_out)]

    def _restore(self) -> Evaluation | None:
        """Goes on after the last whole epoch of the same plan and data: its scores before training, or None."""
        place = self.folder / STATE
        try:
            state = json.loads((place / "state.json").read_text("utf-8"))
            same = {key: value for key, value in state["plan"].items() if key not in {"epochs", "minutes"}}
            now = {key: value for key, value in asdict(self.plan).items() if key not in {"epochs", "minutes"}}
            if same != now or state["data"] != self._data():
                return None
            tensors = load_file(place / "last.safetensors")
            before = Evaluation(**state["before"])
            weights = {key.removeprefix("network."): t for key, t in tensors.items() if key.startswith("network.")}
            self.network.load_state_dict(weights)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            return None
        _remember(self.optimiser, tensors)
        self.epoch, self.top, self.since = state["epoch"], state["top"], state["since"]
        self.history = state["history"]
        return before


def _moved(inputs: Inputs, device: str) -> Inputs:
    if device == "cpu":
        return inputs
    return Inputs(**{name: getattr(inputs, name).to(device, non_blocking=True) for name in Inputs.__dataclass_fields__})


def _present(inputs: Inputs) -> Tensor:
    """[B, R]: relations that occur in each question's subgraph."""
    found = torch.zeros(len(inputs.tokens), len(inputs.relations), dtype=torch.bool, device=inputs.head.device)
    found[inputs.question[inputs.head], inputs.relation] = True
    return found


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def _momenta(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimiser.state_dict()["state"]
    return {
        f"optimiser.{number}.{name}": value.detach().cpu().contiguous()
        for number, values in state.items()
        for name, value in values.items()
    }


def _remember(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimiser."):
            _, number, name = key.split(".", 2)
            state.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def _save(tensors: dict[str, Tensor], file: Path) -> None:
    fresh = file.with_suffix(".new")
    save_file(tensors, fresh)
    fresh.replace(file)


__all__ = ["Calibration", "Plan", "Trained", "train"]
