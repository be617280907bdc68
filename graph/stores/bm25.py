"""A small lexical index (BM25) that grows and shrinks, held in memory.

score(q, d) = sum over terms t of q: idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * |d| / avg|d|)),
idf(t) = ln(1 + (N - n_t + 0.5) / (n_t + 0.5)), N texts, n_t of them with t
(Robertson & Zaragoza 2009; idf as in Lucene).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter

import numpy as np
import numpy.typing as npt

from clew.graph.store import Hit

# Scripts that are written without spaces: each character is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_POSSESSIVE = re.compile(r"['’](?:s\b)?")
_COMPACT_ABOVE = 1024


def tokens(text: str) -> list[str]:
    """The words of a text, caseless, without accents, possessives and plural endings."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    text = _POSSESSIVE.sub("", text.casefold())
    return [_singular(word) for word in _WORD.findall(text)]


def _singular(word: str) -> str:
    """`cities` -> `city`, `films` -> `film`; `glass`, `status`, `this`, short words stay (Harman's s-stemmer, 1991)."""
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui":
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    return word[:-1]


class BM25:
    """Texts by id, and the best of them for a query. Not locked: one thread at a time."""

    def __init__(self, *, k1: float = 1.2, b: float = 0.75) -> None:
        self._k1, self._b = k1, b
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []  # "" where the row's text was removed
        self._lengths = array("i")  # 0 where removed
        self._counts: list[Counter[str]] = []
        self._postings: dict[str, tuple[array[int], array[int]]] = {}  # rows, term frequencies; dead rows linger
        self._present: dict[str, int] = {}  # texts that hold the term
        self._total = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._rows

    def add(self, id_: str, text: str) -> None:
        """The index holds this text under this id, in place of an earlier one."""
        self._insert(id_, Counter(tokens(text)))

    def _insert(self, id_: str, counts: Counter[str]) -> None:
        if id_ in self._rows:
            if self._counts[self._rows[id_]] == counts:
                return
            self.remove(id_)
        row = self._rows[id_] = len(self._ids)
        length = counts.total()
        self._ids.append(id_)
        self._lengths.append(length)
        self._counts.append(counts)
        self._total += length
        for term, count in counts.items():
            posting = self._postings.get(term)
            if posting is None:
                posting = self._postings[term] = (array("i"), array("i"))
            posting[0].append(row)
            posting[1].append(count)
            self._present[term] = self._present.get(term, 0) + 1

    def remove(self, id_: str) -> None:
        """The index holds nothing under this id."""
        row = self._rows.pop(id_, None)
        if row is None:
            return
        self._total -= self._lengths[row]
        for term in self._counts[row]:
            self._present[term] -= 1
            if not self._present[term]:
                del self._present[term], self._postings[term]
        self._ids[row], self._lengths[row], self._counts[row] = "", 0, Counter()
        if len(self._ids) > 2 * len(self._rows) + _COMPACT_ABOVE:
            self._compact()

    def _compact(self) -> None:
        kept = [(id_, self._counts[row]) for id_, row in self._rows.items()]
        self._clear()
        for id_, counts in kept:
            self._insert(id_, counts)

    def search(self, query: str, k: int) -> list[Hit]:
        """The `k` texts that match words of the query best, best first, ties by id; none that match no word."""
        wanted = {term: times for term, times in Counter(tokens(query)).items() if term in self._present}
        if not wanted or k <= 0:
            return []
        scores = self._scores(wanted)
        matched = np.flatnonzero(scores)
        if len(matched) > k:
            cut = np.partition(scores[matched], len(matched) - k)[len(matched) - k]
            matched = matched[scores[matched] >= cut]
        found = sorted((-float(scores[row]), self._ids[row]) for row in matched)
        return [Hit(id_, -score) for score, id_ in found[:k]]

    def _scores(self, wanted: dict[str, int]) -> npt.NDArray[np.float64]:
        size = len(self._ids)
        lengths = np.frombuffer(self._lengths, dtype=np.int32)
        norms = self._k1 * (1 - self._b + self._b * lengths * (len(self._rows) / max(self._total, 1)))
        scores = np.zeros(size)
        for term in sorted(wanted):  # a fixed order, so that equal indexes give equal floats
            n = self._present[term]
            idf = np.log1p((len(self._rows) - n + 0.5) / (n + 0.5))
            rows, counts = (np.frombuffer(part, dtype=np.int32) for part in self._postings[term])
            scores[rows] += wanted[term] * idf * counts * (self._k1 + 1) / (counts + norms[rows])
        scores[lengths == 0] = 0.0
        return scores
