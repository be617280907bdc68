"""Reading first: from questions whose relation sequences are known the network learns to read, without any graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch

from clew.gnn.data import padded
from clew.gnn.encode import Lexicon, plain
from clew.gnn.example import Example
from clew.gnn.model import Inputs, PathNetwork, path_loss

ALIKE = 0.8  # relations whose names are nearer than this (cosine) are not held against each other
UNREAD = 0.05  # of the words are left out at random, so that none is relied on alone
OTHERS = 48  # relations drawn at random that a batch must tell its own from


def pretrain(
    network: PathNetwork,
    examples: Sequence[Example],
    lexicon: Lexicon,
    *,
    steps: int,
    batch: int = 128,
    rate: float = 2e-3,
    seed: int = 0,
    progress: Callable[[int, int, float], None] | None = None,
) -> None:
    """The network's gates and lengths fit the known relation sequences of the examples. Deterministic by `seed`.

    In each of the `steps` a batch's relations, and some drawn from the others', are told apart; names that mean
    nearly the same are not.
    """
    known = [example for example in examples if 0 < len(example.path) <= network.sizes.hops]
    if not known:
        return
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    names = sorted({relation for example in known for relation, _ in example.path})
    lexicon.numbers(names)
    share = _shares(np.array([len(example.path) for example in known]))
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _share_of_rate(step, steps))
    network.train()
    mean = 0.0
    for step in range(steps):
        chosen = [known[int(place)] for place in random.choice(len(known), size=batch, p=share)]
        inputs, gold, present = _inputs(chosen, names, lexicon, network.sizes.hops, random)
        loss = path_loss(network.follow(inputs, gold), gold, present)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        mean = 0.98 * mean + 0.02 * float(loss.detach()) if step else float(loss.detach())
        if progress and (step + 1) % 25 == 0:
            progress(step + 1, steps, mean)


def _share_of_rate(step: int, steps: int) -> float:
    """A tenth of the steps to rise, the others to fall as a cosine does."""
    rise = max(steps // 10, 1)
    if step < rise:
        return (step + 1) / rise
    return 0.5 + 0.5 * float(np.cos(np.pi * (step - rise) / max(steps - rise, 1)))


def _shares(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How often each example is drawn: every length of path alike."""
    weight = 1 / np.bincount(lengths)[lengths]
    return np.asarray(weight / weight.sum())


def _inputs(
    chosen: Sequence[Example], names: Sequence[str], lexicon: Lexicon, hops: int, random: np.random.Generator
) -> tuple[Inputs, torch.Tensor, torch.Tensor]:
    reads = lexicon.read_all([(example.question, example.spans) for example in chosen])
    drawn = [names[int(place)] for place in random.integers(len(names), size=min(OTHERS, len(names)))]
    relations = sorted({relation for example in chosen for relation, _ in example.path} | set(drawn))
    row = {name: place for place, name in enumerate(relations)}
    vectors = lexicon.vectors(lexicon.numbers(relations))
    padding = padded(reads)
    gold = np.full((len(chosen), hops, 2), -1, dtype=np.int64)
    for place, (example, read) in enumerate(zip(chosen, reads, strict=True)):
        length = len(read.tokens)
        padding.kept[place, :length] = (read.role >= 0) | (random.random(length) >= UNREAD)
        for hop, (relation, forward) in enumerate(example.path):
            gold[place, hop] = (row[relation], int(not forward))
    inputs = Inputs(
        tokens=torch.from_numpy(padding.tokens),
        alone=torch.from_numpy(padding.alone),
        kept=torch.from_numpy(padding.kept),
        role=torch.from_numpy(padding.role),
        relations=torch.from_numpy(vectors),
        head=torch.zeros(0, dtype=torch.int64),
        tail=torch.zeros(0, dtype=torch.int64),
        relation=torch.zeros(0, dtype=torch.int64),
        confidence=torch.zeros(0),
        question=torch.zeros(0, dtype=torch.int64),
        start=torch.zeros(0, 1),
        ends=torch.zeros(0, dtype=torch.bool),
    )
    return inputs, torch.from_numpy(gold), torch.from_numpy(_told_apart(relations, vectors, gold))


def _told_apart(relations: Sequence[str], vectors: np.ndarray, gold: np.ndarray) -> np.ndarray:
    """bool [B, R]: the relations that a question must not take for its own. One that it does name counts too, for the
    other hops and the other direction."""
    near = vectors @ vectors.T > ALIKE
    same = np.array([[plain(a) == plain(b) for b in relations] for a in relations]) if len(relations) < 200 else near
    near |= same
    np.fill_diagonal(near, False)
    alike = np.zeros((len(gold), len(relations)), dtype=bool)
    for hop in range(gold.shape[1]):
        asked = gold[:, hop, 0] >= 0
        alike[asked] |= near[gold[asked, hop, 0]]
    return ~alike
