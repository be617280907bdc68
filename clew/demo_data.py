"""The demonstration: 600 Wikipedia passages and questions about them, in the repository and in the package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from clew.graph.errors import SourceError


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question that the passages titled `titles` answer; `kind` is its data set's type of question, `shown` true
    where `clew demo` asks it."""

    question: str
    answer: str
    titles: tuple[str, ...]
    kind: str = ""
    shown: bool = False


def demo_folder() -> Path:
    """The folder that holds `passages.jsonl` and `questions.jsonl`."""
    here = Path(__file__).resolve().parent
    for folder in (here / "demo", here.parent / "examples" / "wikipedia"):
        if (folder / "passages.jsonl").is_file():
            return folder
    raise SourceError("The demonstration's passages are not in this installation.", hint="Install Clew again.")


def demo_questions() -> list[DemoQuestion]:
    """The questions, those that `clew demo` asks first."""
    rows = (demo_folder() / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(row) for row in rows if row.strip()]
    questions = [
        DemoQuestion(
            item["question"], item["answer"], tuple(item["gold_titles"]), item.get("type", ""), bool(item.get("demo"))
        )
        for item in records
    ]
    return sorted(questions, key=lambda question: not question.shown)


__all__ = ["DemoQuestion", "demo_folder", "demo_questions"]
