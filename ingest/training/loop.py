"""One readable loop: batches of like length, one loss a column, a rate that rises and falls."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from clew.ingest.parser.word_pieces import WordPieces
from clew.ingest.training.labels import UNKNOWN, Example, Ints, Labels
from clew.ingest.training.network import NEVER, Network

WEIGHTS = {"pos": 0.3, "tag": 0.4, "feats": 0.3, "lemma": 0.4, "start": 0.5, "entity": 1.0, "head": 1.0, "dep": 0.7}
HIDE = 0.08  # share of words whose pieces are hidden while training
_HIDDEN_PIECE = 103  # [MASK]


def batches(examples: Sequence[Example], pieces: WordPieces, size: int) -> list[list[Example]]:
    """The examples in groups of like length, of at most `size` pieces each with padding, in random order."""
    lengths = {id(example): sum(map(pieces.count, example.words)) for example in examples}
    ordered = sorted(examples, key=lambda example: lengths[id(example)] * (1 + random.random() / 5), reverse=True)
    groups: list[list[Example]] = []
    longest = 0
    for example in ordered:
        longest = max(longest, lengths[id(example)])
        if not groups or (len(groups[-1]) + 1) * longest > size:
            groups.append([])
            longest = lengths[id(example)]
        groups[-1].append(example)
    random.shuffle(groups)
    return groups


def inputs(
    group: Sequence[Example], pieces: WordPieces, vectors: Tensor, *, hide: float = 0.0
) -> tuple[tuple[Tensor, ...], Ints]:
    """What the network takes for the examples, and how many words each has."""
    windows = pieces.windows([(example.words, example.spaces) for example in group])
    ids = windows.ids
    if hide:
        hidden = np.random.random(windows.first.shape) < hide
        hidden &= windows.first > 0
        rows, columns = np.nonzero(hidden)
        ids = ids.copy()
        ids[rows, windows.first[rows, columns]] = _HIDDEN_PIECE
    rest = (windows.shapes, windows.mask, windows.first, windows.last)
    return (vectors[torch.from_numpy(ids)], *map(torch.from_numpy, rest)), windows.words


def gold(group: Sequence[Example], column: str, width: int) -> Tensor:
    """A column of the examples, padded with UNKNOWN to [examples, width]."""
    found = np.full((len(group), width), UNKNOWN, dtype=np.int64)
    for row, example in enumerate(group):
        found[row, : len(example.words)] = example.gold[column]
    return torch.from_numpy(found)


def loss(
    network: Network, labels: Labels, group: Sequence[Example], arguments: tuple[Tensor, ...], words: Ints
) -> dict[str, Tensor]:
    """The mean loss of each column over the words whose label is known."""
    linear, arcs, rel_word, rel_head = network(*arguments)
    width = linear.shape[1]
    weight = torch.tensor([example.weight for example in group])[:, None].expand(-1, width)
    found = {}
    for column, place in labels.slices().items():
        if column != "entity":
            found[column] = _cross(linear[..., place], gold(group, column, width), weight)
    found["entity"] = _partial(linear[..., labels.slices()["entity"]], gold(group, "allowed", width), weight)
    heads = gold(group, "head", width)
    found["head"] = _cross(_visible(arcs, words), heads, weight)
    scores = network.relations(rel_word, rel_head, heads.clamp(min=0))
    found["dep"] = _cross(scores, gold(group, "dep", width), weight)
    return found


def _visible(arcs: Tensor, words: Ints) -> Tensor:
    """Arcs to padding never are."""
    padding = torch.arange(arcs.shape[2])[None, None, :] > torch.from_numpy(words)[:, None, None]
    return arcs.float().masked_fill(padding, NEVER)


def _cross(scores: Tensor, numbers: Tensor, weight: Tensor) -> Tensor:
    known = numbers != UNKNOWN
    if not known.any():
        return scores.sum() * 0.0
    each = functional.cross_entropy(scores[known].float(), numbers[known], reduction="none")
    return (each * weight[known]).sum() / weight[known].sum()


def _partial(scores: Tensor, bits: Tensor, weight: Tensor) -> Tensor:
    """Minus the logarithm of the probability of all allowed tags together."""
    known = bits > 0
    if not known.any():
        return scores.sum() * 0.0
    each = scores[known].float()
    allowed = (bits[known][:, None] >> torch.arange(each.shape[1])) & 1
    possible = each.masked_fill(allowed == 0, NEVER).logsumexp(-1)
    return ((each.logsumexp(-1) - possible) * weight[known]).sum() / weight[known].sum()


def rate(step: int, steps: int) -> float:
    """Rises over the first twentieth, then falls to nothing along a cosine."""
    warm = max(1, steps // 20)
    return step / warm if step < warm else 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / (steps - warm))))


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train; `size` is the most pieces in a batch, padding included."""

    epochs: int = 8
    size: int = 1200
    encoder_rate: float = 3e-4
    head_rate: float = 1e-3


def fit(
    network: Network,
    labels: Labels,
    vectors: Tensor,
    pieces: WordPieces,
    *,
    draw: Callable[[int], list[Example]],
    plan: Plan,
) -> Iterator[int]:
    """Trains the network and yields at the end of each epoch; `draw` gives an epoch's examples."""
    optimizer = _optimizer(network, plan)
    steps = 1
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps))
    for epoch in range(plan.epochs):
        groups = batches(draw(epoch), pieces, plan.size)
        steps = steps if epoch else plan.epochs * len(groups)
        network.train()
        log = _Log(epoch, len(groups))
        for group in groups:
            arguments, words = inputs(group, pieces, vectors, hide=HIDE)
            with torch.autocast("cpu", torch.bfloat16):
                losses = loss(network, labels, group, arguments, words)
            total = sum((WEIGHTS[column] * value for column, value in losses.items()), torch.zeros(()))
            optimizer.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            log.add(int(words.sum()), losses)
        yield epoch


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    """AdamW, slower for what was trained before."""
    lower = [*network.places.parameters(), *network.norm.parameters(), *network.layers.parameters()]
    known = set(map(id, lower))
    upper = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{"params": lower, "lr": plan.encoder_rate}, {"params": upper, "lr": plan.head_rate}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)


class _Log:
    """A line of progress every 50 steps."""

    def __init__(self, epoch: int, steps: int) -> None:
        self._epoch, self._steps = epoch, steps
        self._began, self._words, self._step = time.perf_counter(), 0, 0
        self._mean = dict.fromkeys(WEIGHTS, 0.0)

    def add(self, words: int, losses: dict[str, Tensor]) -> None:
        """One step more."""
        self._step += 1
        self._words += words
        share = max(0.02, 1 / self._step)
        for column, value in losses.items():
            self._mean[column] += share * (float(value.detach()) - self._mean[column])
        if self._step % 50 == 0:
            shown = " ".join(f"{column} {value:.3f}" for column, value in self._mean.items())
            speed = self._words / (time.perf_counter() - self._began)
            print(f"{self._epoch} {self._step}/{self._steps} {speed:.0f} words/s {shown}", flush=True)
