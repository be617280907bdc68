"""The spaCy component that reads a text in one pass of a small network: tags, lemmas, dependencies, names.

The network is the lower part of the sentence encoder, fine-tuned (see `train_parser`); ONNX Runtime runs it. What it
says of a text does not depend on the texts beside it in a batch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc

from clew.ingest.parser.lemmas import apply_rule
from clew.ingest.parser.tagging import allowed_steps, best_tags
from clew.ingest.parser.trees import decode, sentence_numbers
from clew.ingest.parser.windows import Window, batches, cut
from clew.ingest.parser.word_pieces import Windows, WordPieces

NETWORK, RELATIONS = "network.onnx", "relations.onnx"
TOKENIZER, LABELS, LEMMAS = "tokenizer.json", "labels.json", "lemmas.json"
_FILES = (NETWORK, RELATIONS, TOKENIZER, LABELS, LEMMAS)
VALUES = ("DATE", "NUMBER")
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2  # spaCy's numbers
_COLUMNS = (TAG, POS, MORPH, LEMMA, DEP, HEAD, ENT_IOB, ENT_TYPE)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
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
        self._files = {name: (folder / name).read_bytes() for name in _FILES}
        self.fingerprint = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]
        self._session = open_session(self._files[NETWORK], self.threads)
        self._pieces = WordPieces(folder / TOKENIZER)
        self._names: dict[str, list[str]] = json.loads(self._files[LABELS])
        self._lemmas: dict[str, dict[str, str]] = json.loads(self._files[LEMMAS])
        self._relations = open_session(self._files[RELATIONS], 1)
        self._outputs = [output.name for output in self._session.get_outputs()]
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
        self._steps = allowed_steps(names["entity"])
        self._space = [strings.add("_SP"), strings.add("SPACE"), self._vocab.morphology.add(""), 0, strings.add("dep")]
        self._root = strings.add("ROOT")

    def _annotate(self, docs: Sequence[Doc]) -> None:
        columns = [_Columns(doc) for doc in docs]
        self._pieces.learn([word for column in columns for word in column.words])
        windows = [
            window
            for number, (doc, column) in enumerate(zip(docs, columns, strict=True))
            for window in cut(number, column.words, [bool(t.whitespace_) for t in doc], column.blank, self._pieces)
        ]
        groups = list(batches(windows))
        with ThreadPoolExecutor(1) as ahead:  # the network reads the next batch while this one becomes trees
            for (_, group), out in zip(groups, ahead.map(self._run, groups), strict=True):
                self._read(group, out, columns)
        for doc, column in zip(docs, columns, strict=True):
            self._write(doc, column)

    def _run(self, batch: tuple[int, Sequence[Window]]) -> dict[str, Any]:
        """What the network says of the windows, by the names of its outputs."""
        length, group = batch
        rows = self._pieces.windows([(window.words, window.spaces) for window in group], length)
        out = self._session.run(None, feed(rows))
        return {**dict(zip(self._outputs, out, strict=True)), "words": rows.words}

    def _read(self, group: Sequence[Window], out: dict[str, Any], columns: Sequence[_Columns]) -> None:
        """What the network says of the windows is in the columns."""
        tags = best_tags(out["entity"], self._steps, out["words"])
        certain = _probability(out["entity"], tags)
        heads = np.zeros_like(tags)
        for row, size in enumerate(out["words"].tolist()):
            given = columns[group[row].doc].starts[group[row].tokens]
            sentence = sentence_numbers(np.where(given, given > 0, out["start"][row, :size] > 0))
            heads[row, :size] = decode(out["arcs"][row, :size, : size + 1], sentence)
        own = heads == np.arange(heads.shape[1])
        from_root = np.where(own, 0, heads + 1)
        inputs = {"rel_word": out["rel_word"], "rel_head": out["rel_head"], "heads": from_root[..., None]}
        (relations,) = self._relations.run(None, inputs)
        relations[own] = self._names["dep"].index("ROOT")
        for row, window in enumerate(group):
            size, found, at = len(window.words), columns[window.doc], window.tokens
            for column in ("tag", "pos", "feats", "lemma"):
                found.labels[column][at] = out[column][row, :size]
            found.labels["dep"][at] = relations[row, :size]
            found.labels["entity"][at] = tags[row, :size]
            found.heads[at] = at[heads[row, :size]]
            arcs = out["arcs"][row : row + 1, :size, : size + 1]
            found.certain[at, 0] = _probability(arcs, from_root[row : row + 1, :size])[0]
            found.certain[at, 1] = certain[row, :size]

    def _write(self, doc: Doc, found: _Columns) -> None:
        if not len(doc):
            return
        labels, words = found.labels, ~found.blank
        rows = np.zeros((len(doc), len(_COLUMNS)), dtype=np.uint64)
        for place, column in enumerate(("tag", "pos", "feats")):
            rows[words, place] = self._hashes[column][labels[column][words]]
        strings = self._vocab.strings
        rows[words, 3] = [strings.add(lemma) for lemma in self._lemmas_of(found)]
        rows[words, 4] = self._hashes["dep"][labels["dep"][words]]
        rows[:, 5] = (_heads(found) - np.arange(len(doc))).astype(np.uint64)
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

    def _lemmas_of(self, found: _Columns) -> Iterator[str]:
        """The known lemma of each word, or the one by its rule."""
        rules, names = self._names["lemma"], self._names["pos"]
        labels = zip(found.labels["pos"].tolist(), found.labels["lemma"].tolist(), strict=True)
        for text, blank, (pos, rule) in zip(found.words, found.blank.tolist(), labels, strict=True):
            if not blank:
                known = self._lemmas.get(names[pos])
                yield (known.get(text.lower()) if known else None) or apply_rule(text, rules[rule])


class _Columns:
    """What is found of a Doc, by token."""

    def __init__(self, doc: Doc) -> None:
        size = len(doc)
        self.words = [token.text for token in doc]
        self.blank = np.array([word.isspace() for word in self.words], dtype=bool)
        self.labels = {
            column: np.zeros(size, dtype=np.int64) for column in ("tag", "pos", "feats", "lemma", "dep", "entity")
        }
        self.starts = doc.to_array([SENT_START]).astype(np.int64).reshape(size)  # 1 and -1 are what others have set
        self.heads = np.arange(size)
        self.certain = np.ones((size, 2), dtype=np.float32)


def _heads(found: _Columns) -> Ints:
    """Each token's head; a blank hangs on the word before it, or on the first word where none is before."""
    heads = found.heads.copy()
    places = np.where(found.blank, -1, np.arange(len(heads)))
    before = np.maximum.accumulate(places)
    first = int(np.argmax(~found.blank)) if not found.blank.all() else 0
    heads[found.blank] = np.where(before[found.blank] >= 0, before[found.blank], first)
    return heads


def open_session(network: bytes, threads: int) -> onnxruntime.InferenceSession:
    """The graph, ready to run; 0 threads leave their number to ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False  # patterns are kept for every shape, and nearly every batch has its own
    options.log_severity_level = 3  # errors only
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other work runs beside it
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def feed(rows: Windows) -> dict[str, Any]:
    """The inputs of the network for these windows."""
    return {
        "ids": rows.ids.astype(np.int32),
        "shapes": rows.shapes.astype(np.int32),
        "mask": rows.mask.astype(np.int32),
        "first": rows.first[..., None],
        "last": rows.last[..., None],
    }


def _probability(scores: Floats, chosen: Ints) -> Floats:
    """The softmax of the chosen scores: scores [rows, words, choices], chosen [rows, words]."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    total = np.exp(scores).sum(axis=-1)
    return np.asarray(np.exp(np.take_along_axis(scores, chosen[..., None], -1)[..., 0]) / total, dtype=np.float32)
