"""CaRB's scorer for open extraction (Bhardwaj, Aggarwal and Mausam 2019, "CaRB: A Crowdsourced Benchmark for Open IE").

A system's tuple is compared with a gold tuple token by token: relation with relation, first argument with first
argument, and the rest of the arguments, as one, with the rest; words count as often as both have them. Each pair has
a precision (matched over the system's words) and a recall (matched over the gold's words), both 0 where the
relations share no word or a tuple lacks its second argument.
Over a sentence, precision matches one to one, best pairs first; recall lets each gold tuple take its best
extraction, however often it serves. The curve runs over the thresholds of confidence; optimal F1 is its best point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

_BE = frozenset(["be", "is", "am", "are", "was", "were", "been", "being"])
_SAYING = ("said", "told", "added", "adds", "says")


@dataclass(frozen=True)
class Tuple:
    """A relation and its arguments, as space-separated words; gold has confidence 1."""

    relation: str
    arguments: tuple[str, ...]
    confidence: float = 1.0


@dataclass(frozen=True)
class Score:
    """All in 0..1: the best F1 on the curve with its precision and recall, and the area under the curve."""

    f1: float
    precision: float
    recall: float
    auc: float


def _shared(gold: str, said: str) -> tuple[int, int, int]:
    """Words in common, words said, words in the gold."""
    gold_words, said_words = gold.split(), said.split()
    return sum((Counter(gold_words) & Counter(said_words)).values()), len(said_words), len(gold_words)


def _relation(gold: str, said: str) -> tuple[int, int, int]:
    """The same for relations, where a bare "be" stands for any of its forms."""
    common, size, wanted = _shared(gold, said)
    if "be" in said.split() and "be" not in gold.split() and not _BE.isdisjoint(gold.split()):
        common += 1
    return common, size, wanted


def _compare(gold: Tuple, relation: str, first: str, rest: str) -> tuple[float, float]:
    pairs = [_relation(gold.relation, relation)]
    if not pairs[0][0]:
        return 0.0, 0.0
    pairs.append(_shared(gold.arguments[0], first))
    if len(gold.arguments) > 1:
        pairs.append(_shared(" ".join(gold.arguments[1:]), rest))
    common, size, wanted = (sum(column) for column in zip(*pairs, strict=True))
    return common / size, common / wanted


def match(gold: Tuple, said: Tuple) -> tuple[float, float]:
    """Precision and recall of one extraction against one gold tuple.

    A verb of saying may stand for either order of speaker and speech.
    """
    if not gold.arguments or len(said.arguments) < min(len(gold.arguments), 2):
        return 0.0, 0.0
    first, rest = said.arguments[0], " ".join(said.arguments[1:])
    straight = _compare(gold, said.relation, first, rest)
    if not any(verb in gold.relation for verb in _SAYING) or len(said.arguments) < 2:
        return straight
    return max(straight, _compare(gold, said.relation, rest, first))


def pairs(gold: Sequence[Tuple], said: Sequence[Tuple]) -> dict[int, tuple[float, float]]:
    """(precision, recall) by place of each extraction that pairs off with a gold tuple of its own, best first."""
    table = [[match(want, have) for have in said] for want in gold]
    return {column: table[row][column] for row, column in _paired(table, range(len(said)))}


def _paired(table: list[list[tuple[float, float]]], columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Gold rows and these columns one to one, by falling precision, while it is above 0."""
    order = sorted(((row[column][0], at, column) for at, row in enumerate(table) for column in columns), reverse=True)
    rows: set[int] = set()
    used: set[int] = set()
    for precision, row, column in order:
        if precision and row not in rows and column not in used:
            rows.add(row)
            used.add(column)
            yield row, column


def _sentence(gold: Sequence[Tuple], said: Sequence[Tuple]) -> list[tuple[float, float, float, int]]:
    """(threshold, precision's sum, recall's sum, extractions) where this sentence's changes, falling thresholds."""
    table = [[match(want, have) for have in said] for want in gold]
    order = sorted(range(len(said)), key=lambda at: -said[at].confidence)
    steps: list[tuple[float, float, float, int]] = []
    kept: list[int] = []
    for confidence, group in groupby(order, key=lambda at: said[at].confidence):
        kept += list(group)
        recall = sum(max(row[at][1] for at in kept) for row in table)
        precision = sum(table[row][column][0] for row, column in _paired(table, kept))
        steps.append((confidence, precision, recall, len(kept)))
    return steps


def curve(gold: Mapping[str, Sequence[Tuple]], said: Mapping[str, Sequence[Tuple]]) -> list[tuple[float, float, float]]:
    """(threshold, precision, recall) over all sentences of the gold, from the highest threshold down."""
    wanted = sum(map(len, gold.values()))
    changes: list[tuple[float, float, float, int]] = []
    for sentence, tuples in gold.items():
        before = (0.0, 0.0, 0)
        for threshold, *state in _sentence(tuples, said.get(sentence, ())):
            precision, recall, count = state
            changes.append((threshold, precision - before[0], recall - before[1], int(count - before[2])))
            before = (precision, recall, int(count))
    points, precision, recall, count = [], 0.0, 0.0, 0
    for threshold, group in groupby(sorted(changes, key=lambda change: -change[0]), key=lambda change: change[0]):
        for _, more_precision, more_recall, more in group:
            precision, recall, count = precision + more_precision, recall + more_recall, count + more
        points.append((threshold, precision / count, recall / wanted))
    return points


def score(gold: Mapping[str, Sequence[Tuple]], said: Mapping[str, Sequence[Tuple]]) -> Score:
    """The figures of all `said` against all `gold`, both by sentence; zeros where nothing is said."""
    best, area, before = Score(0.0, 0.0, 0.0, 0.0), 0.0, (0.0, 0.0)
    for at, (_, precision, recall) in enumerate(curve(gold, said)):
        area += (recall - before[0]) * (precision if not at else (precision + before[1]) / 2)
        before = (recall, precision)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        if f1 > best.f1:
            best = Score(f1, precision, recall, 0.0)
    return Score(best.f1, best.precision, best.recall, area)
