"""Whether confidence means what it says: reliability in ten bins, expected calibration error and Brier score on CaRB.

A clause fact is as right as the words that it shares with the gold tuple it pairs with (the mean of CaRB's precision
and recall; 0 where it pairs with none). A triple of the graph is right where a gold tuple has its head's
words in one argument, its tail's words in another, and a content word of its relation in the tuple's relation, or in
an argument where the tuple's relation only says what something is or has ("Ann; is; Bob's sister" for Ann, sister of,
Bob). It is wrong where a tuple has both ends and not the relation; where no tuple has both ends nothing is known of
it, unless `judged_triples.json` does, where such triples were judged by hand; else it is left out.
`--card` writes the tables into the model card; `--fit` prints the curve for `ingest/extract/confidence.py`, to be
fitted on the development half alone.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from carb_score import Tuple, pairs
from common import ROOT, arguments, figure, note
from openie import gold_tuples, our_tuples

from clew.graph.model import Document, Value
from clew.ingest.chunk import chunk
from clew.ingest.extract.confidence import strength
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import RawTriple

BINS = 10
JUDGED = Path(__file__).with_name("judged_triples.json")
CARD = ROOT / "ingest" / "models" / "README.md"
_MARKS = ("<!-- reliability -->", "<!-- end of reliability -->")
_WORDS = re.compile(r"\w+")
_STATES = {"be", "is", "am", "are", "was", "were", "been", "being", "has", "have", "had", "as"}
_EMPTY = _STATES | {"a", "an", "the", "of", "in", "at", "on", "by", "for", "to", "from", "with", "through", "along"}

Pair = tuple[float, float]  # confidence, how right


def facts(extractor: SpacyExtractor, gold: Mapping[str, Sequence[Tuple]]) -> list[Pair]:
    """Each clause fact's confidence, and the share of words that it has in common with the gold."""
    ours = our_tuples(extractor, list(gold))
    found: list[Pair] = []
    for sentence, tuples in gold.items():
        matched = pairs(tuples, ours[sentence])
        found += [(each.confidence, sum(matched.get(at, (0.0,))) / 2) for at, each in enumerate(ours[sentence])]
    return found


def triples(extractor: SpacyExtractor, gold: Mapping[str, Sequence[Tuple]]) -> list[Pair]:
    """The confidence of each triple that the gold tells of, and 1.0 where it is right."""
    documents = [Document.make(f"carb:{at}", sentence) for at, sentence in enumerate(gold)]
    extractions = extractor((each, list(chunk(each, size=10_000))) for each in documents)
    by_hand: dict[str, bool] = json.loads(JUDGED.read_text(encoding="utf-8"))
    found, unknown = [], 0
    for (_, tuples), extraction in zip(gold.items(), extractions, strict=True):
        for each in extraction.triples:
            if "negated" in each.flags:
                continue
            right = _right(each, tuples)
            tail = each.tail.text if isinstance(each.tail, Value) else each.tail
            right = by_hand.get(f"{each.head} | {each.relation} | {tail}") if right is None else right
            unknown += right is None
            found += [(each.confidence, float(right))] if right is not None else []
    note(f"{len(found)} triples judged, {unknown} left out")
    return found


def _right(triple: RawTriple, gold: Sequence[Tuple]) -> bool | None:
    head = _bag(triple.head)
    tail = _bag(triple.tail.text if isinstance(triple.tail, Value) else triple.tail)
    known = None
    for each in gold:
        bags = [_bag(part) for part in each.arguments]
        if any(head <= one and tail <= other for one in bags for other in bags if one is not other):
            said, told = _bag(triple.relation), _bag(each.relation)
            where = told.union(*bags) if told & _STATES else told
            content = any(_same(word, other) for word in said - _EMPTY for other in where)
            if content or (said <= _EMPTY and said & told) or (said <= _STATES | {"a"} and told & _STATES):
                return True
            known = False
    return known


def _same(word: str, other: str) -> bool:
    """Forms of one word, as "airing" and "aired": they begin alike."""
    alike = 0
    while alike < min(len(word), len(other)) and word[alike] == other[alike]:
        alike += 1
    return alike >= max(3, min(len(word), len(other)) - 2)


def _bag(text: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(text)}


def table(found: Sequence[Pair]) -> Iterator[str]:
    """The reliability curve as rows of a table."""
    yield "| confidence | how many | mean confidence | right |"
    yield "|---|---|---|---|"
    for at in range(BINS):
        some = np.array([pair for pair in found if int(min(pair[0], 0.999) * BINS) == at])
        if len(some):
            said, right = some.mean(axis=0)
            yield f"| {at / BINS:.1f}-{(at + 1) / BINS:.1f} | {len(some)} | {said:.2f} | {right:.2f} |"


def calibration_error(found: Sequence[Pair]) -> float:
    """Mean distance, over ten bins by their size, of mean confidence and share of right ones (Guo et al. 2017)."""
    total = 0.0
    for at in range(BINS):
        some = np.array([pair for pair in found if int(min(pair[0], 0.999) * BINS) == at])
        if len(some):
            said, right = some.mean(axis=0)
            total += abs(said - right) * len(some) / len(found)
    return total


def brier(found: Sequence[Pair]) -> float:
    """Mean squared distance of confidence and rightness."""
    return float(np.mean([(said - right) ** 2 for said, right in found])) if found else 0.0


def curve(found: Sequence[Pair]) -> tuple[float, float]:
    """Bias and slope of a logistic regression of being right on the strength's log odds, by Newton's method."""
    sure, right = np.array(found).T
    odds = np.array([strength(each) for each in sure])
    rows = np.stack([np.ones_like(odds), np.log(odds / (1 - odds))], axis=1)
    weights, ridge = np.zeros(2), np.diag([0.0, 0.01])
    for _ in range(30):
        said = 1 / (1 + np.exp(-rows @ weights))
        slopes = (rows * (said * (1 - said))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(slopes, rows.T @ (said - right) + ridge @ weights)
    return float(weights[0]), float(weights[1])


def card(parts: Mapping[str, Sequence[Pair]], split: str) -> str:
    """The section of the model card."""
    lines = [_MARKS[0], "", f"Written by `benchmarks/calibration.py --card`, CaRB, `{split}` half."]
    for name, found in parts.items():
        lines += ["", f"{name} ({len(found)}): expected calibration error {calibration_error(found):.3f},"
                  f" Brier score {brier(found):.3f}", "", *table(found)]  # fmt: skip
    return "\n".join([*lines, "", _MARKS[1]])


def main() -> None:
    """Measure, then print the figures."""
    made: argparse.ArgumentParser = arguments(str(__doc__).splitlines()[0], split=True)
    made.add_argument("--card", action="store_true", help="write the tables into the model card")
    made.add_argument("--fit", action="store_true", help="print the curve from strength to confidence")
    options = made.parse_args()
    extractor = SpacyExtractor()
    gold = dict(list(gold_tuples(options.data, options.split).items())[: options.limit])
    parts = {"Clause facts": facts(extractor, gold), "Triples of the graph": triples(extractor, gold)}
    for name, found in parts.items():
        note(name)
        for row in table(found):
            note(row)
    if options.fit:
        bias, slope = curve(parts["Triples of the graph"])
        note(f"BIAS, SLOPE = {bias:.3g}, {slope:.3g}")
    if options.card:
        text = CARD.read_text(encoding="utf-8")
        before, _, rest = text.partition(_MARKS[0])
        CARD.write_text(before + card(parts, options.split) + rest.partition(_MARKS[1])[2], encoding="utf-8")
    for name, found in zip(("fact", "triple"), parts.values(), strict=True):
        figure(f"{name} calibration error", calibration_error(found))
        figure(f"{name} brier", brier(found))


if __name__ == "__main__":
    main()
