"""What training and evaluating hand back: plain frozen values, ready for JSON, that need no network to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Evaluation:
    """Means over `questions`, 0..100: `hits` Hits@1, `f1` of the answer sets, `exact` sets, `mrr`, and `gold_path`:
    the top path's relations are the known ones (of `gold_known` questions). Those of `unknown` seeds count as wrong."""

    questions: int
    unknown: int
    hits: float
    f1: float
    exact: float
    mrr: float
    gold_path: float
    gold_known: int

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class TrainProgress:
    """Where training stands: `step` of `steps` in `epoch` of `epochs`, mean `loss` of late, `seconds_left` estimated to
    the last epoch; `scores` on the held-out questions at the end of an epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    seconds_left: float
    scores: Evaluation | None = None


@dataclass(frozen=True)
class TrainReport:
    """A training's outcome: where the checkpoint lies, on how many questions it was trained and selected, held-out
    scores (0..100) before and after, what was left out and why, and how many questions were reworded or kept their
    words."""

    folder: str
    questions: int
    synthetic: int
    held_out: int
    before: Evaluation
    after: Evaluation
    epochs: int
    problems: tuple[str, ...] = ()
    wordings: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)
