"""Words as the encoder's word pieces, with what its lower-casing loses: how a word is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

MOST_PIECES = 8  # of one word: URLs keep their first seven and their last
SHAPES = 24
_START, _END, _UNKNOWN = 101, 102, 100
_REMEMBERED = 200_000  # words; then all are forgotten
_ENDS = frozenset([".", "!", "?"])
_COMMAS = frozenset([",", ";", ":", "-", "–", "—"])

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Texts as padded rows: `ids`, `shapes`, `mask` [texts, pieces]; `first`, `last` [texts, words], places of each
    word's first and last piece; `words` [texts], how many words each text has."""

    ids: Ints
    shapes: Ints
    mask: Ints
    first: Ints
    last: Ints
    words: Ints


class WordPieces:
    """Looks words up one by one and remembers them."""

    def __init__(self, tokenizer: Path) -> None:
        """`tokenizer` is the encoder's `tokenizer.json`."""
        self._tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._known: dict[str, tuple[list[int], int]] = {}

    def learn(self, words: Sequence[str]) -> None:
        """All words are known: their pieces and shapes."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        fresh = list({word for word in words if word not in self._known})
        for word, encoding in zip(
            fresh,
            self._tokenizer.encode_batch_fast(list(map(_printable, fresh)), add_special_tokens=False),
            strict=True,
        ):
            ids = encoding.ids or [_UNKNOWN]
            if len(ids) > MOST_PIECES:
                ids = [*ids[: MOST_PIECES - 1], ids[-1]]
            self._known[word] = (ids, shape(word))

    def count(self, word: str) -> int:
        """Number of pieces of a word that was learnt."""
        return len(self._known[word][0])

    def windows(self, texts: Sequence[tuple[Sequence[str], Sequence[bool]]], length: int = 0) -> Windows:
        """Texts (words, and whether a space follows each) as rows; their words were learnt. Pieces and words are padded
        to `length`, or to the longest text's where 0."""
        rows = [self._row(words, spaces) for words, spaces in texts]
        longest = length or max(len(row[0]) for row in rows)
        most = length or max(len(row[2]) for row in rows)
        ids, shapes, mask = (np.zeros((len(rows), longest), dtype=np.int64) for _ in range(3))
        first, last = (np.zeros((len(rows), most), dtype=np.int64) for _ in range(2))
        for place, (pieces, written, begins, ends) in enumerate(rows):
            ids[place, : len(pieces)] = pieces
            shapes[place, : len(pieces)] = written
            mask[place, : len(pieces)] = 1
            first[place, : len(begins)] = begins
            last[place, : len(ends)] = ends
        counts = np.array([len(row[2]) for row in rows], dtype=np.int64)
        return Windows(ids, shapes, mask, first, last, counts)

    def _row(self, words: Sequence[str], spaces: Sequence[bool]) -> tuple[list[int], list[int], list[int], list[int]]:
        ids, shapes, first, last = [_START], [0], [], []
        known, before = self._known, True
        for word, space in zip(words, spaces, strict=True):
            pieces, form = known[word]
            first.append(len(ids))
            ids += pieces
            shapes += [form if before else form + SHAPES // 2] * len(pieces)
            last.append(len(ids) - 1)
            before = space
        ids.append(_END)
        shapes.append(0)
        return ids, shapes, first, last


def shape(word: str) -> int:
    """How a word is written: 1 lower case, 2 Capitalised, 3 CAPITALS, 4 one capital, 5 miXed, 6 digits, 7 digits and
    letters, 8 what may end a sentence, 9 a comma or the like, 10 other signs, 11 a script without case. The upper half
    of `SHAPES` is for words that no space precedes."""
    letters = word if word.isalpha() else "".join(filter(str.isalpha, word))
    if any(map(str.isdigit, word)):
        return 7 if letters else 6
    if not letters:
        return 8 if word[-1:] in _ENDS else 9 if word in _COMMAS else 10
    return _case(letters)


def _case(letters: str) -> int:
    if letters.islower():
        return 1
    if letters.isupper():
        return 4 if len(letters) == 1 else 3
    if letters[0].isupper() and letters[1:].islower():
        return 2
    return 11 if letters.lower() == letters.upper() else 5


def _printable(word: str) -> str:
    return word.encode("utf-8", "replace").decode("utf-8")
