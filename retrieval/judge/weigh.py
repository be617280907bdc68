"""How sure an answer is: each ground's features become a probability, and grounds of one answer add up.

The weights are those of logistic regressions (`benchmarks/abstention.py --fit`), fitted on questions kept for tuning.
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
    "": -7.1,
    **{"read": 2.3, "answerable": 0.65, "relevant": 0.55, "first": 0.65, "rank": 1.45, "named": 1.2, "about": 0.65},
    **{
        "type": 0.85,
        "mistyped": -1.1,
        "name": 0.7,
        "key": -1.5,
        "stranger": -3.5,
        "misnumbered": -1.5,
        "revised": 0.35,
    },
}
TRIPLE = {"": -5.5, "relation": 5.0, "direction": 1.6, "confidence": 1.2, "named": 1.0, "type": 0.8}
PATH = {"": -1.6, "score": 2.6}


@dataclass(frozen=True)
class Ground:
    """One thing that speaks for an answer: a span, a triple, or paths (`ways`); `probability` by itself."""

    probability: float
    span: SpanAnswer | None = None
    triple: TripleAnswer | None = None
    ways: tuple[Way, ...] = ()


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


def chance(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic regression's probability."""
    total = weights[""] + sum(weight * features.get(name, 0.0) for name, weight in weights.items() if name)
    return 1.0 / (1.0 + math.exp(-total))


def weigh(
    spans: Iterable[SpanAnswer],
    triples: Iterable[TripleAnswer],
    paths: Iterable[tuple[str, str, float, tuple[Way, ...]]],
) -> list[Judged]:
    """All that answers, each answer once, the likeliest first. `paths` are (name, id, score, ways)."""
    own: list[Judged] = []
    for span in spans:
        ground = Ground(chance(span.features, SPAN), span=span)
        own.append(Judged(span.text, span.entity, ground.probability, (ground,)))
    for triple in triples:
        if triple.features["direction"] < 0:
            continue
        ground = Ground(chance(triple.features, TRIPLE), triple=triple)
        own.append(Judged(triple.node.name, triple.node.id, ground.probability, (ground,)))
    for name, id_, score, ways in paths:
        ground = Ground(chance({"score": score}, PATH), ways=ways)
        own.append(Judged(name, id_, ground.probability, (ground,)))
    return joined(own)


def joined(answers: Sequence[Judged]) -> list[Judged]:
    """Answers of one name or one entity are one: grounds of different kinds make it surer, those of one kind do not."""
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
    found = [_one(group) for group in groups]
    return sorted(found, key=lambda one: (-one.probability, one.name, one.id))


def _one(group: Sequence[Judged]) -> Judged:
    grounds = tuple(sorted((g for one in group for g in one.grounds), key=lambda g: -g.probability))
    best: dict[str, float] = {}
    for ground in grounds:
        kind = "span" if ground.span else "triple" if ground.triple else "path"
        best[kind] = max(best.get(kind, 0.0), ground.probability)
    doubt = math.prod(1 - probability for probability in best.values())
    named = next((one for one in group if one.id), group[0])
    first = group[0]
    return replace(first, id=named.id, probability=max(1 - doubt, first.probability), grounds=grounds)
