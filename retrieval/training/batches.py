"""Examples as the network takes them: windows of word pieces, padded, with the places of the answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from clew.retrieval.reader.pieces import END, MOST, MOST_ASKED, START, Pieces, WordPieces
from clew.retrieval.training.examples import Example, Maker
from clew.retrieval.training.network import Scores

NEVER = -1e4
_POOL = 60  # batches that are sorted by length together


class Item(NamedTuple):
    """A window: its rows of numbers, the acceptable pairs of places (0, 0 for no answer), the places between which
    some answer lies (or None), and whether the window answers. Pairs are empty where they are unknown."""

    ids: list[int]
    kinds: list[int]
    forms: list[int]
    pairs: list[tuple[int, int]]
    within: tuple[int, int] | None
    answered: bool


class Batch(NamedTuple):
    """Items padded to [texts, pieces]; `allowed` where a span may lie; `pairs` [texts, most pairs, 2], -1 for none;
    `within` [texts, 2], -1 for none."""

    ids: Tensor
    kinds: Tensor
    forms: Tensor
    mask: Tensor
    allowed: Tensor
    pairs: Tensor
    within: Tensor
    answered: Tensor


def item(example: Example, asked: Pieces, read: Pieces, rng: random.Random) -> Item:
    """A window of the example; one that misses the answer has none."""
    question = asked.ids[:MOST_ASKED].tolist()
    room = min(MOST - 3 - len(question), rng.randint(80, 240))  # short windows are quick to train on
    first = _first(example, read, room, rng)
    part = read.part(first, first + room)
    shift = 2 + len(question)
    pairs = [pair for span in example.spans if (pair := _places(part, span, shift))]
    within = _places(part, example.within, shift) if example.within else None
    cut = len(read) > room and example.answered and not pairs and not within and bool(example.spans or example.within)
    answered = example.answered and not cut
    ids = [START, *question, END, *part.ids.tolist(), END]
    kinds = [0] * shift + [1] * (len(part) + 1)
    forms = [0] * shift + part.forms.tolist() + [0]
    return Item(ids, kinds, forms, pairs if answered else [(0, 0)], within if answered else None, answered)


def _first(example: Example, read: Pieces, room: int, rng: random.Random) -> int:
    """Where the window begins: mostly so that the answer is in it."""
    spare = len(read) - room
    if spare <= 0:
        return 0
    spans = [*example.spans, *([example.within] if example.within else [])]
    if not spans or rng.random() < 0.1:
        return rng.randint(0, spare)
    start, end = rng.choice(spans)
    first, last = int(np.searchsorted(read.ends, start, "right")), int(np.searchsorted(read.starts, end))
    return min(spare, rng.randint(max(0, min(first, last - room)), max(0, first)))


def _places(part: Pieces, span: tuple[int, int], shift: int) -> tuple[int, int] | None:
    """The places of the span's first and last piece, or None where the window does not hold all of it."""
    first = int(np.searchsorted(part.ends, span[0], "right"))
    last = int(np.searchsorted(part.starts, span[1])) - 1
    whole = first <= last and part.starts[0] <= span[0] and span[1] <= part.ends[-1] if len(part) else False
    return (first + shift, last + shift) if whole else None


def batch(items: Sequence[Item]) -> Batch:
    """The items as tensors."""
    longest = max(len(one.ids) for one in items)
    ids, kinds, forms, mask, allowed = (np.zeros((len(items), longest), dtype=np.int64) for _ in range(5))
    most = max(1, *(len(one.pairs) for one in items))
    pairs = np.full((len(items), most, 2), -1, dtype=np.int64)
    within = np.full((len(items), 2), -1, dtype=np.int64)
    for row, one in enumerate(items):
        size = len(one.ids)
        ids[row, :size], kinds[row, :size], forms[row, :size], mask[row, :size] = one.ids, one.kinds, one.forms, 1
        allowed[row, :size] = one.kinds
        allowed[row, size - 1] = 0
        allowed[row, 0] = 1
        if one.pairs:
            pairs[row, : len(one.pairs)] = one.pairs
        if one.within:
            within[row] = one.within
    answered = np.array([one.answered for one in items], dtype=np.float32)
    return Batch(*map(torch.from_numpy, (ids, kinds, forms, mask, allowed, pairs, within, answered)))


def batches(maker: Maker, pieces: WordPieces, rng: random.Random, *, size: int = 16) -> Iterator[Batch]:
    """Batches without end, each of examples of like length."""
    while True:
        examples = [maker.draw(rng) for _ in range(size * _POOL)]
        asked = pieces.cut([example.question for example in examples])
        read = pieces.cut([example.passage for example in examples])
        items = [item(*one, rng) for one in zip(examples, asked, read, strict=True)]
        items.sort(key=lambda one: len(one.ids) + rng.random() * 8)
        groups = [items[start : start + size] for start in range(0, len(items), size)]
        rng.shuffle(groups)
        yield from map(batch, groups)


def losses(scores: Scores, given: Batch) -> tuple[Tensor, Tensor]:
    """The mean loss of spans, minus the logarithm of the probability of all acceptable ones together, over the examples
    whose answer is known, and the mean loss of relevance."""
    hidden = given.allowed == 0
    start = functional.log_softmax(scores.start.masked_fill(hidden, NEVER), dim=-1)
    end = functional.log_softmax(scores.end.masked_fill(hidden, NEVER), dim=-1)
    pairs = given.pairs.clamp(min=0)
    each = start.gather(1, pairs[..., 0]) + end.gather(1, pairs[..., 1])
    exact = -each.masked_fill(given.pairs[..., 0] < 0, NEVER).logsumexp(-1)
    places = torch.arange(start.shape[1])[None]
    inside = (places >= given.within[:, :1]) & (places <= given.within[:, 1:]) & (given.within[:, :1] >= 0)
    near = -(_total(start, inside) + _total(end, inside)) / 2
    known, sentence = given.pairs[:, 0, 0] >= 0, given.within[:, 0] >= 0
    spans = torch.where(known, exact, torch.where(sentence, near, torch.zeros(())))
    count = (known | sentence).sum().clamp(min=1)
    relevance = functional.binary_cross_entropy_with_logits(scores.relevance, given.answered)
    return spans.sum() / count, relevance


def _total(scores: Tensor, inside: Tensor) -> Tensor:
    return scores.masked_fill(~inside, NEVER).logsumexp(-1)
