"""Passages and questions of several steps in one form, whatever the set: 2Wiki, MuSiQue, HotpotQA."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from common import Question, passages, questions, readable, split_of

from clew.ingest.load.decode import clean

SETS = ("2wiki", "musique", "hotpotqa")
_SEED, _IN_A_FILE = 7, 20


@dataclass(frozen=True)
class Passage:
    """A passage with its `key`: its title, with a number behind it where another before it has the same."""

    key: str
    title: str
    text: str


def passages_of(data: Path, name: str) -> list[Passage]:
    """The set's passages, in the order of its file."""
    if name == "2wiki":
        rows = [(row["title"], row["text"]) for row in passages(data)]
    else:
        corpus = json.loads(readable(data / name / "corpus.json").read_text(encoding="utf-8"))
        each = corpus.items() if isinstance(corpus, dict) else ((row["title"], row["text"]) for row in corpus)
        rows = [(title, "".join(text)) for title, text in each]
    seen: Counter[str] = Counter()
    found = []
    for title, text in rows:
        key = clean(title).strip()
        seen[key] += 1
        found.append(Passage(f"{key} [{seen[key]}]" if seen[key] > 1 else key, title, text))
    return found


def questions_of(data: Path, name: str, found: Sequence[Passage], *, split: str, limit: int | None) -> list[Question]:
    """The set's questions on this side of the split; their gold titles are keys of the passages."""
    by_text = {(one.title, one.text): one.key for one in found}
    by_title = {one.title: one.key for one in reversed(found)}
    if name == "2wiki":
        asked = questions(data, split=split, limit=limit)
    else:
        rows = json.loads(readable(data / name / "questions.json").read_text(encoding="utf-8"))
        chosen = [row for row in rows if split in ("all", split_of(row["question"]))][:limit]
        if name == "hotpotqa":
            asked = [
                Question(
                    row["question"], row["answer"], row["type"], tuple(title for title, _ in row["supporting_facts"])
                )
                for row in chosen
            ]
        else:
            return [_musique(row, by_text, by_title) for row in chosen]
    return [replace(one, gold_titles=_unique(by_title.get(title, title) for title in one.gold_titles)) for one in asked]


def _musique(row: dict[str, Any], by_text: dict[tuple[str, str], str], by_title: dict[str, str]) -> Question:
    held = [(part["title"], part["paragraph_text"]) for part in row["paragraphs"] if part["is_supporting"]]
    gold = _unique(by_text.get((title, text)) or by_title.get(title, title) for title, text in held)
    return Question(row["question"], row["answer"], str(row["id"]).partition("__")[0], gold)


def _unique(keys: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def write_titled(found: Sequence[Passage], folder: Path) -> dict[str, str]:
    """The passages as one file of records, called by their titles; returns the key of each record's id."""
    rows = [{"id": one.key, "title": one.title, "text": one.text} for one in found]
    _write(folder / "corpus.jsonl", rows)
    return {one.key: one.key for one in found}


def write_untitled(found: Sequence[Passage], folder: Path) -> dict[str, str]:
    """The passages without their titles, in an order that says nothing, numbered, twenty of them a file; returns the
    key of each record's id."""
    shuffled = list(found)
    random.Random(_SEED).shuffle(shuffled)
    rows = [{"id": str(number), "text": one.text} for number, one in enumerate(shuffled)]
    for start in range(0, len(rows), _IN_A_FILE):
        _write(folder / f"{start // _IN_A_FILE:04}.jsonl", rows[start : start + _IN_A_FILE])
    return {str(number): one.key for number, one in enumerate(shuffled)}


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


__all__ = ["SETS", "Passage", "passages_of", "questions_of", "write_titled", "write_untitled"]
