"""Treebanks and entity corpora as sentences with parallel columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ENTITY = re.compile(r"Entity=([^|]+)")
_BRACKET = re.compile(r"\(([^()]+)|([^()]*)\)")
_CLOSING = frozenset([".", ",", ";", ":", "!", "?", ")", "]", "'s", "n't", "'", "%"])
_OPENING = frozenset(["(", "[", "$"])


@dataclass
class Sentence:
    """One annotated sentence (or passage, where its source marks no sentences): parallel columns by word.

    `head` is the place of the word's head in the sentence, -1 for the root; the columns of syntax are empty where the
    source has none. `names` are (first word, word after the last, label). `allowed` are the entity tags that a word may
    have, as bits (see `train_entities`).
    """

    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    lemma: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    feats: list[str] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    dep: list[str] = field(default_factory=list)
    names: list[tuple[int, int, str]] = field(default_factory=list)
    allowed: list[int] = field(default_factory=list)
    starts_document: bool = False


def read_conllu(path: Path) -> Iterator[Sentence]:
    """Sentences of a CoNLL-U file; `names` are GUM's bracketed `Entity=` spans, of whatever kind."""
    sentence, rows = Sentence(), _Rows()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("# newdoc"):
            sentence.starts_document = True
        elif line and not line.startswith("#"):
            rows.add(line.split("\t"), sentence)
        elif not line and sentence.words:
            yield sentence
            sentence, rows = Sentence(), _Rows()


class _Rows:
    """The state of one sentence while its rows are read: open brackets and the multiword token."""

    def __init__(self) -> None:
        self._open: dict[str, list[tuple[int, str]]] = {}
        self._range_end = 0
        self._range_space = True

    def add(self, row: list[str], sentence: Sentence) -> None:
        """The row's word is the sentence's last one; ranges ("1-2") and empty nodes ("1.1") are no words."""
        if "-" in row[0]:
            self._range_end = int(row[0].split("-")[1])
            self._range_space = "SpaceAfter=No" not in row[9]
        elif "." not in row[0]:
            index = int(row[0])
            sentence.words.append(row[1])
            sentence.spaces.append(self._space(index, row[9]))
            sentence.lemma.append(row[2])
            sentence.pos.append(row[3])
            sentence.tag.append(row[4])
            sentence.feats.append("" if row[5] == "_" else row[5])
            sentence.head.append(int(row[6]) - 1)
            sentence.dep.append("ROOT" if row[7] == "root" else row[7])
            self._names(row[9], index - 1, sentence)

    def _space(self, index: int, misc: str) -> bool:
        if index < self._range_end:
            return False
        return self._range_space if index == self._range_end else "SpaceAfter=No" not in misc

    def _names(self, misc: str, index: int, sentence: Sentence) -> None:
        match = _ENTITY.search(misc)
        last = ""
        for bracket in _BRACKET.finditer(match.group(1)) if match else ():
            if bracket.group(1):
                last, _, rest = bracket.group(1).partition("-")
                self._open.setdefault(last, []).append((index, rest.partition("-")[0]))
                continue
            group = bracket.group(2) or last
            if self._open.get(group):
                start, kind = self._open[group].pop()
                sentence.names.append((start, index + 1, kind))


def read_bio(path: Path, word: int, tag: int, separator: str | None = None) -> Iterator[Sentence]:
    """Sentences of a BIO or IOB1 file with the word and the tag in these columns; labels as the file has them."""
    words: list[str] = []
    tags: list[str] = []
    fresh = False
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        fresh = fresh or line.startswith(("-DOCSTART-", "# newdoc"))
        if (line.startswith("# ") and "\t" not in line and " = " in line) or line.startswith("-DOCSTART-"):
            continue
        columns = line.split(separator) if separator else line.split()
        if len(columns) > max(word, tag) and columns[word].strip():
            words.append(columns[word].strip())
            tags.append(columns[tag].strip())
        elif words:
            yield Sentence(words=words, spaces=_spaces(words), names=list(bio_spans(tags)), starts_document=fresh)
            words, tags, fresh = [], [], False


def bio_spans(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """The spans of BIO or IOB1 tags: a name goes on while its label stays and no B begins another."""
    start, current = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        if current and (prefix != "I" or kind != current):
            yield start, index, current
            current = ""
        if kind and not current:
            start, current = index, kind


def _spaces(words: list[str]) -> list[bool]:
    """Plausible spacing for corpora that do not record it."""
    return [
        not (index + 1 < len(words) and (words[index + 1] in _CLOSING or text in _OPENING))
        for index, text in enumerate(words)
    ]
