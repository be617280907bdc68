"""The network that is trained: the sentence encoder's lower layers, fine-tuned, with heads for every annotation.

Word pieces enter with a learnt vector for how the word is written, as the encoder lower-cases all. A word is its first
and last piece. Tags, features, lemma rules, sentence starts and entity tags are linear in it; heads are found by deep
biaffine attention (Dozat and Manning 2017, arXiv:1611.01734), relations by a small network on word and head.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from clew.ingest.parser.word_pieces import SHAPES

HIDDEN, ATTENTION, INNER = 384, 12, 1536
ARC, RELATION = 192, 192
EPSILON = 1e-12
NEVER = -1e4


class Dropout(nn.Module):
    """Dropout of whole features in all places of a text at once (Gal and Ghahramani 2016, arXiv:1512.05287)."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, states: Tensor) -> Tensor:
        """States [texts, places, features]."""
        if not self.training or not self.share:
            return states
        mask = torch.rand(states.shape[0], 1, states.shape[2]) >= self.share
        return states * (mask.to(states.dtype) / (1 - self.share))


class Layer(nn.Module):
    """A layer of BERT (Devlin et al. 2019, arXiv:1810.04805)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.attend_in = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attend_out = nn.Linear(HIDDEN, HIDDEN)
        self.attend_norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.dropout = Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States [texts, pieces, HIDDEN]; mask [texts, 1, 1, pieces], 0 where there is a piece, else NEVER."""
        texts, pieces, _ = states.shape
        parts = self.attend_in(states).view(texts, pieces, 3, ATTENTION, HIDDEN // ATTENTION)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = (query * (HIDDEN // ATTENTION) ** -0.5) @ key.transpose(-1, -2) + mask.to(query.dtype)
        mixed = torch.softmax(scores, dim=-1).to(value.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(texts, pieces, HIDDEN)
        states = self.attend_norm(states + self.dropout(self.attend_out(mixed)))
        return torch.as_tensor(self.norm(states + self.dropout(self.outer(functional.gelu(self.inner(states))))))


class Network(nn.Module):
    """Encoder and heads; `labels` is how many outputs are linear in a word, `relations` how many kinds of arcs."""

    def __init__(self, layers: int, labels: int, relations: int, *, dropout: float = 0.1, strong: float = 0.3) -> None:
        super().__init__()
        self.places = nn.Embedding(512, HIDDEN)
        self.shapes = nn.Embedding(SHAPES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.join = nn.Linear(2 * HIDDEN, HIDDEN)
        self.labels = nn.Linear(HIDDEN, labels)
        self.arc_word = nn.Linear(HIDDEN, ARC)
        self.arc_head = nn.Linear(HIDDEN, ARC)
        self.arc_pair = nn.Parameter(torch.zeros(ARC + 1, ARC))
        self.root = nn.Parameter(torch.zeros(HIDDEN))
        self.rel_word = nn.Linear(HIDDEN, RELATION)
        self.rel_head = nn.Linear(HIDDEN, RELATION)
        self.rel_out = nn.Linear(RELATION, relations)
        self.dropout = Dropout(dropout)
        self.strong = Dropout(strong)
        nn.init.zeros_(self.shapes.weight)
        nn.init.normal_(self.arc_pair, std=0.02)
        nn.init.normal_(self.root, std=0.1)

    def load_encoder(self, tensors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """The encoder's weights are the sentence encoder's own (by its names for them)."""
        with torch.no_grad():
            part = {
                name: torch.from_numpy(np.array(array)) for name, array in tensors.items() if "position_ids" not in name
            }
            places = part["embeddings.position_embeddings.weight"] + part["embeddings.token_type_embeddings.weight"][0]
            self.places.weight.copy_(places)
            _copy(self.norm, part, "embeddings.LayerNorm")
            for number, layer in enumerate(self.layers):
                _copy_layer(layer, part, f"encoder.layer.{number}")

    def forward(self, pieces: Tensor, shapes: Tensor, mask: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, ...]:
        """Of piece vectors [texts, pieces, HIDDEN]: labels [texts, words, labels], arcs [texts, words, 1 + words] (the
        root first), and the two halves of relations, [texts, words, RELATION] and [texts, 1 + words, RELATION]."""
        states = pieces + self.shapes(shapes) + self.places.weight[: pieces.shape[1]]
        states = self.dropout(self.norm(states))
        visible = (1.0 - mask[:, None, None, :].to(states.dtype)) * NEVER
        for layer in self.layers:
            states = layer(states, visible)
        words = torch.cat([_at(states, first), _at(states, last)], dim=-1)
        words = functional.gelu(self.join(self.dropout(words)))
        heads = torch.cat([self.root.to(words.dtype).expand(len(words), 1, -1), words], dim=1)
        arc_word = self.strong(functional.gelu(self.arc_word(words)))
        arc_head = self.strong(functional.gelu(self.arc_head(heads)))
        ones = torch.ones_like(arc_word[..., :1])
        arcs = torch.cat([arc_word, ones], dim=-1) @ self.arc_pair.to(arc_word.dtype) @ arc_head.transpose(1, 2)
        return (
            self.labels(self.strong(words)),
            arcs,
            self.rel_word(self.strong(words)),
            self.rel_head(self.strong(heads)),
        )

    def relations(self, rel_word: Tensor, rel_head: Tensor, heads: Tensor) -> Tensor:
        """Scores of relations [texts, words, relations], given each word's head [texts, words] (0 is the root)."""
        chosen = _at(rel_head, heads)
        return torch.as_tensor(self.rel_out(self.strong(functional.relu(rel_word + chosen))))


def _at(states: Tensor, places: Tensor) -> Tensor:
    return states.gather(1, places[..., None].expand(-1, -1, states.shape[-1]))


def _copy(module: nn.Module, part: Mapping[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        module.get_parameter(kind).copy_(part[f"{name}.{kind}"])


def _copy_layer(layer: nn.Module, part: Mapping[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        rows = [part[f"{name}.attention.self.{role}.{kind}"] for role in ("query", "key", "value")]
        layer.get_parameter(f"attend_in.{kind}").copy_(torch.cat(rows))
    for ours, theirs in (
        ("attend_out", "attention.output.dense"),
        ("attend_norm", "attention.output.LayerNorm"),
        ("inner", "intermediate.dense"),
        ("outer", "output.dense"),
        ("norm", "output.LayerNorm"),
    ):
        _copy(layer.get_submodule(ours), part, f"{name}.{theirs}")
