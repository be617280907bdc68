"""The network that parses, without spaCy: words in; tags, lemmas, heads, relations and names out.

It is the lower part of the sentence encoder, fine-tuned (see `training/train_parser`); ONNX Runtime runs it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from clew.ingest.parser.lemmas import apply_rule
from clew.ingest.parser.tagging import allowed_steps, best_tags
from clew.ingest.parser.trees import decode, sentence_numbers
from clew.ingest.parser.windows import Window, batches, cut
from clew.ingest.parser.word_pieces import Windows, WordPieces

NETWORK, RELATIONS = "network.onnx", "relations.onnx"
TOKENIZER, LABELS, LEMMAS = "tokenizer.json", "labels.json", "lemmas.json"
FILES = (NETWORK, RELATIONS, TOKENIZER, LABELS, LEMMAS)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Columns:
    """A text's words, with what is found of each: `labels` by column, `heads`, and `certain` [words, 2], the
    probabilities of its head and entity tag. `starts` are 1 where a sentence is known to begin, -1 where none does."""

    def __init__(self, words: list[str], spaces: list[bool], starts: Ints | None = None) -> None:
        size = len(words)
        self.words, self.spaces = words, spaces
        self.blank = np.array([word.isspace() for word in words], dtype=bool)
        self.labels = {
            column: np.zeros(size, dtype=np.int64) for column in ("tag", "pos", "feats", "lemma", "dep", "entity")
        }
        self.starts = np.zeros(size, dtype=np.int64) if starts is None else starts
        self.heads = np.arange(size)
        self.certain = np.ones((size, 2), dtype=np.float32)

    def tree(self) -> Ints:
        """Each token's head; a blank hangs on the word before it, or on the first word where none is before."""
        heads = self.heads.copy()
        places = np.where(self.blank, -1, np.arange(len(heads)))
        before = np.maximum.accumulate(places)
        first = int(np.argmax(~self.blank)) if not self.blank.all() else 0
        heads[self.blank] = np.where(before[self.blank] >= 0, before[self.blank], first)
        return heads


class ParserNetwork:
    """The network's files, loaded. One call at a time."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], *, threads: int = 0) -> None:
        """`files` are those of the folder, by name; 0 threads leave their number to ONNX Runtime."""
        self.fingerprint = hashlib.sha256(b"".join(files[name] for name in FILES)).hexdigest()[:12]
        self._session = open_session(files[NETWORK], threads)
        self._pieces = WordPieces(folder / TOKENIZER)
        self.names: dict[str, list[str]] = json.loads(files[LABELS])
        self._known: dict[str, dict[str, str]] = json.loads(files[LEMMAS])
        self._relations = open_session(files[RELATIONS], 1)
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._steps = allowed_steps(self.names["entity"])

    def annotate(self, columns: Sequence[Columns]) -> None:
        """The columns hold what the network says of their words."""
        self._pieces.learn([word for column in columns for word in column.words])
        windows = [
            window
            for number, column in enumerate(columns)
            for window in cut(number, column.words, column.spaces, column.blank, self._pieces)
        ]
        groups = list(batches(windows))
        with ThreadPoolExecutor(1) as ahead:  # the network reads the next batch while this one becomes trees
            for (_, group), out in zip(groups, ahead.map(self._run, groups), strict=True):
                self._read(group, out, columns)

    def _run(self, batch: tuple[int, Sequence[Window]]) -> dict[str, Any]:
        """What the network says of the windows, by the names of its outputs."""
        length, group = batch
        rows = self._pieces.windows([(window.words, window.spaces) for window in group], length)
        out = self._session.run(None, feed(rows))
        return {**dict(zip(self._outputs, out, strict=True)), "words": rows.words}

    def _read(self, group: Sequence[Window], out: dict[str, Any], columns: Sequence[Columns]) -> None:
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
        relations[own] = self.names["dep"].index("ROOT")
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

    def lemmas(self, found: Columns) -> Iterator[str]:
        """The known lemma of each word, or the one by its rule."""
        rules, names = self.names["lemma"], self.names["pos"]
        labels = zip(found.labels["pos"].tolist(), found.labels["lemma"].tolist(), strict=True)
        for text, blank, (pos, rule) in zip(found.words, found.blank.tolist(), labels, strict=True):
            if not blank:
                known = self._known.get(names[pos])
                yield (known.get(text.lower()) if known else None) or apply_rule(text, rules[rule])


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
