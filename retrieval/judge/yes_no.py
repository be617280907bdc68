"""Yes or no: the sentence that speaks of all that the question speaks of, and whether it says so or denies it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clew.retrieval.judge.spans import Passage
from clew.retrieval.judge.wording import meaning, rarity, same_word, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.words import sentence_around, sentence_spans

ENOUGH = 0.62  # of the question's words, by rarity, that a sentence in its place must say
LEANING = 0.35  # ... that the sentence by itself must
_NEGATION = re.compile(r"\b(?:not|no|never|nor|neither|none|nobody|nothing|cannot|without)\b|n['’]t\b", re.I)
_NAME = re.compile(r"\b(?:[A-Z][\w'’-]*|\d[\d.,/-]*)")


@dataclass(frozen=True, slots=True)
class Ruling:
    """`yes` or `no`, how sure, and the sentence that decides: `passage.chunk.text[start:end]`."""

    says: str
    probability: float
    passage: Passage
    start: int
    end: int


def rule(form: Form, passages: Sequence[Passage]) -> Ruling | None:
    """What the passages say to a yes/no question, None where no sentence speaks of what it asks."""
    asked = meaning(form.syntax.text)
    weights = rarity(asked, [set(meaning(passage.text)) for passage in passages])
    best: tuple[float, Passage, int, int, str] | None = None
    for passage in passages:
        text = passage.chunk.text
        for start, end in sentence_spans(text):
            own = meaning(text[start:end])
            before = sentence_around(text, max(start - 2, 0), max(start - 1, 0))[0] if start else 0
            context = f"{passage.heading}\n{text[before:end]}"
            near, wide = share(asked, own, weights), share(asked, meaning(context), weights)
            if wide < ENOUGH or near < LEANING:
                continue
            value = 0.6 * near + 0.4 * wide + 0.05 * passage.rank
            if best is None or value > best[0]:
                best = (value, passage, start, end, context)
    if best is None:
        return None
    value, passage, start, end, context = best
    denied = _denied(form.syntax.text, passage.chunk.text[start:end])
    other = _another(form.syntax.text, context)
    says = "no" if denied != other else "yes"
    return Ruling(says, min(0.95, 0.45 + 0.5 * (value - ENOUGH) / (1 - ENOUGH)), passage, start, end)


def _denied(question: str, sentence: str) -> bool:
    """Whether exactly one of the two is negated."""
    return len(_NEGATION.findall(question)) % 2 != min(len(_NEGATION.findall(sentence)), 1) % 2


def _another(question: str, context: str) -> bool:
    """Whether a name or number that the question speaks of is missing where another one stands in its place."""
    inside = meaning(context)
    missing = [
        match.group()
        for match in _NAME.finditer(question)
        if match.start() and not any(same_word(word, other) for word in meaning(match.group()) for other in inside)
    ]
    return bool([name for name in missing if meaning(name)])
