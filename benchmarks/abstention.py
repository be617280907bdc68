"""How well the probability of an answer tells right from wrong: risk against coverage, and calibration.

Questions of everyday folders (and of any set that `multihop.py --save` wrote) with what was answered and how sure. With
`--fit` the weights of `retrieval/judge/weigh.py` are fitted on the development half and printed.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from common import arguments, figure, note, readable, split_of
from everyday import CASES, is_right

if TYPE_CHECKING:
    from clew import KnowledgeGraph
    from clew.retrieval.judge.weigh import Judged

PENALTY = 1.0  # of the squares by which weights leave where they start, in the fit


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
            right = first is not None and bool(gold) and is_right([first.name], gold, row.get("kind") or "")
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

KINDS = ("SPAN", "TRIPLE", "PATH")


@dataclass(frozen=True)
class Asked:
    """All grounds for a question: their `features` [grounds, all weights], the number of each one's answer and kind,
    and which answers are right."""

    features: torch.Tensor
    answers: torch.Tensor
    kinds: torch.Tensor
    right: torch.Tensor


def scores(weights: torch.Tensor, asked: Asked) -> torch.Tensor:
    """The logarithm of each answer's odds against none, as `weigh` has it: its best ground of each kind adds up."""
    answers = len(asked.right)
    best = torch.full((answers * len(KINDS),), -60.0, dtype=torch.float64)
    best = best.scatter_reduce(0, asked.answers * len(KINDS) + asked.kinds, asked.features @ weights, "amax")
    return torch.logsumexp(best.view(answers, len(KINDS)), 1)


def loss(weights: torch.Tensor, asked: Sequence[Asked]) -> torch.Tensor:
    """Minus the logarithm of the probability of the right answers, of none where there is no right one."""
    total = torch.zeros((), dtype=torch.float64)
    for one in asked:
        own = scores(weights, one)
        every = torch.logsumexp(torch.cat([torch.zeros(1, dtype=torch.float64), own]), 0)
        total = total + every - (torch.logsumexp(own[one.right], 0) if bool(one.right.any()) else 0.0)
    return total


def fitted(asked: Sequence[Asked], start: torch.Tensor) -> torch.Tensor:
    """The weights of the conditional logit, held near `start` where the questions say little."""
    weights = start.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimizer.zero_grad()
        value = loss(weights, asked) + PENALTY * ((weights - start) ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach()


def names_of_weights() -> list[tuple[str, str]]:
    """(kind, feature) of every weight, in order."""
    from clew.retrieval.judge import weigh

    return [(kind, feature) for kind in KINDS for feature in getattr(weigh, kind)]


def fit(places: Sequence[tuple[Path, str]], keep: Path) -> None:
    """The weights for spans, triples and paths, printed."""
    from clew.retrieval.judge import weigh

    names = names_of_weights()
    asked: list[Asked] = []
    for place, split in places:
        for kg, rows in folders(place, split, keep / place.name):
            for row in rows:
                gold, kind = gold_of(row), row.get("kind") or ""
                if kind == "yes-no" or gold[:1] in {("yes",), ("no",)}:
                    continue
                asked.append(features_of(answers_of(kg, row["question"]), gold, kind, names))
    note(f"{len(asked)} questions, {sum(bool(one.right.any()) for one in asked)} with a right answer")
    start = torch.tensor([getattr(weigh, kind)[feature] for kind, feature in names], dtype=torch.float64)
    weights = fitted([one for one in asked if len(one.right)], start)
    for kind in KINDS:
        print(kind, {f: round(float(w), 2) for (k, f), w in zip(names, weights, strict=True) if k == kind})


def features_of(
    groups: Sequence[Sequence[Judged]], gold: tuple[str, ...], kind: str, names: Sequence[tuple[str, str]]
) -> Asked:
    """The grounds of a question's answers as numbers; one member of several makes an answer right."""
    forms = part_of(gold) if gold else ()
    right = [bool(forms) and any(is_right([one.name], forms, kind) for one in group) for group in groups]
    grounds = [(number, one.grounds[0]) for number, group in enumerate(groups) for one in group]
    rows = [
        [{**ground.features, "": 1.0}.get(feature, 0.0) if of == ground.kind.upper() else 0.0 for of, feature in names]
        for _, ground in grounds
    ]
    return Asked(
        torch.tensor(rows, dtype=torch.float64).reshape(len(rows), len(names)),
        torch.tensor([number for number, _ in grounds], dtype=torch.long),
        torch.tensor([KINDS.index(ground.kind.upper()) for _, ground in grounds], dtype=torch.long),
        torch.tensor(right, dtype=torch.bool),
    )


def part_of(gold: tuple[str, ...]) -> tuple[str, ...]:
    """The gold forms, with each member of a list."""
    members = re.split(r",\s*(?:and\s+)?|\s+and\s+", gold[0])
    return (*gold, *(member for member in members if len(members) > 1 and member.strip()))


def answers_of(kg: KnowledgeGraph, question: str) -> list[list[Judged]]:
    """Every span, triple and path for a question, those of one answer together."""
    from clew.retrieval.answer import look, walked
    from clew.retrieval.compose import Asking
    from clew.retrieval.decide import ends, together
    from clew.retrieval.judge.weigh import alone, grouped

    found = kg.retrieve(question)
    _, verdict = walked(found, kg.store, kg._parse)
    asking = Asking(kg.store, kg._parse, kg._read, partial(look, store=kg.store, embedder=kg.embedder))
    outcome = asking.one(question, found.question, found.seeds, together(found))
    return grouped(alone(outcome.spans, outcome.triples, ends(found, verdict), question))


def main() -> None:
    """The figures of every set, or the fit."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of everyday corpora with questions.json")
    parser.add_argument("--keep", type=Path, default=None, help="keep the knowledge bases in this folder, or use them")
    parser.add_argument("--fit", action="store_true", help="fit the weights on folders/ and the development half")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        keep = options.keep or Path(scratch)
        if options.fit:
            own = [(Path(__file__).parent / "folders", "all"), (options.cases, "dev")]
            fit(own, keep)
            return
        found = said(options.cases, options.split, keep / options.cases.name)
    figure("everyday risk at 80", risk_at(found, 0.8))
    figure("everyday area", area(found))
    figure("everyday similarity area", area(found, "similarity"))
    figure("calibration error", calibration_error(found))


if __name__ == "__main__":
    main()
