"""The reader: one pass of a small network over a question and a passage says which spans answer, or that none does.

The network is the sentence encoder, fine-tuned (see `retrieval/training`); ONNX Runtime runs it in 8 bits. What is
read of a passage depends neither on the passages beside it nor on how many threads read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime

from clew.graph.embeddings.embeddings import default_folder
from clew.graph.errors import ModelError
from clew.retrieval.reader.calibration import Calibration, passage_features, span_features
from clew.retrieval.reader.pieces import END, MOST, MOST_ASKED, START, Pieces, WordPieces
from clew.retrieval.reader.spans import Found, best

MODEL = Path(__file__).parent.parent / "models" / "reader"
NETWORK = "reader.onnx"
OVERLAP = 72  # word pieces that neighbouring windows of a long passage share

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the passage, and their `text`. `score` is how far the network puts the span above
    "no answer" (a difference of logits), `probability` the chance that it answers the question."""

    start: int
    end: int
    text: str
    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in passage number `passage`: the chances that it speaks of what is asked (`relevance`) and that it
    holds an answer (`answerable`), and its best spans, none overlapping another, likeliest first."""

    passage: int
    relevance: float
    answerable: float
    spans: tuple[Span, ...]


class Window(NamedTuple):
    """A part of a passage that goes through the network together with its question."""

    pair: int
    asked: npt.NDArray[np.int32]
    read: Pieces

    @property
    def size(self) -> int:
        """Word pieces, with the three marks."""
        return len(self.asked) + len(self.read) + 3


class Scored(NamedTuple):
    """What the network says of a window: scores of its passage's pieces, of "no answer", and of relevance (a logit)."""

    start: Array
    end: Array
    null: float
    relevance: float


def open_reader(folder: Path | None = None, *, threads: int | None = None) -> Reader:
    """The reader that is shipped, or the one in `folder`; `threads` limits the CPU threads.

    Raises ModelError where it is missing or damaged.
    """
    return Reader(folder or MODEL, threads=threads)


class Reader:
    """Reads passages. Safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """`folder` holds the network and its calibration; word pieces are the installed sentence encoder's."""
        self._workers = ThreadPoolExecutor(threads or _cores(), thread_name_prefix="clew-reader")
        self._pieces = WordPieces(default_folder() / "tokenizer.json")
        try:
            self._calibration = Calibration.load(folder)
            self._session = _session((folder / NETWORK).read_bytes())
        except Exception as error:  # ONNX Runtime's errors share no other base class
            raise ModelError(
                f"The reader in {folder} cannot be loaded: {error}.", hint="Install Clew again, or name another folder."
            ) from error

    def read(self, question: str, passages: Sequence[str], *, spans: int = 5) -> list[Reading]:
        """A reading a passage, in order, each with at most `spans` spans."""
        return self.read_pairs([(question, passage) for passage in passages], spans=spans)

    def read_pairs(self, pairs: Sequence[tuple[str, str]], *, spans: int = 5) -> list[Reading]:
        """A reading of each question in its passage, in order; a reading's `passage` is the number of its pair."""
        windows = self.windows(pairs)
        parts: list[list[tuple[Window, Scored]]] = [[] for _ in pairs]
        for window, scored in zip(windows, self.scores(windows), strict=True):
            parts[window.pair].append((window, scored))
        return [self._reading(number, passage, parts[number], spans) for number, (_, passage) in enumerate(pairs)]

    def windows(self, pairs: Sequence[tuple[str, str]]) -> list[Window]:
        """The passages in windows that overlap; a passage of which nothing can be read has none."""
        questions = list(dict.fromkeys(question for question, _ in pairs))
        asked = dict(zip(questions, self._pieces.cut(questions), strict=True))
        read = self._pieces.cut([passage for _, passage in pairs])
        found: list[Window] = []
        for number, (question, _) in enumerate(pairs):
            ids = asked[question].ids[:MOST_ASKED]
            room = MOST - 3 - len(ids)
            found += [Window(number, ids, part) for part in _parts(read[number], room)]
        return found

    def scores(self, windows: Sequence[Window]) -> list[Scored]:
        """What the network says of each window, in order.

        Each goes through by itself, as many at once as there are threads: without padding, and with what a layer
        writes still in the processor's cache, that is half as fast again as batches are.
        """
        return list(self._workers.map(self._score, windows))

    def _score(self, window: Window) -> Scored:
        start, end, relevance = self._session.run(None, _inputs(window))
        place = slice(len(window.asked) + 2, window.size - 1)
        return Scored(start[0, place], end[0, place], float(start[0, 0] + end[0, 0]), float(relevance[0]))

    def _reading(self, number: int, passage: str, parts: Sequence[tuple[Window, Scored]], most: int) -> Reading:
        found = chosen(passage, parts, max(most, 2))
        if not found:
            return Reading(number, 0.0, 0.0, ())
        judged = max(scored.relevance for _, scored in parts)
        spans = [
            Span(one.start, one.end, passage[one.start : one.end], one.score, self._calibration.span(features))
            for one, features in zip(found, features_of(found, judged), strict=True)
        ]
        spans.sort(key=lambda span: -span.probability)
        answerable = self._calibration.passage(passage_features(found[0].score, judged))
        return Reading(number, self._calibration.relevance((judged,)), answerable, tuple(spans[:most]))


def chosen(passage: str, parts: Sequence[tuple[Window, Scored]], most: int) -> list[Found]:
    """The best spans of all windows together, highest score first, none overlapping a better one."""
    every: list[Found] = []
    for window, scored in parts:
        own: list[Found] = []
        for span in best(passage, window.read, scored.start, scored.end, scored.null):
            if all(span.end <= one.start or one.end <= span.start for one in own):
                own.append(span)
                if len(own) == most:
                    break
        every += own
    kept: list[Found] = []
    for span in sorted(every, key=lambda span: -span.score):
        if all(span.end <= one.start or one.end <= span.start for one in kept):
            kept.append(span)
    return kept[:most]


def features_of(found: Sequence[Found], judged: float) -> list[tuple[float, ...]]:
    """What the calibration takes for each span."""
    second = found[1].score if len(found) > 1 else found[0].score - 8
    return [
        span_features(one.score, judged, one.score - (found[0].score if number else second), one.pieces)
        for number, one in enumerate(found)
    ]


def _parts(read: Pieces, room: int) -> Iterator[Pieces]:
    """Windows of at most `room` pieces, each beginning before the one before it ends."""
    first = 0
    while len(read) > first:
        yield read.part(first, first + room)
        if first + room >= len(read):
            return
        first += max(1, room - OVERLAP)


def _inputs(window: Window) -> dict[str, npt.NDArray[np.int32]]:
    """The network's inputs, int32 [1, pieces]."""
    shift = len(window.asked) + 2
    ids, kinds, forms = (np.zeros((1, window.size), dtype=np.int32) for _ in range(3))
    ids[0, 0], ids[0, shift - 1], ids[0, -1] = START, END, END
    ids[0, 1 : shift - 1], ids[0, shift:-1] = window.asked, window.read.ids
    kinds[0, shift:] = 1
    forms[0, shift:-1] = window.read.forms
    return {"ids": ids, "kinds": kinds, "forms": forms}


def _session(network: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False  # patterns are kept for every shape, and nearly every window has its own
    options.log_severity_level = 3  # errors only
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
