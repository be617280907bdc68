"""Fits the network of `clew/ingest/ontology_head.py` on the dev half of Text2KGBench's TekGen part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from common import note
from ontology_data import Row, ontologies, rows, same
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Document
from clew.ingest.chunk import chunk
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.ontology.head import SCALE, Described, describe, features
from clew.ingest.ontology.spans import candidates

WIDTH, HIDDEN = 96, 96
EPOCHS, RATE, DECAY, BATCH, SEED = 22, 7e-4, 0.05, 24, 0
DROP, DROP_RELATION, HIDE_ENDS = 0.4, 0.1, 0.3
_LOW = -30.0
MOST_WORDS = 16  # candidates of plain words in an example, besides the right ones


@dataclass(frozen=True)
class Example:
    """A sentence's features, with the right relation and the candidates that are its subject and object."""

    row: Row
    states: np.ndarray
    plain: np.ndarray
    pairs: np.ndarray
    relation: int
    subjects: list[int]
    objects: list[int]


@dataclass(frozen=True)
class Examples:
    """All examples, the relations of each ontology, and the projection of the encoder's states."""

    every: list[Example]
    described: dict[str, Described]
    projection: np.ndarray

    @staticmethod
    def read(data: Path, extractor: SpacyExtractor, embedder: Embedder) -> Examples:
        """The examples of the dev half."""
        known = ontologies(data)
        described = {name: describe(each.relations, embedder) for name, each in known.items()}
        found = list(rows(data, "dev"))
        documents = [Document.make(f"row:{place}", row.text) for place, row in enumerate(found)]
        extractions = extractor((each, list(chunk(each, size=10_000))) for each in documents)
        tokens = embedder.tokens([row.text for row in found])
        projection = _projection([each.states for each in tokens[::3]])
        rng = np.random.default_rng(SEED)
        every = []
        for row, extraction, encoded in zip(found, extractions, tokens, strict=True):
            spans = candidates(row.text, 0, len(row.text), extraction.mentions)
            subjects = {place for place, span in enumerate(spans) if same(span.stands_for, row.head)}
            objects = {place for place, span in enumerate(spans) if same(span.stands_for, row.tail)}
            words = [p for p, span in enumerate(spans) if span.form == "words" and p not in subjects | objects]
            dropped = set(rng.permutation(words)[MOST_WORDS:].tolist())
            kept = [place for place in range(len(spans)) if place not in dropped]
            if not kept or not len(encoded.spans):
                continue
            names = [each.name for each in known[row.ontology].relations]
            seen = features(row.text, 0, [spans[place] for place in kept], encoded, described[row.ontology])
            every.append(
                Example(
                    row,
                    (seen.states @ projection).reshape(len(kept), -1),
                    seen.plain,
                    seen.pairs,
                    names.index(row.relation),
                    [at for at, place in enumerate(kept) if place in subjects],
                    [at for at, place in enumerate(kept) if place in objects],
                )
            )
        return Examples(every, described, projection)


def _projection(states: Sequence[np.ndarray]) -> np.ndarray:
    """The first principal directions of the states, scaled so that a projected number has variance 1 on average."""
    stacked = np.concatenate(states)
    _, directions = np.linalg.eigh(stacked.T @ stacked)
    main = directions[:, ::-1][:, :WIDTH]
    return np.ascontiguousarray(main / np.sqrt((stacked @ main).var(axis=0).mean()), dtype=np.float32)


class _Network(nn.Module):
    """The equations of `ontology_head`, with dropout."""

    def __init__(self, plain: int, pairs: int, vectors: int) -> None:
        super().__init__()
        ends = ("subject", "object")
        self.words = nn.ModuleDict({end: nn.Linear(5 * WIDTH + plain, HIDDEN) for end in ends})
        self.relation = nn.ModuleDict({end: nn.Linear(vectors, HIDDEN) for end in ends})
        self.pairs = nn.ModuleDict({end: nn.Linear(pairs, 1) for end in ends})
        self.plain = nn.ModuleDict({end: nn.Linear(plain, 1, bias=False) for end in ends})
        self.often = nn.Linear(vectors, 1)
        self.nobody = nn.Linear(vectors, 1)
        self.drop, self.drop_relation = nn.Dropout(DROP), nn.Dropout(DROP_RELATION)
        nn.init.constant_(self.often.bias, -4.0)

    def forward(self, states: Tensor, plain: Tensor, pairs: Tensor, vectors: Tensor) -> tuple[Tensor, Tensor]:
        words = torch.cat([self.drop(states), plain], -1)
        vectors = self.drop_relation(vectors.flatten(1)) * SCALE
        scores = {}
        for end in ("subject", "object"):
            hidden = self.drop(functional.gelu(self.words[end](words)))
            score = hidden @ self.relation[end](vectors).T + self.pairs[end](pairs).squeeze(-1)
            scores[end] = score + self.plain[end](plain)
        nobody = self.nobody(vectors).squeeze(-1).expand(len(words), 1, -1)
        return torch.cat([scores["subject"], nobody], 1), scores["object"] + self.often(vectors).squeeze(-1)

    def weights(self) -> dict[str, np.ndarray]:
        """By the names that `ontology_head` reads."""
        found = {
            "nobody.weight": self.nobody.weight[0],
            "nobody.bias": self.nobody.bias,
            "object.often": self.often.weight[0],
        }
        for end in ("subject", "object"):
            for name, layer in (("words", self.words[end]), ("relation", self.relation[end])):
                found[f"{end}.{name}"], found[f"{end}.{name}.bias"] = layer.weight, layer.bias
            found[f"{end}.pairs"], found[f"{end}.plain"] = self.pairs[end].weight[0], self.plain[end].weight[0]
            found[f"{end}.bias"] = self.pairs[end].bias + (self.often.bias if end == "object" else 0)
        return {name: np.ascontiguousarray(part.detach().numpy(), np.float16) for name, part in found.items()}


def fit(examples: Examples, path: Path, *, without: str = "") -> Path:
    """The network, fitted on all examples but those of one ontology, is in the file."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    some = [each for each in examples.every if each.row.ontology != without]
    vectors = next(iter(examples.described.values())).vectors
    network = _Network(some[0].plain.shape[1], some[0].pairs.shape[2], 3 * vectors.shape[2])
    steps = EPOCHS * len(list(_batches(some, rng)))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: max(0.02, min(1.0, step / 50) * (1 - step / steps))
    )
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in _batches(some, rng):
            described = torch.from_numpy(examples.described[batch[0].row.ontology].vectors)
            if rng.random() < HIDE_ENDS:  # an ontology may leave domain and range open
                described = described.clone()
                described[:, 1:] = 0
            loss = _loss(network, batch, described)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # torch has no type for it
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        note(f"epoch {epoch + 1}: loss {total / len(some):.3f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({**network.weights(), "projection": examples.projection.astype(np.float16)}, path)
    return path


def _batches(some: Sequence[Example], rng: np.random.Generator) -> Iterator[list[Example]]:
    """Examples of one ontology and like size."""
    groups: dict[str, list[Example]] = {}
    for each in some:
        groups.setdefault(each.row.ontology, []).append(each)
    found = []
    for group in groups.values():
        mixed = [group[place] for place in rng.permutation(len(group))]
        mixed.sort(key=lambda each: len(each.plain) // 8)
        found += [mixed[start : start + BATCH] for start in range(0, len(mixed), BATCH)]
    for place in rng.permutation(len(found)):
        yield found[place]


def _loss(network: _Network, batch: list[Example], vectors: Tensor) -> Tensor:
    """Each end's and the relation's cross-entropy among the candidates, and every object's own; a mean by sentence."""
    sizes = [len(each.plain) for each in batch]
    inside = torch.arange(max(sizes))[None] < torch.tensor(sizes)[:, None]
    subjects, objects = network(
        *(_padded([getattr(each, name) for each in batch]) for name in ("states", "plain", "pairs")), vectors
    )
    free = torch.cat([inside, torch.ones(len(batch), 1, dtype=torch.bool)], 1)
    right_subject, right_object = torch.zeros_like(free), torch.zeros_like(inside)
    for place, each in enumerate(batch):
        right_subject[place, each.subjects or [-1]] = True
        right_object[place, each.objects] = True
    relation = torch.tensor([each.relation for each in batch])
    rows_ = torch.arange(len(batch))
    known = torch.tensor([bool(each.objects) for each in batch])
    by_subject, by_object = subjects[rows_, :, relation], objects[rows_, :, relation]
    best = objects.masked_fill(~right_object[..., None], _LOW).max(1).values
    loss = _surprise(by_subject, right_subject, free) + 0.5 * _surprise(by_object, right_object, inside)
    loss = loss + 0.5 * functional.cross_entropy(best, relation, reduction="none")
    wanted = torch.zeros_like(objects)
    wanted[rows_, :, relation] = right_object.float()
    own = functional.binary_cross_entropy_with_logits(objects, wanted, reduction="none")
    return (loss[known].sum() + (own * inside[..., None]).sum()) / len(batch)


def _surprise(scores: Tensor, right: Tensor, free: Tensor) -> Tensor:
    """Minus the logarithm of the share that the right ones have among the free ones."""
    return scores.masked_fill(~free, _LOW).logsumexp(1) - scores.masked_fill(~right, _LOW).logsumexp(1)


def _padded(parts: Sequence[np.ndarray]) -> Tensor:
    found = np.zeros((len(parts), max(map(len, parts)), *parts[0].shape[1:]), np.float32)
    for place, part in enumerate(parts):
        found[place, : len(part)] = part
    return torch.from_numpy(found)


__all__ = ["Example", "Examples", "fit"]
