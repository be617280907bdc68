"""Whether confidence means what it says: reliability in ten bins, expected calibration error and Brier score on CaRB.

A clause fact is as right as the words that it shares with the gold tuple it pairs with (the mean of CaRB's precision
and recall; 0 where it pairs with none). A triple of the graph is right where a gold tuple has its head's words in one
argument, its tail's words in another, and a content word of its relation; it is wrong where a tuple has both ends and
not the relation; where no tuple has both ends nothing is known of it, and it is left out.
`--fit FILE` fits `clew/ingest/triple_calibration.py` on the dev half and writes it there; `--card` writes the tables into
the model card.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from carb_score import Tuple, pairs
from common import ROOT, arguments, figure, note
from openie import gold_tuples, our_tuples

from clew.graph.model import Document, Value
from clew.ingest.calibration import calibrated, shape
from clew.ingest.chunk import chunk
from clew.ingest.extract import SpacyExtractor
from clew.ingest.extraction import RawTriple

BINS = 10
CARD = ROOT / "ingest" / "models" / "README.md"
_MARKS = ("<!-- reliability -->", "<!-- end of reliability -->")
_WORDS = re.compile(r"\w+")
_BE = {"be", "is", "am", "are", "was", "were", "been", "being", "a", "an", "the", "has", "have", "had"}
_FEW = 15  # triples of a shape below which it goes with all others
_BORROWED = 20.0  # weight, in triples, of the common curve in each shape's own

Pair = tuple[float, float]  # confidence, how right


def facts(extractor: SpacyExtractor, gold: Mapping[str, Sequence[Tuple]]) -> list[Pair]:
    """Each clause fact's confidence, and the share of words that it has in common with the gold."""
    ours = our_tuples(extractor, list(gold))
    found: list[Pair] = []
    for sentence, tuples in gold.items():
        matched = pairs(tuples, ours[sentence])
        found += [(each.confidence, sum(matched.get(at, (0.0,))) / 2) for at, each in enumerate(ours[sentence])]
    return found


def triples(extractor: SpacyExtractor, gold: Mapping[str, Sequence[Tuple]]) -> list[tuple[str, float, float]]:
    """The shape of each triple that the gold tells of, its confidence, and 1.0 where it is right."""
    documents = [Document.make(f"carb:{at}", sentence) for at, sentence in enumerate(gold)]
    extractions = extractor((each, list(chunk(each, size=10_000))) for each in documents)
    found = []
    for (_, tuples), extraction in zip(gold.items(), extractions, strict=True):
        for each in extraction.triples:
            right = _right(each, tuples)
            if right is not None and "negated" not in each.flags:
                found.append((shape(each), each.confidence, float(right)))
    return found


def _right(triple: RawTriple, gold: Sequence[Tuple]) -> bool | None:
    head = _bag(triple.head)
    tail = _bag(triple.tail.text if isinstance(triple.tail, Value) else triple.tail)
    known = None
    for each in gold:
        bags = [_bag(part) for part in each.arguments]
        if any(head <= one and tail <= other for one in bags for other in bags if one is not other):
            said = _bag(triple.relation)
            told = _bag(each.relation)
            if {word[:5] for word in said - _BE} & {word[:5] for word in told} or (said <= _BE and told & _BE):
                return True
            known = False
    return known


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


def isotonic(found: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Knots of the monotone curve nearest to (confidence, rightness, weight): neighbours that fall are pooled."""
    blocks: list[list[float]] = []  # sum of weighted confidence, of weighted rightness, of weights
    for said, right, weight in sorted(found):
        blocks.append([said * weight, right * weight, weight])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    return [(round(said / weight, 3), round(right / weight, 3)) for said, right, weight in blocks]


def fit(found: Sequence[tuple[str, float, float]]) -> dict[str, list[tuple[float, float]]]:
    """A curve for all, and one for each shape of which there are enough, drawn towards that of all."""
    common = isotonic([(said, right, 1.0) for _, said, right in found])
    curves = {"": common}
    for name in sorted({each[0] for each in found}):
        own = [(said, right, 1.0) for shape_, said, right in found if shape_ == name]
        if len(own) >= _FEW:
            prior = [(said, _at(common, said), _BORROWED / len(own)) for said, _, _ in own]
            curves[name] = isotonic([*own, *prior])
    return curves


def _at(curve: Sequence[tuple[float, float]], said: float) -> float:
    return float(np.interp(said, [x for x, _ in curve], [y for _, y in curve]))


def write(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """The curves as the module that `calibration` reads."""
    lines = "".join(f"    {name!r}: {list(curve)!r},\n".replace("'", '"') for name, curve in curves.items())
    head = '"""Curves of `calibration`; written by `benchmarks/calibration.py --fit`, not by hand."""\n\n'
    body = f"CURVES: dict[str, list[tuple[float, float]]] = {{\n{lines}}}  # fmt: skip\n"
    path.write_text(f"{head}from __future__ import annotations\n\n{body}", encoding="utf-8")


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
    made.add_argument("--fit", type=Path, default=None, help="fit on dev's gold and write the curves' module there")
    made.add_argument("--card", action="store_true", help="write the tables into the model card")
    options = made.parse_args()
    extractor = SpacyExtractor()
    gold = gold_tuples(options.data, "dev" if options.fit else options.split)
    gold = dict(list(gold.items())[: options.limit])
    said = triples(extractor, gold)
    if options.fit:
        write(fit(said), options.fit)
        return
    parts = {
        "Clause facts": facts(extractor, gold),
        "Triples, as the rules weigh them": [(confidence, right) for _, confidence, right in said],
        "Triples, calibrated": [(calibrated(name, confidence), right) for name, confidence, right in said],
    }
    for name, found in parts.items():
        note(name)
        for row in table(found):
            note(row)
    if options.card:
        text = CARD.read_text(encoding="utf-8")
        before, _, rest = text.partition(_MARKS[0])
        CARD.write_text(before + card(parts, options.split) + rest.partition(_MARKS[1])[2], encoding="utf-8")
    for name, key in (("fact", "Clause facts"), ("rule", list(parts)[1]), ("triple", list(parts)[2])):
        figure(f"{name} calibration error", calibration_error(parts[key]))
        figure(f"{name} brier", brier(parts[key]))


if __name__ == "__main__":
    main()
