"""Open extraction on CaRB, beside OpenIE5 on the same sentences through the same scorer, and what the rules cost.

The sentences are those of CaRB's development set that OpenIE5 has output for (559 of 641; the split halves them).
`--fit FILE` fits the weights of `clew/ingest/fact_confidence.py` on the `dev` half's gold and writes them there.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from carb_score import Score, Tuple, curve, pairs, score
from common import arguments, figure, note, readable, split_of

from clew.ingest.extract.facts.fact_confidence import features
from clew.ingest.extract.facts.facts import Fact, facts, with_statements
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.parses import columns, spaced

_ARGUMENT = re.compile(r"(?:Simple|Temporal|Spatial)Argument\((.*?),List\(")
_RELATION = re.compile(r"Relation\((.*?),List\(")
_ROUNDS = 5


def gold_tuples(data: Path, split: str) -> dict[str, list[Tuple]]:
    """CaRB's gold by sentence."""
    found: dict[str, list[Tuple]] = {}
    for line in readable(data / "carb" / "dev.tsv").read_text(encoding="utf-8").splitlines():
        sentence, relation, *parts = (cell.strip() for cell in line.split("\t"))
        if split in ("all", split_of(sentence)):
            found.setdefault(sentence, []).append(Tuple(relation, tuple(filter(None, parts))))
    return found


def openie5_tuples(data: Path) -> dict[str, list[Tuple]]:
    """OpenIE5's output by sentence; extractions without a second argument are left out, as CaRB's own reader does."""
    found: dict[str, list[Tuple]] = {}
    for line in readable(data / "carb" / "dev_openie5_output.txt").read_text(encoding="utf-8").splitlines():
        confidence, _, first, relation, rest, sentence = (cell.strip() for cell in line.split("\t")[:6])
        said = found.setdefault(sentence, [])
        verbs = _RELATION.findall(relation)
        parts = _ARGUMENT.findall(first) + _ARGUMENT.findall(rest)
        if len(parts) > 1 and verbs:
            said.append(Tuple(verbs[0], tuple(parts), float(confidence)))
    return found


def to_tuple(fact: Fact) -> Tuple:
    """The fact as CaRB has it: a relation, and arguments in order."""
    parts = (fact.subject, fact.object, *(phrase for _, phrase in fact.others))
    return Tuple(fact.predicate.text, tuple(part.text for part in parts if part.text), fact.confidence)


def our_tuples(extractor: SpacyExtractor, sentences: Sequence[str]) -> dict[str, list[Tuple]]:
    """Clew's facts by sentence, repeated ones once."""
    parses = extractor.parses(sentences, tokenised=True)
    return {
        sentence: list(dict.fromkeys(map(to_tuple, facts(sentence, parse))))
        for sentence, parse in zip(sentences, parses, strict=True)
    }


def speed(extractor: SpacyExtractor, sentences: Sequence[str]) -> tuple[float, float]:
    """Seconds of the rules and of the bare pipe over the sentences, the best of five rounds each.

    The rules are timed on the pipe's docs: the difference of two long times would be mostly noise.
    """
    rules, bare = [], []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        docs = list(extractor._nlp.pipe(map(extractor._split, sentences), batch_size=extractor.batch_size))
        middle = time.perf_counter()
        for sentence, doc in zip(sentences, docs, strict=True):
            facts(sentence, columns(doc, spaced(sentence)))
        rules.append(time.perf_counter() - middle)
        bare.append(middle - start)
    return min(rules), min(bare)


def fit(extractor: SpacyExtractor, gold: Mapping[str, Sequence[Tuple]], *, penalty: float = 5.0) -> dict[str, float]:
    """Weights by Newton's method on the cross-entropy with soft targets and a ridge penalty on all but the bias."""
    rows: list[dict[str, float]] = []
    targets: list[float] = []
    for sentence, parse in zip(gold, extractor.parses(gold, tokenised=True), strict=True):
        found = with_statements(sentence, parse)
        by_tuple = {to_tuple(fact): dict(features(parse, statement)) for fact, statement in reversed(found)}
        said = list(by_tuple)
        matched = pairs(gold[sentence], said)
        rows += by_tuple.values()
        targets += [sum(matched[place]) / 2 if place in matched else 0.0 for place in range(len(said))]
    counts: dict[str, int] = {}
    for row in rows:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    names = ["bias", *sorted(name for name, count in counts.items() if count >= 3)]
    matrix = np.array([[row.get(name, float(name == "bias")) for name in names] for row in rows])
    ridge = penalty * np.array([float(name != "bias") for name in names])
    weights = np.zeros(len(names))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (chance - np.array(targets)) + ridge * weights
        bend = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.diag(ridge + 1e-9)
        weights -= np.linalg.solve(bend, slope)
    return dict(zip(names, weights.round(3).tolist(), strict=True))


def write_weights(weights: Mapping[str, float], path: Path) -> None:
    """The weights as the module that `fact_confidence` reads."""
    lines = "".join(f'    "{name}": {value},\n' for name, value in sorted(weights.items()) if value)
    head = '"""Weights of `fact_confidence`; written by `benchmarks/openie.py --fit`, not by hand."""\n\n'
    path.write_text(
        f"{head}from __future__ import annotations\n\nWEIGHTS: dict[str, float] = {{\n{lines}}}\n", encoding="utf-8"
    )


def reliability(gold: Mapping[str, Sequence[Tuple]], ours: Mapping[str, Sequence[Tuple]]) -> None:
    """A line for each fifth of the confidence: how many facts, their mean confidence, what they share with the gold."""
    rows: list[tuple[float, float]] = []
    for sentence, tuples in gold.items():
        matched = pairs(tuples, ours[sentence])
        rows += [(fact.confidence, sum(matched.get(place, (0.0,))) / 2) for place, fact in enumerate(ours[sentence])]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        some = np.array([row for row in rows if low <= row[0] < low + 0.2])
        if len(some):
            said, shared = some.mean(axis=0)
            note(f"confidence {low:.1f}-{low + 0.2:.1f}: {len(some)} facts, mean {said:.2f}, shared {shared:.2f}")


def show(name: str, found: Score) -> None:
    """A line for people."""
    note(
        f"{name}: F1 {100 * found.f1:.1f}, precision {100 * found.precision:.1f}, recall {100 * found.recall:.1f},"
        f" AUC {100 * found.auc:.1f}"
    )


def parser() -> argparse.ArgumentParser:
    """All options."""
    made = arguments(str(__doc__).splitlines()[0], split=True)
    made.add_argument("--model", default=None, help="another spaCy pipeline with Universal Dependencies")
    made.add_argument("--fit", type=Path, default=None, help="fit on dev's gold and write the weights' module there")
    return made


def main() -> None:
    """Measure, then print the figures."""
    options = parser().parse_args()
    extractor = SpacyExtractor(options.model)
    if options.fit:
        write_weights(fit(extractor, gold_tuples(options.data, "dev")), options.fit)
        return
    other = openie5_tuples(options.data)
    every = gold_tuples(options.data, options.split)
    sentences = [sentence for sentence in every if sentence in other][: options.limit]
    gold = {sentence: every[sentence] for sentence in sentences}
    ours = our_tuples(extractor, sentences)
    found, theirs = score(gold, ours), score(gold, other)
    show(f"Clew, {len(sentences)} sentences, {sum(map(len, ours.values()))} facts", found)
    show("OpenIE5", theirs)
    reliability(gold, ours)
    threshold = next(at for at, precision, _ in curve(gold, ours) if precision == found.precision) if ours else 0.0
    note(f"best threshold of confidence: {threshold}")
    rules, bare = speed(extractor, sentences)
    note(f"bare pipe: {len(sentences) / bare:.0f} sentences per second")
    figure("f1", 100 * found.f1)
    figure("auc", 100 * found.auc)
    figure("precision", 100 * found.precision)
    figure("recall", 100 * found.recall)
    figure("openie5 f1", 100 * theirs.f1)
    figure("sentences per second", len(sentences) / (bare + rules))
    figure("rules overhead", rules / bare)


if __name__ == "__main__":
    main()
