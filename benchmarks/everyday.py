"""Folders of everyday documents, each ingested with the default settings in one run and asked what a person would ask.

`--data FOLDER` holds a folder a corpus and `questions.json`: {corpus: [{question, answer, also, kind, evidence}]}. An
answer is right where its first statement or candidate holds the gold answer or one of its other forms (of a list: every
member; of a yes or no: says so), wrong where it names something else, and abstained where it names nothing. A question
without a gold answer has none in its folder: it is right to abstain there, and counted apart.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import ROOT, arguments, figure, note, readable, split_of

if TYPE_CHECKING:
    from clew import Answer, KnowledgeGraph

CASES = ROOT.parent / "shared" / "cases" / "everyday"


@dataclass(frozen=True)
class Asked:
    """A question with its gold forms, and what became of it: `right`, `wrong` or `abstained`."""

    corpus: str
    question: str
    gold: tuple[str, ...]
    kind: str
    said: str
    verdict: str


def words(text: str) -> list[str]:
    """The words of a text, caseless, without accents, articles and thousands' marks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"(?<=\d)[,\u202f ](?=\d{3}\b)", "", plain)
    return [word for word in re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", plain) if word not in {"a", "an", "the"}]


def holds(text: str, form: str) -> bool:
    """Whether the words of `form` stand in `text`, one after the other."""
    inside, wanted = words(text), words(form)
    return any(inside[at : at + len(wanted)] == wanted for at in range(len(inside) - len(wanted) + 1)) and bool(wanted)


def is_right(said: list[str], gold: tuple[str, ...], kind: str) -> bool:
    """Whether what was said first holds a gold form; a list holds each of its members somewhere."""
    if kind == "yes-no" or gold[0].casefold() in {"yes", "no"}:
        return bool(said) and words(said[0])[:1] == words(gold[0])
    if any(holds(text, form) for text in said for form in gold):
        return True
    if kind == "list" or re.search(r"\band\b|, ", gold[0]):
        members = [part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", gold[0]) if part.strip()]
        return any(all(holds(text, member) for member in members) for text in said)
    return False


def judged(corpus: str, row: dict[str, Any], answer: Answer) -> Asked:
    """What the answer is worth."""
    gold = tuple(form for form in (row["answer"], *(row.get("also") or ())) if form)
    kind = row.get("kind") or "other"
    first = re.sub(r"\s*\[\d+\]", "", answer.text.split("\n", maxsplit=1)[0])
    named = bool(answer.candidates) and not answer.abstained
    said = [first, *(candidate.name for candidate in answer.candidates[:1])] if named else []
    right = bool(gold) and named and is_right(said, gold, kind)
    verdict = "right" if right else "wrong" if named else "abstained"
    return Asked(corpus, row["question"], gold, kind if gold else "unanswerable", first, verdict)


def ask_all(kg: KnowledgeGraph, corpus: str, rows: list[dict[str, Any]], split: str) -> list[Asked]:
    """The questions of one corpus on this side of the split, asked and judged."""
    chosen = [row for row in rows if split in ("all", split_of(row["question"]))]
    return [judged(corpus, row, kg.ask(row["question"])) for row in chosen]


def share(asked: list[Asked], verdict: str) -> float:
    """The percentage of this verdict."""
    return 100.0 * sum(one.verdict == verdict for one in asked) / len(asked) if asked else 0.0


def report(asked: list[Asked], *, verbose: bool) -> None:
    """Every false or missing answer, then the figures."""
    for one in asked:
        if verbose or one.verdict == "wrong":
            gold = one.gold[0] if one.gold else "(none)"
            print(f"{one.verdict:9} {one.corpus}/{one.kind}: {one.question} | gold: {gold} | said: {one.said[:160]}")
    answerable = [one for one in asked if one.gold]
    figure("right", share(answerable, "right"))
    figure("wrong", share(answerable, "wrong"))
    figure("abstained", share(answerable, "abstained"))
    figure("unanswerable abstained", share([one for one in asked if not one.gold], "abstained"))
    for kind in sorted(Counter(one.kind for one in answerable)):
        figure(f"{kind} right", share([one for one in answerable if one.kind == kind], "right"))


def main() -> None:
    """Each folder is ingested and asked, and the figures are printed."""
    parser = arguments(__doc__ or "", split=True)
    parser.set_defaults(data=CASES)
    parser.add_argument("--verbose", action="store_true", help="print every question, not the false answers alone")
    parser.add_argument("--keep", type=Path, default=None, help="keep the knowledge bases in this folder, or use them")
    options = parser.parse_args()
    import clew

    questions = json.loads(readable(options.data / "questions.json").read_text(encoding="utf-8"))
    asked: list[Asked] = []
    with tempfile.TemporaryDirectory() as scratch:
        for corpus, rows in list(questions.items())[: options.limit]:
            place = (options.keep or Path(scratch)) / corpus
            there = place.exists()
            place.parent.mkdir(parents=True, exist_ok=True)
            with clew.open(place) as kg:
                if not there:
                    made = kg.ingest(options.data / corpus)
                    note(f"{corpus}: {made.added} documents, {made.chunks} chunks, {made.triples} triples")
                asked += ask_all(kg, corpus, rows, options.split)
    report(asked, verbose=options.verbose)


if __name__ == "__main__":
    main()
