"""Texts as the encoder's word pieces, each with the characters it stands for and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from clew.graph.embeddings.embeddings import clean

START, END = 101, 102
FORMS = 25  # 0 is for the question and the marks; see `_form`
MOST = 288  # word pieces of a question and a passage together
MOST_ASKED = 64  # word pieces of a question; what comes after them is cut off

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces, in order: `ids`, the characters `starts` to `ends` and `forms`, each int32 [pieces]."""

    ids: Ints
    starts: Ints
    ends: Ints
    forms: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, first: int, last: int) -> Pieces:
        """The pieces from `first` up to `last`."""
        cut = slice(first, last)
        return Pieces(self.ids[cut], self.starts[cut], self.ends[cut], self.forms[cut])


class WordPieces:
    """Cuts texts into word pieces. Safe to share between threads."""

    def __init__(self, tokenizer: Path) -> None:
        """`tokenizer` is the encoder's `tokenizer.json`."""
        self._tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The pieces of each text, in order; a text of which nothing can be read has none."""
        cleaned = [clean(text) for text in texts]
        encodings = self._tokenizer.encode_batch(cleaned, add_special_tokens=False)
        return [
            _pieces(text, encoding.ids, encoding.offsets) for text, encoding in zip(cleaned, encodings, strict=True)
        ]


def _pieces(text: str, ids: list[int], offsets: list[tuple[int, int]]) -> Pieces:
    forms, before = [], 0
    for start, end in offsets:
        forms.append(_form(text[start:end], text[before:start] if before else "\n\n"))
        before = end
    spans = np.array(offsets, dtype=np.int32).reshape(-1, 2)
    return Pieces(np.array(ids, dtype=np.int32), spans[:, 0], spans[:, 1], np.array(forms, dtype=np.int32))


def _form(piece: str, gap: str) -> int:
    """How a piece is written (lower case, Capitalised, CAPITALS, digits, a sign, other) and what stands before it
    (nothing, a space, the end of a line, an empty line): the encoder's own pieces tell neither."""
    if piece.islower():
        kind = 0
    elif piece.isupper():
        kind = 2 if len(piece) > 1 else 1
    elif piece.isdigit():
        kind = 3
    elif not piece.isalnum():
        kind = 4
    else:
        kind = 1 if piece[:1].isupper() else 5
    lines = gap.count("\n")
    return 1 + 4 * kind + (min(lines, 2) + 1 if lines else int(bool(gap)))
