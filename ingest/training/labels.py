"""Which labels the network chooses among, and sentences as rows of their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.ingest.parser.lemmas import lemma_rule
from clew.ingest.training.corpora import Sentence
from clew.ingest.training.entities import TAGS

UNKNOWN = -1
LINEAR = ("pos", "tag", "feats", "lemma", "start", "entity")  # in the order of the network's outputs
_RAREST = {"pos": 1, "tag": 3, "feats": 5, "lemma": 3, "dep": 5}

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Labels:
    """The names of the labels by column, in the order of the network's outputs."""

    names: dict[str, list[str]]

    def slices(self) -> dict[str, slice]:
        """Where each linear column's outputs lie."""
        found, at = {}, 0
        for column in LINEAR:
            found[column] = slice(at, at + len(self.names[column]))
            at += len(self.names[column])
        return found

    @property
    def width(self) -> int:
        """How many outputs are linear in a word."""
        return sum(len(self.names[column]) for column in LINEAR)


def collect(sentences: Iterable[Sentence]) -> Labels:
    """The labels of the treebanks' sentences that are not too rare to be learnt."""
    counts: dict[str, Counter[str]] = {column: Counter() for column in _RAREST}
    for sentence in sentences:
        for column, count in counts.items():
            count.update(_column(sentence, column))
    names = {
        column: sorted(name for name, times in count.items() if times >= _RAREST[column])
        for column, count in counts.items()
    }
    return Labels({**names, "start": ["inside", "start"], "entity": list(TAGS)})


def _column(sentence: Sentence, column: str) -> list[str]:
    if column == "lemma":
        return list(map(lemma_rule, sentence.words, sentence.lemma)) if sentence.lemma else []
    return list(getattr(sentence, column))


def known_lemmas(sentences: Iterable[Sentence]) -> dict[str, dict[str, str]]:
    """By part of speech: the usual lemma of each word that is not its own, in lower case.

    Proper nouns are left out: they keep their case.
    """
    seen: dict[tuple[str, str], Counter[str]] = {}
    for sentence in sentences:
        for word, pos, lemma in zip(sentence.words, sentence.pos, sentence.lemma, strict=True):
            if pos != "PROPN" and lemma == lemma.lower():
                seen.setdefault((pos, word.lower()), Counter())[lemma] += 1
    found: dict[str, dict[str, str]] = {}
    for (pos, word), lemmas in sorted(seen.items()):
        lemma, times = lemmas.most_common(1)[0]
        if word != lemma and 2 * times > lemmas.total():
            found.setdefault(pos, {})[word] = lemma
    return found


@dataclass(frozen=True)
class Example:
    """Some consecutive sentences: words, and by column their labels' numbers [words]; `head` counts from 1, 0 is the
    root; `allowed` are bits. UNKNOWN where the source does not say."""

    words: list[str]
    spaces: list[bool]
    gold: dict[str, Ints]
    weight: float = 1.0


class Numbers:
    """Makes examples of sentences."""

    def __init__(self, labels: Labels) -> None:
        """Labels that are not among these are unknown."""
        self._places = {
            column: {name: place for place, name in enumerate(names)} for column, names in labels.names.items()
        }

    def example(self, sentences: Sequence[Sentence], *, weight: float = 1.0, lower: bool = False) -> Example:
        """The sentences as one example, in lower case where `lower`."""
        words = [word for sentence in sentences for word in sentence.words]
        gold = {column: self._numbers(sentences, column) for column in ("pos", "tag", "feats", "lemma", "dep")}
        starts, heads, at = [], [], 0
        for sentence in sentences:
            size = len(sentence.words)
            known = bool(sentence.head)
            starts += [1 if known else UNKNOWN, *([0 if known else UNKNOWN] * (size - 1))]
            heads += [head + at + 1 if head >= 0 else 0 for head in sentence.head] if known else [UNKNOWN] * size
            at += size
        gold["start"], gold["head"] = np.array(starts), np.array(heads)
        gold["allowed"] = np.array([bits for sentence in sentences for bits in sentence.allowed])
        spaces = [space for sentence in sentences for space in sentence.spaces]
        return Example([word.lower() for word in words] if lower else words, spaces, gold, weight)

    def _numbers(self, sentences: Sequence[Sentence], column: str) -> Ints:
        places = self._places[column]
        found: list[int] = []
        for sentence in sentences:
            names = _column(sentence, column)
            found += [places.get(name, UNKNOWN) for name in names] or [UNKNOWN] * len(sentence.words)
        return np.array(found)
