"""The network that is trained: the sentence encoder, its lower part frozen, with heads for spans and relevance.

A question and a passage go through together. How the passage is written (capitals, digits, line ends), which the
encoder's pieces do not tell, is added above the frozen part as a learnt vector. Starts and ends of spans are linear in
a piece (Devlin et al. 2019, arXiv:1810.04805), "no answer" is the first mark; relevance is a small network on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn
from torch.nn import functional

from clew.graph.embeddings.embeddings import default_folder
from clew.retrieval.reader.pieces import FORMS

HIDDEN, ATTENTION, INNER, LAYERS = 384, 12, 1536, 6
FROZEN = 2  # layers
EPSILON = 1e-12
NEVER = -1e4


class Scores(NamedTuple):
    """`start` and `end` [texts, pieces], place 0 for "no answer"; `relevance` [texts], a logit."""

    start: Tensor
    end: Tensor
    relevance: Tensor


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
    """A layer of BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.attend_in = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attend_out = nn.Linear(HIDDEN, HIDDEN)
        self.attend_norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.dropout = Dropout(dropout)

    def forward(self, states: Tensor, hidden: Tensor) -> Tensor:
        """States [texts, pieces, HIDDEN]; hidden [texts * ATTENTION, 1, pieces], 0 where there is a piece, else NEVER.

        Plain products: PyTorch's fused attention takes twice as long to train on a CPU.
        """
        texts, pieces, _ = states.shape
        parts = self.attend_in(states).view(texts, pieces, 3, ATTENTION, HIDDEN // ATTENTION)
        query, key, value = parts.permute(2, 0, 3, 1, 4).reshape(3, texts * ATTENTION, pieces, -1)
        scores = torch.baddbmm(hidden.to(query.dtype), query, key.transpose(1, 2), alpha=(HIDDEN // ATTENTION) ** -0.5)
        mixed = torch.bmm(torch.softmax(scores, dim=-1), value).view(texts, ATTENTION, pieces, -1)
        mixed = mixed.transpose(1, 2).reshape(texts, pieces, HIDDEN)
        states = self.attend_norm(states + self.dropout(self.attend_out(mixed)))
        return torch.as_tensor(self.norm(states + self.dropout(self.outer(functional.gelu(self.inner(states))))))


class Network(nn.Module):
    """Encoder and heads."""

    def __init__(self, *, dropout: float = 0.05) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, HIDDEN)
        self.places = nn.Embedding(512, HIDDEN)
        self.kinds = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.forms = nn.Embedding(FORMS, HIDDEN)
        self.ends = nn.Linear(HIDDEN, 2)
        self.judge_in = nn.Linear(HIDDEN, HIDDEN)
        self.judge_out = nn.Linear(HIDDEN, 1)
        self.dropout = Dropout(dropout)
        nn.init.zeros_(self.forms.weight)
        for module in (self.words, self.places, self.kinds, self.norm, *self.layers[:FROZEN]):
            module.requires_grad_(False)

    def load_encoder(self, tensors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """The encoder's weights are the sentence encoder's own (by its names for them)."""
        part = {name: torch.from_numpy(np.array(array)) for name, array in tensors.items()}
        with torch.no_grad():
            for name in ("word", "position", "token_type"):
                ours = {"word": self.words, "position": self.places, "token_type": self.kinds}[name]
                ours.weight.copy_(part[f"embeddings.{name}_embeddings.weight"])
            _copy(self.norm, part, "embeddings.LayerNorm")
            for number, layer in enumerate(self.layers):
                _copy_layer(layer, part, f"encoder.layer.{number}")

    def forward(self, ids: Tensor, kinds: Tensor, forms: Tensor, mask: Tensor) -> Scores:
        """Ids, kinds (0 question, 1 passage), forms and mask [texts, pieces]."""
        hidden = _hidden(mask)
        with torch.no_grad():
            states = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]] + self.kinds(kinds))
            for layer in self.layers[:FROZEN]:
                states = layer(states, hidden)
        states = states + self.forms(forms)
        for layer in self.layers[FROZEN:]:
            states = layer(states, hidden)
        ends = self.ends(self.dropout(states))
        judged = self.judge_out(self.dropout(functional.gelu(self.judge_in(states[:, :1]))))
        return Scores(ends[..., 0].float(), ends[..., 1].float(), judged[:, 0, 0].float())

    @torch.no_grad()
    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The sentence encoder's unit vectors of texts [texts, pieces], before anything was trained."""
        hidden = _hidden(mask)
        states = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]] + self.kinds.weight[0])
        for layer in self.layers:
            states = layer(states, hidden)
        return functional.normalize((states.float() * mask[..., None]).sum(1), dim=-1)

    def trained(self) -> dict[str, nn.Parameter]:
        """The parameters that training changes."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def _hidden(mask: Tensor) -> Tensor:
    rows = (1.0 - mask.float()) * NEVER
    return rows[:, None, None].expand(-1, ATTENTION, 1, -1).reshape(-1, 1, mask.shape[1])


def _copy(module: nn.Module, part: Mapping[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        module.get_parameter(kind).copy_(part[f"{name}.{kind}"])


def started() -> Network:
    """A network whose encoder is the installed sentence encoder."""
    network = Network()
    network.load_encoder(load_file(default_folder() / "model.safetensors"))
    return network


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
