"""Yes or no: the sentence that speaks of all that the question speaks of, and whether it says so or denies it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.retrieval.judge.spans import Passage
from clew.retrieval.judge.wording import meaning, rarity, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.words import sentence_spans

_NEGATION = re.compile(
    r"\b(?:not|no|never|nor|neither|none|nobody|nothing|cannot|without)\b|n['’]t\b"
    r"|\b(?:refus|reject|cancel|withdr[ae]w|declin|forbid|prohibit|abolish)\w*|\b(?:deny|denie[sd]|banned)\b"
    r"|\brul(?:es|ed|ing) out\b|\bcall(?:s|ed) off\b",
    re.I,
)
_HEARSAY = re.compile(  # somebody says, thinks or proposes it
    r"\b(?:sa(?:ys|id|y) that|believe[sd]?|thought|claim(?:s|ed)?|report(?:s|ed) that|rumou?rs?|allege\w*"
    r"|supposed(?:ly)?|according to|proposals?|propose[sd]?|wants? to|may|might|whether)\b",
    re.I,
)
_NAME = re.compile(r"\b(?:[A-Z][\w'’-]*|\d[\d.,/-]*)")

# What fits the tuning questions: a denial says no, and only a sentence that speaks of just what is asked says yes.
NO = 0.8  # how sure a denial makes a "no"
YES = (-4.65, 7.5)  # a logistic curve over how well the sentence fits the question
HEARD = 0.5  # what is left of a "yes" that is only somebody's word
SURE = 0.72  # below which nothing is ruled
LEAST = 0.35  # of the question's words, by rarity, that a sentence in its place must say


@dataclass(frozen=True, slots=True)
class Ruling:
    """`yes` or `no`, how sure, and the sentence that decides: `passage.chunk.text[start:end]`; `features` say why."""

    says: str
    probability: float
    passage: Passage
    start: int
    end: int
    features: Mapping[str, float]


def rule(form: Form, passages: Sequence[Passage], relevant: Sequence[float]) -> Ruling | None:
    """What the passages say to a yes/no question, None where no sentence speaks of what it asks."""
    best: tuple[float, Passage, int, int, dict[str, float]] | None = None
    question = form.syntax.text
    asked = meaning(question)
    weights = rarity(asked, [set(meaning(passage.text)) for passage in passages])
    for passage, relevance in zip(passages, [*relevant, *[0.0] * len(passages)], strict=False):
        for start, end, own, context in _sentences(passage):
            near, wide = share(asked, meaning(own), weights), share(asked, meaning(context), weights)
            value = 0.5 * near + 0.3 * wide + 0.4 * relevance
            if wide < LEAST or (best is not None and value <= best[0]):
                continue
            features = {
                "fit": value,
                "near": near,
                "wide": wide,
                "relevant": relevance,
                "denied": _denied(question, own),
                "missing": _missing(question, context),
            }
            best = (value, passage, start, end, features)
    if best is None:
        return None
    _, passage, start, end, features = best
    denied = bool(features["denied"])
    yes = 1.0 / (1.0 + math.exp(-(YES[0] + YES[1] * features["fit"]))) * (1 - features["missing"])
    if _HEARSAY.search(passage.chunk.text[start:end]) and not _HEARSAY.search(question):
        yes *= HEARD
    sure = NO if denied else yes
    return Ruling("no" if denied else "yes", sure, passage, start, end, features) if sure >= SURE else None


def _sentences(passage: Passage) -> Iterator[tuple[int, int, str, str]]:
    """Where each sentence of the passage lies in the chunk, the sentence, and it with the one before and what stands
    above; a row is one sentence."""
    text = passage.chunk.text
    if passage.row is not None:
        yield passage.start, passage.end, passage.row.text, passage.text
        return
    before = passage.start
    for low, high in sentence_spans(text[passage.start : passage.end]):
        start, end = passage.start + low, passage.start + high
        yield start, end, text[start:end], f"{passage.heading}\n{text[before:end]}"
        before = start


def _denied(question: str, sentence: str) -> float:
    """1 where exactly one of the two is negated."""
    return float(len(_NEGATION.findall(question)) % 2 != min(len(_NEGATION.findall(sentence)), 1))


def _missing(question: str, context: str) -> float:
    """The share of the names and numbers in the question that the context does not hold."""
    inside = meaning(context)
    names = [match.group() for match in _NAME.finditer(question) if match.start() and meaning(match.group())]
    absent = [name for name in names if not share(meaning(name), inside) > 0.5]
    return len(absent) / len(names) if names else 0.0
