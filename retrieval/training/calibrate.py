"""The curves that make probabilities of the reader's scores, fitted on the held-out tenth."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clew.retrieval.reader.calibration import CALIBRATION, passage_features
from clew.retrieval.reader.reader import Reader, Scored, Window, chosen, features_of
from clew.retrieval.reader.spans import Found
from clew.retrieval.training.examples import Example, Maker
from clew.retrieval.training.scoring import f1

RIGHT = 0.6  # a span is right where its F1 with an acceptable one is at least this
_SPANS = 5
EXAMPLES = 3000

Fitted = tuple[float, list[float]]
"""A bias and weights."""
Rows = list[tuple[Sequence[float], bool]]
"""Features, and whether they are those of something right."""


def neutral(folder: Path) -> None:
    """Curves of no meaning lie in the folder, so that the reader opens."""
    _write(folder, {"span": (0.0, [1.0, 0, 0, 0]), "passage": (0.0, [1.0, 0]), "relevance": (0.0, [1.0])})


def calibrate(reader: Reader, maker: Maker, folder: Path, *, seed: int = 7) -> None:
    """The folder holds the curves of this reader, fitted on examples that the maker draws."""
    rng = random.Random(seed)
    examples = [maker.draw(rng) for _ in range(EXAMPLES)]
    windows = reader.windows([(example.question, example.passage) for example in examples])
    parts: list[list[tuple[Window, Scored]]] = [[] for _ in examples]
    for window, scored in zip(windows, reader.scores(windows), strict=True):
        parts[window.pair].append((window, scored))
    spans: Rows = []
    passages: Rows = []
    relevance: Rows = []
    for example, own in zip(examples, parts, strict=True):
        found = chosen(example.passage, own, _SPANS)
        if found:
            judged = max(scored.relevance for _, scored in own)
            passages.append((passage_features(found[0].score, judged), example.answered))
            relevance.append(((judged,), example.answered))
            spans += _spans(example, found, judged)
    _write(folder, {"span": _fit(spans, 3), "passage": _fit(passages, 2), "relevance": _fit(relevance, 1)})


def _spans(example: Example, found: Sequence[Found], judged: float) -> Rows:
    """The spans' features, where it is known which are right."""
    if example.answered and not example.spans:
        return []
    gold = [example.passage[start:end] for start, end in example.spans]
    said = [example.passage[one.start : one.end] for one in found]
    return [(values, f1(text, gold) >= RIGHT) for values, text in zip(features_of(found, judged), said, strict=True)]


def _fit(rows: Rows, rising: int) -> Fitted:
    """Logistic regression. More of one of the first `rising` features never makes it less likely: one whose weight
    would be negative is left out."""
    features = np.array([values for values, _ in rows])
    right = np.array([float(hit) for _, hit in rows])
    used = list(range(features.shape[1]))
    while True:
        fitted = _newton(np.column_stack([np.ones(len(right)), features[:, used]]), right)
        wrong = [number for number, weight in zip(used, fitted[1:], strict=True) if number < rising and weight < 0]
        if not wrong:
            weights = dict(zip(used, fitted[1:].tolist(), strict=True))
            return float(fitted[0]), [weights.get(number, 0.0) for number in range(features.shape[1])]
        used = [number for number in used if number not in wrong]


def _newton(features: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The weights, held back a little."""
    weights = np.zeros(features.shape[1])
    for _ in range(30):
        said = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (said - right) + 0.01 * weights
        bend = (features * (said * (1 - said))[:, None]).T @ features + 0.01 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights


def _write(folder: Path, curves: dict[str, Fitted]) -> None:
    rows = {
        name: {"bias": round(bias, 4), "weights": [round(one, 4) for one in weights]}
        for name, (bias, weights) in curves.items()
    }
    (folder / CALIBRATION).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
