"""The spaCy component that reads a text in one pass of a small network: tags, lemmas, dependencies, names.

What the network says of a text (see `network`) does not depend on the texts beside it in a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc

from clew.ingest.parser.network import FILES, Columns, ParserNetwork

VALUES = ("DATE", "NUMBER")
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2  # spaCy's numbers
_COLUMNS = (TAG, POS, MORPH, LEMMA, DEP, HEAD, ENT_IOB, ENT_TYPE)

Hashes = npt.NDArray[np.uint64]


@Language.factory(
    "clew_parser",
    assigns=[
        "token.tag",
        "token.pos",
        "token.morph",
        "token.lemma",
        "token.dep",
        "token.head",
        "doc.sents",
        "doc.ents",
    ],
    default_config={"values": False, "threads": 0},
)
def make_parser(nlp: Language, name: str, values: bool, threads: int) -> Parser:
    """The component, empty until it is read from a folder."""
    return Parser(nlp, name, values=values, threads=threads)


class Parser:
    """Annotates Docs: tag, pos, morph, lemma, dep, head, sentence starts and ents; `doc.tensor` [tokens, 2] holds the
    probabilities of each token's head and entity tag. Sentence starts that are set already, or ruled out, stay so."""

    def __init__(self, nlp: Language, name: str = "parser", *, values: bool = False, threads: int = 0) -> None:
        """Dates and numbers are entities where `values`; `threads` are ONNX Runtime's, 0 leaves them to it."""
        self.name, self.values, self.threads = name, values, threads
        self.fingerprint = ""
        self._vocab = nlp.vocab

    def __call__(self, doc: Doc) -> Doc:
        """The Doc, annotated."""
        return next(iter(self.pipe([doc])))

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The Docs, annotated, in order."""
        stream = iter(docs)
        while group := list(islice(stream, batch_size)):
            self._annotate(group)
            yield from group

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002 - spaCy's signature
        """The folder holds the component's files."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Parser:  # noqa: ARG002 - spaCy's signature
        """The component is as its folder says."""
        folder = Path(path)
        self._files = {name: (folder / name).read_bytes() for name in FILES}
        self._network = ParserNetwork(folder, self._files, threads=self.threads)
        self.fingerprint, self._names = self._network.fingerprint, self._network.names
        self._hash_labels()
        return self

    def _hash_labels(self) -> None:
        """spaCy's own numbers for all labels, made now: strings made inside a memory zone are forgotten after it."""
        strings, names = self._vocab.strings, self._names
        self._hashes: dict[str, Hashes] = {
            column: np.array([strings.add(name) for name in names[column]], dtype=np.uint64)
            for column in ("tag", "pos", "dep")
        }
        self._hashes["feats"] = np.array([self._vocab.morphology.add(name) for name in names["feats"]], dtype=np.uint64)
        kinds = [tag.partition("-")[2] for tag in names["entity"]]
        dropped = () if self.values else VALUES
        self._kinds = np.array([strings.add(kind) if kind and kind not in dropped else 0 for kind in kinds], np.uint64)
        prefixes = {"B": _BEGIN, "I": _INSIDE}
        self._iob = np.array(
            [
                prefixes.get(tag[0], _OUTSIDE) if kind else _OUTSIDE
                for tag, kind in zip(names["entity"], self._kinds, strict=True)
            ],
            dtype=np.uint64,
        )
        self._space = [strings.add("_SP"), strings.add("SPACE"), self._vocab.morphology.add(""), 0, strings.add("dep")]
        self._root = strings.add("ROOT")

    def _annotate(self, docs: Sequence[Doc]) -> None:
        columns = [_columns(doc) for doc in docs]
        self._network.annotate(columns)
        for doc, column in zip(docs, columns, strict=True):
            self._write(doc, column)

    def _write(self, doc: Doc, found: Columns) -> None:
        if not len(doc):
            return
        labels, words = found.labels, ~found.blank
        rows = np.zeros((len(doc), len(_COLUMNS)), dtype=np.uint64)
        for place, column in enumerate(("tag", "pos", "feats")):
            rows[words, place] = self._hashes[column][labels[column][words]]
        strings = self._vocab.strings
        rows[words, 3] = [strings.add(lemma) for lemma in self._network.lemmas(found)]
        rows[words, 4] = self._hashes["dep"][labels["dep"][words]]
        rows[:, 5] = (found.tree() - np.arange(len(doc))).astype(np.uint64)
        rows[words, 6], rows[words, 7] = self._iob[labels["entity"][words]], self._kinds[labels["entity"][words]]
        for index in np.flatnonzero(found.blank)[::-1].tolist():  # from the end: one takes after the next
            rows[index, :5] = self._space
            rows[index, 3] = strings.add(found.words[index])
            inside = index + 1 < len(rows) and rows[index + 1, 6] == _INSIDE
            rows[index, 6:] = rows[index + 1, 6:] if inside else (_OUTSIDE, 0)
        rows[found.blank & (rows[:, 5] == 0), 4] = self._root
        written: Any = doc  # spaCy's types have float64 and thinc's own arrays here
        written.from_array(list(_COLUMNS), rows)
        written.tensor = found.certain


def _columns(doc: Doc) -> Columns:
    starts = doc.to_array([SENT_START]).astype(np.int64).reshape(len(doc))
    return Columns([token.text for token in doc], [bool(token.whitespace_) for token in doc], starts)
