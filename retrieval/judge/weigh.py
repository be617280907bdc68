"""How sure an answer is: each ground's features become odds, grounds of one answer add up, and answers compete.

The probabilities are a softmax over the answers and "none" (a conditional logit), so that two answers that both look
good make each other doubtful. `benchmarks/abstention.py --fit` fits the weights on questions kept for tuning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clew.graph.model import name_key
from clew.retrieval.judge.spans import SpanAnswer
from clew.retrieval.judge.triples import TripleAnswer
from clew.retrieval.reasoning.paths import Way

SPAN = {
    "": -5.5,
    **{"read": 0.5, "odds": 2.0, "said": -1.0, "answerable": 0.25, "relevant": 0.15, "first": 0.65, "rank": 3.0},
    **{"named": 2.4, "names": -0.2, "stranger": -1.5, "type": 0.85, "mistyped": -1.2, "label": 1.8, "unlike": -0.2},
    **{"name": 0.2, "long": 1.8, "revised": 0.5, "recent": 0.35, "again": -0.5},
    **{"turned": -3.0, "denied": -4.0},
}
TRIPLE = {"": -5.5, "relation": 5.25, "direction": 1.6, "confidence": 0.75, "named": 0.8, "type": 0.7}
PATH = {"": -1.0, "score": 2.8, "behind": -6.0, "compared": 2.0, "steps": 1.5}
_RIVALS = 64  # answers that others compete with
_FAR = 30.0  # beyond which a logit says no more


@dataclass(frozen=True)
class Ground:
    """One thing that speaks for an answer: a span, a triple, or paths (`ways`); `probability` by itself."""

    probability: float
    span: SpanAnswer | None = None
    triple: TripleAnswer | None = None
    ways: tuple[Way, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`span`, `triple` or `path`."""
        return "span" if self.span else "triple" if self.triple else "path"


End = tuple[str, str, float, tuple[Way, ...]]
"""What paths lead to: its name, its id ("" for a yes or no), their score, and the ways that prove it."""


@dataclass(frozen=True)
class Judged:
    """An answer: the `name` to say, the entity's or value's `id` ("" for text), its probability and its grounds, best
    first. `before` are the answers of earlier steps that its question was made with."""

    name: str
    id: str
    probability: float
    grounds: tuple[Ground, ...] = ()
    before: tuple[Judged, ...] = field(default=())
    question: str = ""


def weigh(
    spans: Iterable[SpanAnswer],
    triples: Iterable[TripleAnswer],
    paths: Sequence[End],
    question: str = "",
) -> list[Judged]:
    """All that answers, each answer once, the likeliest first: their probabilities and that of no answer make one."""
    return _competing(grouped(alone(spans, triples, paths, question)))


def alone(
    spans: Iterable[SpanAnswer], triples: Iterable[TripleAnswer], paths: Sequence[End], question: str
) -> list[Judged]:
    """Every ground as an answer of its own, but for triples that say it the other way round."""
    own: list[Judged] = []
    for span in spans:
        own.append(_of(span.text, span.entity, Ground(_chance(span.features, SPAN), span=span, features=span.features)))
    for triple in triples:
        if triple.features["direction"] >= 0:
            ground = Ground(_chance(triple.features, TRIPLE), triple=triple, features=triple.features)
            own.append(_of(triple.node.name, triple.node.id, ground))
    for (name, id_, _, ways), features in zip(paths, _path_features(paths, question), strict=True):
        own.append(_of(name, id_, Ground(_chance(features, PATH), ways=ways, features=features)))
    return own


def _path_features(ends: Sequence[End], question: str) -> list[dict[str, float]]:
    """Of each path's end: its score, how far `behind` the best it is, whether paths were `compared` (then the answer is
    a yes or no, or stands in the question), and whether it takes several `steps`."""
    best = max((score for _, _, score, _ in ends), default=0.0)
    asked = question.casefold()
    return [
        {
            "score": score,
            "behind": best - score,
            "compared": float(not id_ or name.casefold() in asked),
            "steps": float(any(len(way.edges) > 1 for way in ways)),
        }
        for name, id_, score, ways in ends
    ]


def _chance(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """How probable a ground makes its answer, were there no other than none."""
    logit = weights[""] + sum(weight * features.get(name, 0.0) for name, weight in weights.items() if name)
    return 1.0 / (1.0 + math.exp(-max(-_FAR, min(_FAR, logit))))


def _of(name: str, id_: str, ground: Ground) -> Judged:
    return Judged(name, id_, ground.probability, (ground,))


def _competing(groups: Sequence[Sequence[Judged]]) -> list[Judged]:
    """Each group one answer; what one answer gains the others lose, but for those that say the same in more or fewer
    words."""
    found = [(_odds(one.grounds), frozenset(name_key(one.name).split()), one) for one in map(_one, groups)]
    best = sorted(found, key=lambda entry: -entry[0])[:_RIVALS]
    judged = []
    for own, said, one in found:
        rivals = sum(odds for odds, other, _ in best if not (other <= said or said <= other))
        judged.append(replace(one, probability=own / (1.0 + own + rivals)))
    return sorted(judged, key=lambda one: (-one.probability, one.name, one.id))


def joined(answers: Sequence[Judged]) -> list[Judged]:
    """Answers of one name or one entity are one, and as sure as the surest; the likeliest first."""
    found = [_one(group) for group in grouped(answers)]
    return sorted(found, key=lambda one: (-one.probability, one.name, one.id))


def grouped(answers: Sequence[Judged]) -> list[list[Judged]]:
    """Answers of one name or one entity together, the surest first."""
    groups: list[list[Judged]] = []
    place: dict[str, int] = {}
    for one in sorted(answers, key=lambda one: (-one.probability, one.name, one.id)):
        keys = [f"name:{name_key(one.name)}", *([f"id:{one.id}"] if one.id else [])]
        at = next((place[key] for key in keys if key in place), len(groups))
        if at == len(groups):
            groups.append([])
        groups[at].append(one)
        for key in keys:
            place.setdefault(key, at)
    return groups


def _one(group: Sequence[Judged]) -> Judged:
    grounds = tuple(sorted((g for one in group for g in one.grounds), key=lambda g: -g.probability))
    named = next((one for one in group if one.id), group[0])
    return replace(group[0], id=named.id, grounds=grounds)


def _odds(grounds: Sequence[Ground]) -> float:
    """Of an answer: the best ground of each kind adds to it, further ones of that kind do not."""
    best: dict[str, float] = {}
    for ground in grounds:
        best[ground.kind] = max(best.get(ground.kind, 0.0), ground.probability)
    return sum(probability / (1 - probability) for probability in best.values())
