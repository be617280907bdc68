"""Files of questions whose answers are known: MetaQA's text format, and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.gnn.example import Example
from clew.graph.errors import InputError, QueryError

FORMS = (
    'Write lines such as: who directed [Airheads]<TAB>Michael Lehmann, or JSON lines with "question", "seeds" and '
    '"answers" (lists of names).'
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a file has it, by names: `spans[i]` is where `seeds[i]` stands in the question. `where` says which
    line it is."""

    question: str
    spans: tuple[tuple[int, int], ...]
    seeds: tuple[str, ...]
    answers: tuple[str, ...]
    path: tuple[tuple[str, bool], ...] = ()
    where: str = ""


def read_questions(file: Path) -> list[Asked]:
    """The questions of a file: `question with [seed]<TAB>answer|answer`, or, where the name ends in jsonl, objects with
    `question`, `seeds`, `answers` and perhaps `path` ([[relation, forward], ...]). Raises InputError naming the line.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"The questions in {file} cannot be read: {why}.", hint=FORMS) from error
    parse = _from_json if file.suffix.lower() in {".jsonl", ".ndjson"} else _from_line
    found = [
        parse(line, f"{file}, line {number}") for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    ]
    if not found:
        raise InputError(f"{file} holds no question.", hint=FORMS)
    return found


def _from_line(line: str, where: str) -> Asked:
    question, tab, answers = line.partition("\t")
    start, end = question.find("["), question.find("]")
    names = tuple(name.strip() for name in answers.split("|") if name.strip())
    if not tab or not 0 <= start < end - 1 or not names:
        raise InputError(f"{where} is no question with a [seed], a tab and answers: {line[:80]!r}.", hint=FORMS)
    seed = question[start + 1 : end]
    text = question[:start] + seed + question[end + 1 :]
    return Asked(text, ((start, start + len(seed)),), (seed,), names, (), where)


def _from_json(line: str, where: str) -> Asked:
    try:
        row: Mapping[str, Any] = json.loads(line)
        question, seeds, answers = str(row["question"]), _names(row["seeds"]), _names(row["answers"])
        path = tuple((str(relation), bool(forward)) for relation, forward in row.get("path") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where} is no question: {error!r}.", hint=FORMS) from error
    spans = tuple(_place(question, seed) for seed in seeds)
    if not question.strip() or not seeds or not answers or (-1, -1) in spans:
        missing = next((seed for seed, span in zip(seeds, spans, strict=True) if span == (-1, -1)), "")
        what = f"does not name its seed {missing!r}" if missing else "has an empty question, seeds or answers"
        raise InputError(f"{where} {what}.", hint=FORMS)
    return Asked(question, spans, seeds, answers, path, where)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value)


def _place(question: str, seed: str) -> tuple[int, int]:
    start = question.casefold().find(seed.casefold())
    return (start, start + len(seed)) if start >= 0 else (-1, -1)


def resolve(asked: Iterable[Asked], find: Callable[[str], Sequence[str]]) -> tuple[list[Example], list[str]]:
    """The questions by ids, and for each that cannot be, why. `find` gives the nodes that go by a name, best first.

    A question is left out where the graph has no node for one of its seeds; answers that it lacks count as wrong, as
    they cannot be given. Raises QueryError where nothing is left.
    """
    found: list[Example] = []
    problems: list[str] = []
    for item in asked:
        seeds = [list(find(name))[:1] for name in item.seeds]
        missing = [name for name, ids in zip(item.seeds, seeds, strict=True) if not ids]
        if missing:
            problems.append(f"{item.where}: the graph has no entity {missing[0]!r}")
            continue
        answers = {id_ for name in item.answers for id_ in (list(find(name)) or [f"unknown:{name}"])}
        ids = tuple(seed[0] for seed in seeds)
        found.append(Example(item.question, item.spans, ids, tuple(sorted(answers)), item.path))
    if not found:
        raise QueryError(
            f"None of the {len(problems):,} questions can be asked of this graph; {problems[0] if problems else ''}.",
            hint="Give questions whose seeds are entities of this knowledge base.",
        )
    return found, problems


def write_questions(examples: Iterable[Example], names: Callable[[str], str]) -> Iterator[str]:
    """JSON lines that `read_questions` reads; `names` gives the name of a node's id."""
    for example in examples:
        row = {
            "question": example.question,
            "seeds": [example.question[start:end] for start, end in example.spans],
            "answers": [names(answer) for answer in example.answers],
            "path": [list(step) for step in example.path],
        }
        yield json.dumps(row, ensure_ascii=False)
