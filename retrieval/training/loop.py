"""One readable loop: batches until the time is over, a rate that rises and falls, checkpoints to go on from."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from clew.retrieval.training.batches import Batch, losses
from clew.retrieval.training.network import Network

RELEVANCE = 0.5  # weight of its loss
_WARM = 0.04  # share of the time in which the rate rises
_LOGGED, _SAVED = 50, 200  # steps


@dataclass(frozen=True)
class Plan:
    """How long, whichever is over first, and how fast to train."""

    seconds: float = 2400.0
    steps: int = 1_000_000
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3


@dataclass(frozen=True)
class Progress:
    """How far training is."""

    seconds: float = 0.0
    steps: int = 0
    examples: int = 0

    def share(self, plan: Plan) -> float:
        """Of the plan; 1 at its end."""
        return max(self.seconds / max(plan.seconds, 1e-9), self.steps / plan.steps)


def rate(share: float) -> float:
    """Of the highest rate, after a share of the time: it rises, then falls along a line to a fiftieth."""
    return share / _WARM if share < _WARM else max(0.02, (1 - share) / (1 - _WARM))


def fit(network: Network, given: Iterator[Batch], folder: Path, *, plan: Plan, resume: bool = False) -> Progress:
    """The network is trained as planned, and lies in `folder` as it is now."""
    optimizer = _optimizer(network, plan)
    progress = load(network, optimizer, folder) if resume else Progress()
    network.train()
    began = time.perf_counter() - progress.seconds
    log = _Log(progress)
    while (share := progress.share(plan)) < 1:
        batch = next(given)
        for group in optimizer.param_groups:
            group["lr"] = group["most"] * rate(share)
        values = step(network, optimizer, batch)
        progress = Progress(time.perf_counter() - began, progress.steps + 1, progress.examples + len(batch.ids))
        log.add(progress, values)
        if progress.steps % _SAVED == 0:
            save(network, optimizer, folder, progress)
    save(network, optimizer, folder, progress)
    return progress


class _Log:
    """A line of progress every _LOGGED steps."""

    def __init__(self, start: Progress) -> None:
        self._start, self._mean = start, [0.0, 0.0]

    def add(self, now: Progress, values: tuple[float, float]) -> None:
        """One step more, with its losses of spans and relevance."""
        share = max(0.01, 1 / (now.steps - self._start.steps))
        self._mean = [old + share * (new - old) for old, new in zip(self._mean, values, strict=True)]
        if now.steps % _LOGGED == 0:
            speed = (now.examples - self._start.examples) / (now.seconds - self._start.seconds)
            losses = f"spans {self._mean[0]:.3f}, relevance {self._mean[1]:.3f}"
            print(f"{now.seconds:.0f} s, {now.steps} steps, {speed:.1f} examples/s, {losses}", flush=True)


def step(network: Network, optimizer: torch.optim.Optimizer, batch: Batch) -> tuple[float, float]:
    """One step is made; the losses of spans and relevance before it."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(batch.ids, batch.kinds, batch.forms, batch.mask)
    spans, relevance = losses(scores, batch)
    optimizer.zero_grad()
    (spans + RELEVANCE * relevance).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(list(network.trained().values()), 1.0)
    optimizer.step()
    return float(spans.detach()), float(relevance.detach())


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    """AdamW, slower for what was trained before; what starts at random or at nothing does not decay."""
    encoder: list[Tensor] = []
    heads: list[Tensor] = []
    for name, parameter in network.trained().items():
        (encoder if name.startswith("layers.") else heads).append(parameter)
    groups = [
        {"params": encoder, "lr": 0.0, "most": plan.encoder_rate, "weight_decay": 0.01},
        {"params": heads, "lr": 0.0, "most": plan.head_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def save(network: Network, optimizer: torch.optim.Optimizer, folder: Path, progress: Progress) -> None:
    """The trained weights and all that is needed to go on lie in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    trained = network.trained()
    save_file({name: value.detach().contiguous() for name, value in trained.items()}, folder / "weights.new")
    state: dict[str, Tensor] = {}
    for name, value in trained.items():
        for key, part in optimizer.state.get(value, {}).items():
            state[f"{name}/{key}"] = part.contiguous()
    save_file(state, folder / "optimizer.new")
    (folder / "weights.new").replace(folder / "weights.safetensors")
    (folder / "optimizer.new").replace(folder / "optimizer.safetensors")
    (folder / "progress.json").write_text(json.dumps(asdict(progress)), encoding="utf-8")


def load(network: Network, optimizer: torch.optim.Optimizer | None, folder: Path) -> Progress:
    """The network, and the optimizer where it is given, are as they were saved."""
    trained = network.trained()
    with torch.no_grad():
        for name, value in load_file(folder / "weights.safetensors").items():
            trained[name].copy_(value)
    if optimizer is not None:
        for key, part in load_file(folder / "optimizer.safetensors").items():
            name, _, kind = key.rpartition("/")
            optimizer.state[trained[name]][kind] = part
    return Progress(**json.loads((folder / "progress.json").read_text(encoding="utf-8")))
