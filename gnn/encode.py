"""What the network reads: a question without its seeds' names, and relations by name, as the encoder sees them."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder, Tokens

NAMELESS = "X"  # stands where a seed is named: what the name says is the graph's business, not the network's
LONGEST = 64  # words of a question that are read
KEPT = 50_000  # questions kept as read
_PARTS = re.compile(r"[_\s/.:#]+")
_WORD = re.compile(r"\w+|[^\w\s]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Floats = npt.NDArray[np.float32]


class Read(NamedTuple):
    """A question as the network sees it, by words: `tokens` float32 [T, d] what each is in its context, `alone` float32
    [T, d] what it is by itself (zeros where it stands for a seed), `role` int64 [T]: the seed it stands for, or -1."""

    tokens: Floats
    alone: Floats
    role: npt.NDArray[np.int64]


class Lexicon:
    """Texts as vectors of one encoder, each read once; relations are numbered as they first come. Threads may share
    it."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._lock = threading.RLock()
        self._number: dict[str, int] = {}
        self._vectors = np.zeros((0, embedder.dimension), dtype=np.float32)
        self._alone: dict[str, Floats] = {}
        self._read: OrderedDict[tuple[str, tuple[tuple[int, int], ...]], Read] = OrderedDict()

    def numbers(self, relations: Sequence[str]) -> npt.NDArray[np.int64]:
        """The number of each relation: int64 [len(relations)]."""
        with self._lock:
            new = [name for name in dict.fromkeys(relations) if name not in self._number]
            if new:
                vectors = self.embedder.encode([plain(name) for name in new])
                self._number |= {name: len(self._number) + place for place, name in enumerate(new)}
                self._vectors = np.concatenate([self._vectors, vectors])
        return np.array([self._number[name] for name in relations], dtype=np.int64)

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Unit vectors of these relations: float32 [len(numbers), d]."""
        return self._vectors[numbers]

    def read(self, question: str, spans: Sequence[tuple[int, int]]) -> Read:
        """The question, where `question[start:end]` names seed i for the i-th of the spans."""
        return self.read_all([(question, tuple(spans))])[0]

    def read_all(self, questions: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Read]:
        """As `read`, for many at once."""
        masked = [mask(question, spans) for question, spans in questions]
        with self._lock:
            return self._all(masked)

    def _all(self, masked: Sequence[tuple[str, tuple[tuple[int, int], ...]]]) -> list[Read]:
        new = [item for item in dict.fromkeys(masked) if item not in self._read]
        words = [_WORD.findall(text)[:LONGEST] for text, _ in new]
        self._learn(sorted({word for row in words for word in row} - self._alone.keys()))
        for item, tokens in zip(new, self.embedder.tokens([text for text, _ in new]), strict=True):
            self._read[item] = self._by_words(*item, tokens)
        found = [self._read[item] for item in masked]
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        return found

    def _learn(self, words: Sequence[str]) -> None:
        if len(self._alone) > KEPT:
            self._alone.clear()
        if words:
            self._alone |= dict(zip(words, self.embedder.encode(list(words)), strict=True))

    def _by_words(self, text: str, spans: Sequence[tuple[int, int]], tokens: Tokens) -> Read:
        """A word is the mean of its pieces."""
        places = [match.span() for match in _WORD.finditer(text)][:LONGEST] or [(0, 0)]
        role = np.full(len(places), -1, dtype=np.int64)
        within = np.zeros((len(places), self.embedder.dimension), dtype=np.float32)
        alone = np.zeros_like(within)
        for number, (start, end) in enumerate(places):
            own = (tokens.spans[:, 0] < end) & (tokens.spans[:, 1] > start)
            if own.any():
                within[number] = tokens.states[own].mean(axis=0)
            role[number] = next((seed for seed, span in enumerate(spans) if span[0] < end and span[1] > start), -1)
            if role[number] < 0 and end > start:
                if text[start:end] not in self._alone:
                    self._learn([text[start:end]])
                alone[number] = self._alone[text[start:end]]
        return Read(within, alone, role)


def mask(question: str, spans: Iterable[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The question with NAMELESS for each span, and where it stands now; in lower case but for that."""
    pieces: list[str] = []
    places: dict[tuple[int, int], tuple[int, int]] = {}
    last = length = 0
    given = list(spans)
    for start, end in sorted(set(given)):
        before = question[last : max(start, last)].lower()
        pieces += [before, NAMELESS]
        places[start, end] = (length + len(before), length + len(before) + len(NAMELESS))
        length += len(before) + len(NAMELESS)
        last = max(end, last)
    pieces.append(question[last:].lower())
    return "".join(pieces), tuple(places[span] for span in given)


def plain(relation: str) -> str:
    """A relation's name as words: `people.person.place_of_birth` and `placeOfBirth` are "place of birth"."""
    name = relation.rsplit("/", 1)[-1].rsplit("#", 1)[-1] if "://" in relation else relation
    if "." in name and " " not in name:
        name = name.rsplit(".", 1)[-1]
    words = _PARTS.sub(" ", _HUMP.sub(" ", name)).strip().lower()
    return words or relation
