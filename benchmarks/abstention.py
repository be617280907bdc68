"""How well the probability of an answer tells right from wrong: risk against coverage, and calibration.

Questions of everyday folders (and of any set that `multihop.py --save` wrote) with what was answered and how sure. With
`--fit` the weights of `retrieval/judge/weigh.py` are fitted on the development half and printed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from common import arguments, figure, note, readable, split_of
from everyday import CASES, is_right

if TYPE_CHECKING:
    from clew import KnowledgeGraph
    from clew.retrieval.judge.weigh import Judged

Array = npt.NDArray[np.float64]
PENALTY = 0.02  # of the weights' squares, in the fit


@dataclass(frozen=True)
class Said:
    """How sure the first answer to a question was, without any threshold, and whether it was right; `similarity` is the
    cosine of the best passage, the plain measure to compare with."""

    sure: float
    right: bool
    similarity: float
    answerable: bool = True


def folders(place: Path, split: str, keep: Path) -> Iterator[tuple[KnowledgeGraph, list[dict[str, Any]]]]:
    """Each corpus ingested, with its questions on this side of the split."""
    import clew

    questions = json.loads(readable(place / "questions.json").read_text(encoding="utf-8"))
    for corpus, rows in questions.items():
        with clew.open(keep / corpus) as kg:
            if not kg.status().counts.documents:
                kg.ingest(place / corpus)
            yield kg, [row for row in rows if split in ("all", split_of(row["question"]))]


def gold_of(row: dict[str, Any]) -> tuple[str, ...]:
    """All forms of the answer."""
    return tuple(form for form in (row["answer"], *(row.get("also") or ())) if form)


def said(place: Path, split: str, keep: Path) -> list[Said]:
    """What is answered to every question when nothing is held back."""
    found = []
    for kg, rows in folders(place, split, keep):
        for row in rows:
            answer = kg.ask(row["question"], sure=0.0)
            gold = gold_of(row)
            first = answer.candidates[0] if answer.candidates else None
            right = bool(gold and first) and is_right([first.name], gold, row.get("kind") or "")
            cosine = kg.store.search_vectors("chunk", kg.embedder.encode([row["question"]])[0], 1)
            found.append(Said(first.score if first else 0.0, right, cosine[0].score if cosine else 0.0, bool(gold)))
    return found


def risk_at(found: Sequence[Said], coverage: float, key: str = "sure") -> float:
    """The share of wrong answers, in percent, among the surest `coverage` of the questions."""
    ordered = sorted(found, key=lambda one: -getattr(one, key))[: max(1, round(coverage * len(found)))]
    return 100.0 * sum(not one.right for one in ordered) / len(ordered)


def area(found: Sequence[Said], key: str = "sure") -> float:
    """The mean risk over all coverages, in percent."""
    return float(np.mean([risk_at(found, (n + 1) / len(found), key) for n in range(len(found))]))


def calibration_error(found: Sequence[Said], bins: int = 8) -> float:
    """The mean distance between how sure and how often right, over bins of equal size, in percent."""
    ordered = sorted(found, key=lambda one: one.sure)
    parts = [part for part in np.array_split(np.arange(len(ordered)), bins) if len(part)]
    gaps = [
        len(part)
        * abs(float(np.mean([ordered[n].sure for n in part])) - float(np.mean([ordered[n].right for n in part])))
        for part in parts
    ]
    return 100.0 * sum(gaps) / len(ordered)


# -- the fit ---------------------------------------------------------------------------------------------------------


def logistic(rows: Array, labels: Array, weights: Array) -> Array:
    """Weights [features] of the regularised logistic regression, by Newton's method; `weights` weigh the rows."""
    beta = np.zeros(rows.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-rows @ beta))
        gradient = rows.T @ (weights * (p - labels)) + PENALTY * beta * len(rows) / 100
        curve = (rows * (weights * p * (1 - p))[:, None]).T @ rows + PENALTY * np.eye(rows.shape[1]) * len(rows) / 100
        step = np.linalg.solve(curve, gradient)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def fit(place: Path, keep: Path) -> None:
    """The weights for spans and triples, printed."""
    from clew.retrieval.judge.weigh import SPAN, TRIPLE

    rows: dict[str, list[tuple[dict[str, float], bool]]] = {"SPAN": [], "TRIPLE": []}
    for kg, asked in folders(place, "dev", keep):
        for row in asked:
            gold, kind = gold_of(row), row.get("kind") or ""
            if kind == "yes-no" or gold[:1] in {("yes",), ("no",)}:
                continue
            for one in grounds(kg, row["question"]):
                right = bool(gold) and is_right([one.name], gold, "")
                ground = one.grounds[0]
                part = ground.span or ground.triple
                if part is not None:
                    rows["SPAN" if ground.span else "TRIPLE"].append((dict(part.features), right))
    for name, names in (("SPAN", SPAN), ("TRIPLE", TRIPLE)):
        if not rows[name]:
            continue
        features = [feature for feature in names if feature]
        table = np.array([[1.0, *(one.get(feature, 0.0) for feature in features)] for one, _ in rows[name]])
        labels = np.array([float(right) for _, right in rows[name]])
        beta = logistic(table, labels, np.ones(len(labels)))
        note(f"{name}: {len(labels)} rows, {int(labels.sum())} right")
        print(name, {key: round(float(value), 2) for key, value in zip(["", *features], beta, strict=True)})


def grounds(kg: KnowledgeGraph, question: str) -> list[Judged]:
    """Every span and triple for a question, each as an answer of its own."""
    from clew.retrieval.answer import look
    from clew.retrieval.compose import Asking
    from clew.retrieval.decide import together
    from clew.retrieval.judge.weigh import Ground, Judged

    found = kg.retrieve(question)
    asking = Asking(kg.store, kg._parse, kg._read, partial(look, store=kg.store, embedder=kg.embedder))
    outcome = asking.one(question, found.question, found.seeds, together(found))
    spans = [Judged(one.text, "", 0.0, (Ground(0.0, span=one),)) for one in outcome.spans]
    triples = [Judged(one.node.name, "", 0.0, (Ground(0.0, triple=one),)) for one in outcome.triples]
    return spans + [
        one for one in triples if one.grounds[0].triple and one.grounds[0].triple.features["direction"] >= 0
    ]


def main() -> None:
    """The figures of every set, or the fit."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of everyday corpora with questions.json")
    parser.add_argument("--keep", type=Path, default=None, help="keep the knowledge bases in this folder, or use them")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the development half")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        keep = options.keep or Path(scratch)
        if options.fit:
            fit(options.cases, keep)
            return
        found = said(options.cases, options.split, keep)
    figure("everyday risk at 80", risk_at(found, 0.8))
    figure("everyday area", area(found))
    figure("everyday similarity area", area(found, "similarity"))
    figure("calibration error", calibration_error(found))


if __name__ == "__main__":
    main()
