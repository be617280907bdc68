"""The questions of `reading/`: which are for training, and the texts around them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SETS = ("qamr", "natural_questions_qed", "fairytaleqa", "covidqa", "squad_sentences")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?!\s)[^.!?\n]+)*[.!?]*[\"'”’)]*\s*|\n\s*")
_NAMES = re.compile(r"[A-Z][\w'’-]*(?:\s+(?:(?:of|the|de|von|van)\s+)?[A-Z][\w'’-]*)*")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A question, the text that answers it and the acceptable spans; `place` is the number of the text in its file.
    Of some rows only the text is known, and they have no spans."""

    set: str
    question: str
    text: str
    source: str
    spans: tuple[Span, ...]
    place: int


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of a set, in the order of its file."""
    found: list[Row] = []
    places: dict[str, int] = {}
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = row.get("context") or row["sentence"]
            spans = {_trim(text, one["start"], one["start"] + len(one["text"])) for one in row.get("answers", ())}
            place = places.setdefault(text, len(places))
            found.append(Row(name, row["question"], text, row.get("source", ""), tuple(sorted(spans)), place))
    return found


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def side(question: str) -> str:
    """`report` for the half that figures are reported on; of the other half a tenth is `held` for calibration, the rest
    is `train`."""
    digest = hashlib.sha256(question.encode()).digest()
    if digest[1] % 2:
        return "report"
    return "held" if digest[2] % 10 == 0 else "train"


def sentences(text: str) -> list[Span]:
    """The spans of sentences, roughly: what stands between marks that end one, and lines."""
    found = [_trim(text, *match.span()) for match in _SENTENCE.finditer(text)]
    return [span for span in found if span[0] < span[1]]


def names(text: str) -> list[Span]:
    """The spans of runs of capitalised words."""
    return [match.span() for match in _NAMES.finditer(text)]


def other_passages(data: Path) -> Iterator[tuple[str, str]]:
    """Titles and texts of passages that hold no question's answer on purpose."""
    for name in ("2wiki", "musique"):
        for passage in json.loads((data / name / "corpus.json").read_text(encoding="utf-8")):
            yield passage["title"], passage["text"]


def answers(row: Row) -> list[str]:
    """The answers' words."""
    return [row.text[start:end] for start, end in row.spans]


def holds(text: str, said: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text."""
    low = text.lower()
    return any(one.lower().removeprefix("the ").removeprefix("a ") in low for one in said)
