"""Scores as probabilities: logistic regression (Platt 1999) on few features, fitted on held-out questions."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CALIBRATION = "calibration.json"


@dataclass(frozen=True, slots=True)
class Curve:
    """p = 1 / (1 + exp(-(bias + weights . features)))."""

    bias: float
    weights: tuple[float, ...]

    def __call__(self, features: Sequence[float]) -> float:
        """The probability, in 0..1."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`span`: that a span is right; `passage`: that a passage answers, by all that is known; `relevance`: the same by
    the network's own judgement alone."""

    span: Curve
    passage: Curve
    relevance: Curve

    @classmethod
    def load(cls, folder: Path) -> Calibration:
        """The curves in the folder."""
        read = json.loads((folder / CALIBRATION).read_text(encoding="utf-8"))
        curves = {name: Curve(one["bias"], tuple(one["weights"])) for name, one in read.items()}
        return cls(curves["span"], curves["passage"], curves["relevance"])


def span_features(score: float, relevance: float, lead: float, pieces: int) -> tuple[float, ...]:
    """Of a span: its score over "no answer", the passage's relevance (a logit), its lead over the best other span, and
    the logarithm of its length. Large values are cut off, so that a stray score decides nothing alone."""
    return _cut(score, 12), _cut(relevance, 8), _cut(lead, 8), math.log(pieces)


def passage_features(score: float, relevance: float) -> tuple[float, ...]:
    """Of a passage: its best span's score over "no answer", and its relevance (a logit)."""
    return _cut(score, 12), _cut(relevance, 8)


def _cut(value: float, most: float) -> float:
    return max(-most, min(most, value))
