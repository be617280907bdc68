"""A small network that says of a sentence which candidates a relation joins, given the relation's name and labels.

With x(c) the encoder's token states of a candidate c (first, last, mean, and means of the three word pieces before
and after, each projected to 96 numbers), p(c) and q(c, r) its plain features, and e(r) the encoder's vectors of
relation, domain and range:

    subject(c, r) = gelu(A [x, p]) . B e + u . p + v . q        softmax over c and "not in this sentence"
    object(c, r)  = gelu(C [x, p]) . D e + w . p + z . q + b . e   sigmoid

The probability of (s, r, o) is softmax(subject)(s) * sigmoid(object)(o). `benchmarks/ontology.py --fit` trains it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from clew.graph.embeddings.embeddings import Embedder, Tokens
from clew.graph.errors import ModelError
from clew.ingest.ontology.ontology import VALUES, Relation
from clew.ingest.ontology.spans import Span

Floats = npt.NDArray[np.float32]
DEFAULT_HEAD = Path(__file__).parent.parent / "models" / "ontology_head.safetensors"
FORMS = ("name", "alias", "nominal", "pronoun", "date", "number", "title", "words")
TYPES = ("PERSON", "ORGANISATION", "PLACE", "WORK", "EVENT", "PRODUCT", "OTHER", "")
SCALE = 3.0  # unit vectors of 384 numbers have small ones
_NEAR = 3  # word pieces to either side
_NAMES = 3  # other names of a relation that are read beside its own
_LABEL_WORDS = 5  # words to either side in which a relation's own words are looked for
_WORD = re.compile(r"\w+")
_ENDINGS = ("ations", "ation", "ators", "ator", "ings", "ing", "ers", "ors", "er", "or", "ed", "es", "s", "e", "y")
_erf = np.vectorize(erf, otypes=[np.float32])


@dataclass(frozen=True, slots=True)
class Described:
    """Relations as the network sees them: `vectors` [relations, 3, dimension] of name, domain and range (zeros where
    open), the stems of their names, and whether they reach values."""

    vectors: Floats
    stems: tuple[frozenset[str], ...]
    valued: tuple[bool, ...]


def describe(relations: Sequence[Relation], embedder: Embedder) -> Described:
    """The relations, described."""
    texts = [
        (
            ", ".join((each.name, *each.labels[:_NAMES])),
            " or ".join(each.domain),
            " or ".join(kind for kind in each.range if kind not in VALUES),
        )
        for each in relations
    ]
    vectors = embedder.encode([text or "thing" for row in texts for text in row]).reshape(len(texts), 3, -1).copy()
    for place, row in enumerate(texts):
        for part in (1, 2):
            if not row[part]:
                vectors[place, part] = 0
    stems = tuple(
        frozenset(stem(word) for name in (each.name, *each.labels) for word in _WORD.findall(name) if len(word) > 3)
        for each in relations
    )
    valued = tuple(not each.range or bool(set(each.range) & set(VALUES)) for each in relations)
    return Described(vectors, stems, valued)


def stem(word: str) -> str:
    """What `producer`, `produced` and `production` share, roughly."""
    word = word.lower()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a sentence's candidates: `states` [spans, 5, dimension], `plain` [spans, 25], and with the
    relations `pairs` [spans, relations, 8]."""

    states: Floats
    plain: Floats
    pairs: Floats


def features(sentence: str, offset: int, spans: Sequence[Span], tokens: Tokens, described: Described) -> Features:
    """The features of the spans, whose text has the sentence at `offset`; `tokens` are the encoded sentence's."""
    states = _states(spans, tokens, offset)
    plain = np.array([_plain(sentence, offset, span) for span in spans], np.float32)
    return Features(states, plain, _pairs(sentence, offset, spans, states[:, 2], described))


def _states(spans: Sequence[Span], tokens: Tokens, offset: int) -> Floats:
    states, places = tokens.states, tokens.spans + offset
    last = len(states) - 1
    total = np.vstack([np.zeros((1, states.shape[1]), np.float32), np.cumsum(states, axis=0)])
    found = np.empty((len(spans), 5, states.shape[1]), np.float32)
    for row, span in enumerate(spans):
        first = min(int(np.searchsorted(places[:, 1], span.start, side="right")), last)
        stop = min(max(int(np.searchsorted(places[:, 0], span.end, side="left")), first + 1), last + 1)
        before, after = max(0, first - _NEAR), min(last + 1, stop + _NEAR)
        found[row, 0], found[row, 1] = states[first], states[stop - 1]
        found[row, 2] = (total[stop] - total[first]) / (stop - first)
        found[row, 3] = (total[first] - total[before]) / max(first - before, 1)
        found[row, 4] = (total[after] - total[stop]) / max(after - stop, 1)
    return found


def _plain(sentence: str, offset: int, span: Span) -> list[float]:
    """How it was found, its type, where it stands, its length and letters, what stands beside it."""
    start, end = span.start - offset, span.end - offset
    words = sentence[start:end].split() or ["-"]
    before, after = sentence[max(0, start - 30) : start], sentence[end : end + 2]
    word_before = before.split()[-1:] if before.endswith(" ") else []
    return [
        *(float(span.form == form) for form in FORMS),
        *(float(span.type == kind) for kind in TYPES),
        float(start <= 2),
        start / max(len(sentence), 1),
        min(len(words), 8) / 8,
        sum(word[0].isupper() for word in words) / len(words),
        float(before[-1:] in {'"', "“"}),
        float(after[:1] in {'"', "”"}),
        float(after in {"'s", "’s"}),
        float(after[:1] == " " and after[1:].isupper()),
        float(bool(word_before) and word_before[0][0].isupper()),
    ]


def _pairs(sentence: str, offset: int, spans: Sequence[Span], means: Floats, described: Described) -> Floats:
    """Likeness to name, domain and range; the name's words before, after, inside and anywhere in the sentence;
    whether the relation reaches values."""
    found = np.zeros((len(spans), len(described.stems), 8), np.float32)
    unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    for part in range(3):
        found[:, :, part] = unit @ described.vectors[:, part].T
    everywhere = _stems(sentence)
    around = [
        (
            set(_stems(sentence[max(0, span.start - offset - 40) : span.start - offset])[-_LABEL_WORDS:]),
            set(_stems(sentence[span.end - offset : span.end - offset + 40])[:_LABEL_WORDS]),
            set(_stems(sentence[span.start - offset : span.end - offset])),
        )
        for span in spans
    ]
    for column, wanted in enumerate(described.stems):
        if wanted and not wanted.isdisjoint(everywhere):
            found[:, column, 6] = 1.0
            for row, groups in enumerate(around):
                found[row, column, 3:6] = [len(wanted & group) / len(wanted) for group in groups]
    found[:, :, 7] = described.valued
    return found


def _stems(text: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(text)]


class Head:
    """The network, from a file of weights."""

    def __init__(self, path: Path = DEFAULT_HEAD) -> None:
        """Raises ModelError where the file is missing or is no such network."""
        try:
            self._weights: Mapping[str, Floats] = {
                name: np.asarray(part, np.float32) for name, part in load_file(path).items()
            }
            self.fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
            self._hidden = len(self._weights["subject.words"])
        except Exception as error:  # safetensors raises its own and the system's
            raise ModelError(
                f"The network {path.name} that reads by an ontology cannot be loaded: {error}.",
                hint="Install Clew again, or train it: benchmarks/ontology.py --fit FILE",
            ) from error

    def __call__(self, found: Features, described: Described) -> tuple[Floats, Floats]:
        """Probabilities [spans, relations] of being the subject and of being an object."""
        projected = found.states @ self._weights["projection"]
        words = np.concatenate([projected.reshape(len(projected), -1), found.plain], axis=1)
        vectors = described.vectors.reshape(len(described.vectors), -1) * SCALE
        subject = self._score("subject", words, found, vectors)
        nobody = vectors @ self._weights["nobody.weight"] + self._weights["nobody.bias"]
        subject = np.vstack([subject, nobody[None]])
        subject = np.exp(subject - subject.max(axis=0))
        subject /= subject.sum(axis=0)
        reached = self._score("object", words, found, vectors) + vectors @ self._weights["object.often"]
        return subject[:-1], np.asarray(1 / (1 + np.exp(-np.clip(reached, -30, 30))), np.float32)

    def _score(self, end: str, words: Floats, found: Features, vectors: Floats) -> Floats:
        get = self._weights
        hidden = words @ get[f"{end}.words"].T + get[f"{end}.words.bias"]
        hidden = 0.5 * hidden * (1 + _erf(hidden / sqrt(2)))
        query = vectors @ get[f"{end}.relation"].T + get[f"{end}.relation.bias"]
        score = hidden @ query.T + found.pairs @ get[f"{end}.pairs"] + (found.plain @ get[f"{end}.plain"])[:, None]
        return np.asarray(score + get[f"{end}.bias"], np.float32)
