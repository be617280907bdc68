"""Examples made from rows: passages put together from sentences, written in many ways, and passages with no answer."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from clew.retrieval.training.events import reports
from clew.retrieval.training.made import made
from clew.retrieval.training.mining import mined
from clew.retrieval.training.rows import (
    SETS,
    Row,
    Span,
    answers,
    holds,
    names,
    other_passages,
    rows,
    sentences,
    side,
)

SHARES = {  # of the examples
    "qamr": 0.36,
    "fairytaleqa": 0.09,
    "natural_questions_qed": 0.12,
    "covidqa": 0.03,
    "squad_sentences": 0.14,
    "records": 0.12,
    "reports": 0.14,
}
WITHOUT = 0.37  # of the examples have no answer, and more lose it where a window is cut
_MINED = ("qamr", "natural_questions_qed", "squad_sentences")  # the other sets' texts are whole stories and articles
_MADE = {"records": made, "reports": reports}
_JOINTS = (" ", " ", " ", " ", "\n", "\n", "\n\n", "\n- ", "\n* ")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage. `spans` are the answers' characters, any of which will do. Where they are unknown,
    `within` is the sentence that holds one, or None. `answered` is whether the passage answers."""

    question: str
    passage: str
    spans: tuple[Span, ...]
    within: Span | None = None
    answered: bool = True


class Maker:
    """Draws examples from the rows of one side."""

    def __init__(
        self, data: Path, cache: Path, *, kept: str = "train", most: int | None = None, meaning: bool = False
    ) -> None:
        """`data` is the folder of the data sets, `cache` a folder for what was mined; at most `most` rows of a set."""
        self._rows: dict[str, list[Row]] = {}
        self._texts: dict[str, list[str]] = {}
        pool: dict[str, None] = {}
        for name in SETS:
            every = rows(data / "reading", name)
            self._rows[name] = [row for row in every if kept in (side(row.question), "all")][:most]
            self._texts[name] = list(dict.fromkeys(row.text for row in every))
            if name in _MINED:
                pool.update(dict.fromkeys(self._texts[name]))
        others = list(other_passages(data))
        pool.update(dict.fromkeys(text for _, text in others))
        self._pool = list(pool)
        self._lower = set(self._texts.get("squad_sentences", ()))
        self._titles = [title for title, _ in others]
        self._near = self._neighbours(data)
        self._names = self._names_by_length()
        asked = sorted({row.question for name, found in self._rows.items() if name in _MINED for row in found})
        self._asked = {question: number for number, question in enumerate(asked)}
        self._mined = mined(asked, self._pool, cache, meaning=meaning)

    def _neighbours(self, data: Path) -> dict[str, list[str]]:
        """Of each document of qamr its sentences, and of each story its sections."""
        near: dict[str, dict[str, None]] = defaultdict(dict)
        for name in SETS:
            for row in rows(data / "reading", name):
                near[_document(row)][row.text] = None
        return {document: list(texts) for document, texts in near.items()}

    def _names_by_length(self) -> dict[int, list[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for text in self._pool:
            for start, end in names(text):
                found[len(text[start:end].split())].add(text[start:end])
        return {length: sorted(every) for length, every in found.items()}

    def draw(self, rng: random.Random) -> Example:
        """One example more."""
        available = {name: share for name, share in SHARES.items() if name in _MADE or self._rows.get(name)}
        name = rng.choices(list(available), list(available.values()))[0]
        if name in _MADE:
            example = Example(*_MADE[name](rng, self._some_name, without=WITHOUT))
            example = replace(example, answered=bool(example.spans))
        else:
            row = self._drawn(name, rng)
            example = self._without(row, rng) if rng.random() < WITHOUT else self._with(row, rng)
            if name == "squad_sentences":  # its sentences came in small letters, and that must not give them away
                example = replace(example, passage=_small(example.passage))
        return written(example, rng)

    def _drawn(self, name: str, rng: random.Random) -> Row:
        """A row; of stories whose answer is not in the text word for word a few only."""
        row = rng.choice(self._rows[name])
        while name == "fairytaleqa" and not row.spans and rng.random() < 0.85:
            row = rng.choice(self._rows[name])
        return row

    def rows(self, name: str) -> list[Row]:
        """The rows of a set, in the order of its file."""
        return self._rows[name]

    def with_answer(self, row: Row, rng: random.Random) -> Example:
        """The row's question on a passage that answers it."""
        return self._with(row, rng)

    def without_answer(self, row: Row, rng: random.Random) -> Example:
        """The row's question on a passage that does not, as hard as can be made."""
        return self._without(row, rng)

    def _some_name(self, rng: random.Random) -> str:
        return rng.choice(self._names[rng.choices((1, 2, 3), (3, 5, 1))[0]])

    def _with(self, row: Row, rng: random.Random) -> Example:
        if row.set == "qamr":
            around = [] if rng.random() < 0.33 else self._around(row, rng, rng.randint(1, 3))
            return self._joined(row, around, rng)
        if row.set == "squad_sentences":
            return self._joined(row, self._around(row, rng, rng.randint(1, 3)), rng)
        passage, shift = row.text, 0
        if row.set == "natural_questions_qed" and rng.random() < 0.5 and row.source:
            passage = rng.choice(("# {}\n\n", "{}\n", "{}: ")).format(row.source) + passage
            shift = len(passage) - len(row.text)
        return Example(row.question, passage, tuple((start + shift, end + shift) for start, end in row.spans))

    def _around(self, row: Row, rng: random.Random, many: int) -> list[str]:
        """Sentences to stand beside the row's own."""
        near = [text for text in self._near[_document(row)] if text != row.text]
        found: list[str] = []
        for _ in range(many):
            choice = rng.random()
            if choice < 0.45 and row.set == "squad_sentences":
                texts = self._texts[row.set]
                found.append(texts[min(len(texts) - 1, max(0, row.place + rng.choice((-3, -2, -1, 1, 2, 3))))])
            elif choice < 0.45 and near:
                found.append(rng.choice(near))
            elif choice < 0.85:
                found.append(self._hard(row, rng))
            else:
                found.append(rng.choice(self._pool))
        said = answers(row)
        return [text for text in dict.fromkeys(found) if text != row.text and not (said and holds(text, said))]

    def _hard(self, row: Row, rng: random.Random) -> str:
        """A text that looks like an answer, or a few of its sentences."""
        if row.set not in _MINED:
            return rng.choice(self._pool)
        numbers: list[int] = self._mined[self._asked[row.question]].tolist()
        chosen = [self._pool[number] for number in numbers]
        if row.set != "squad_sentences":
            chosen = [text for text in chosen if text not in self._lower] or chosen
        text = rng.choice(chosen)
        if len(text) < 300:
            return text
        spans = sentences(text)
        first = rng.randrange(max(1, len(spans) - 1))
        return text[spans[first][0] : spans[min(len(spans) - 1, first + rng.randint(0, 2))][1]]

    def _joined(self, row: Row, around: list[str], rng: random.Random) -> Example:
        """The row's sentence among others, its spans moved along."""
        own = rng.randint(0, len(around))
        joint = rng.choice(_JOINTS)
        before = "".join(text + joint for text in around[:own])
        passage = before + row.text + "".join(joint + text for text in around[own:])
        moved = tuple((start + len(before), end + len(before)) for start, end in row.spans)
        within = None if moved else (len(before), len(before) + len(row.text))
        return Example(row.question, passage, moved, within)

    def _without(self, row: Row, rng: random.Random) -> Example:
        for _ in range(4):
            kind = rng.random()
            if row.set not in _MINED:
                kind = 0.25 + 0.35 * kind
            found = None
            if kind < 0.25:
                found = self._stranger(row, rng)
            elif kind < 0.4:
                found = self._other_question(row, rng)
            elif kind < 0.6:
                found = self._cut_out(row, rng)
            found = found or self._lookalikes(row, rng)
            if found:
                return found
        return Example(row.question, rng.choice(self._pool), (), answered=False)

    def _stranger(self, row: Row, rng: random.Random) -> Example | None:
        """The passage speaks of another than the question: a name that both hold is another name in the passage."""
        low, shared = row.question.lower(), []
        for start, end in names(row.text):
            name = row.text[start:end]
            if len(name) > 3 and name.lower() in low and not holds(name, answers(row)):
                shared.append(name)
        if not shared:
            return None
        name = max(shared, key=len)
        fresh = rng.choice(self._names.get(len(name.split()), self._names[1]))
        if fresh.lower() in low:
            return None
        if rng.random() < 0.5 and name in row.question:
            changed = replace(row, question=row.question.replace(name, fresh))
        else:
            changed = replace(row, text=row.text.replace(name, fresh))
        around = self._around(row, rng, rng.randint(0, 3))
        passage = self._joined(replace(changed, spans=((0, 0),)), around, rng).passage
        return Example(changed.question, passage, (), answered=False)

    def _other_question(self, row: Row, rng: random.Random) -> Example | None:
        """The row's question on another sentence of the same document or story."""
        near = [text for text in self._near[_document(row)] if text != row.text]
        if row.set == "squad_sentences":
            texts = self._texts[row.set]
            near = [text for text in texts[max(0, row.place - 4) : row.place + 5] if text != row.text]
        chosen = rng.sample(near, min(len(near), rng.randint(1, 3)))
        chosen = [text for text in chosen if not (row.spans and holds(text, answers(row)))]
        joint = rng.choice(_JOINTS)
        return Example(row.question, joint.join(chosen), (), answered=False) if chosen else None

    def _cut_out(self, row: Row, rng: random.Random) -> Example | None:
        """The passage without the sentences that hold an answer."""
        if row.set in ("qamr", "squad_sentences"):
            around = self._around(row, rng, rng.randint(2, 4))
            return Example(row.question, rng.choice(_JOINTS).join(around), (), answered=False) if around else None
        if not row.spans:
            return None
        kept = [span for span in sentences(row.text) if not holds(row.text[slice(*span)], answers(row))]
        left = [row.text[start:end] for start, end in kept if not any(start < e and s < end for s, e in row.spans)]
        return Example(row.question, " ".join(left), (), answered=False) if len(left) > 1 else None

    def _lookalikes(self, row: Row, rng: random.Random) -> Example | None:
        said = answers(row)
        found = list(dict.fromkeys(self._hard(row, rng) for _ in range(rng.randint(1, 3))))
        found = [text for text in found if text != row.text and row.text not in text and not holds(text, said)]
        return Example(row.question, rng.choice(_JOINTS).join(found), (), answered=False) if found else None


def _document(row: Row) -> str:
    """What a row's neighbours share: `Wiki1k:wikipedia:16016:90:8` is the ninth sentence of paragraph 90 of 16016."""
    if row.set == "qamr":
        return row.source.rsplit(":", 2)[0]
    return f"{row.set} {row.source or row.place // 20}"


def written(example: Example, rng: random.Random) -> Example:
    """The example as people may write it: slips of the pen, broken lines, headings, small letters."""
    question = example.question
    if rng.random() < 0.12:
        question = _slip(question, rng)
    if rng.random() < 0.25:
        question = question.rstrip("?").rstrip()
    if rng.random() < 0.05:
        question = question.rstrip("?") + ", please?"
    passage = example.passage
    if rng.random() < 0.12:
        passage = _wrapped(passage, rng.randint(30, 100))
    if rng.random() < 0.05:
        passage = _small(passage)
    changed = replace(example, question=question, passage=passage)
    found = names(passage) if rng.random() < 0.12 else []
    if found:
        start, end = rng.choice(found)
        return _moved(changed, rng.choice(("# {}\n\n", "{}\n", "## {}\n", "{}\n\n")).format(passage[start:end]))
    return _moved(changed, rng.choice(("- ", "* ", "1. ", "> "))) if rng.random() < 0.04 else changed


def _moved(example: Example, before: str) -> Example:
    shift = len(before)
    spans = tuple((start + shift, end + shift) for start, end in example.spans)
    within = example.within and (example.within[0] + shift, example.within[1] + shift)
    return replace(example, passage=before + example.passage, spans=spans, within=within)


def _small(text: str) -> str:
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _wrapped(text: str, width: int) -> str:
    """Line ends in place of some spaces; no character moves."""
    found, column = [], 0
    for char in text:
        column = 0 if char == "\n" else column + 1
        if char == " " and column > width:
            char, column = "\n", 0  # noqa: PLW2901 # the character is what changes
        found.append(char)
    return "".join(found)


def _slip(question: str, rng: random.Random) -> str:
    """One long word loses a letter, or two of its letters change places."""
    words = question.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 4]
    if not long:
        return question
    place = rng.choice(long)
    word, at = words[place], rng.randint(1, len(words[place]) - 3)
    words[place] = word[:at] + (word[at + 1 :] if rng.random() < 0.5 else word[at + 1] + word[at] + word[at + 2 :])
    return " ".join(words)
