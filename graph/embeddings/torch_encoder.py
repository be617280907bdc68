"""Any sentence-transformers model, on any device. Importing this imports PyTorch, which takes seconds."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from clew.graph.embeddings.embeddings import Tokens, clean, sha256_of, unit
from clew.graph.errors import ModelError
from clew.graph.store import Vectors


class TorchEmbedder:
    """A model by folder or name. Weights are read from safetensors only, and no code of the model's is run."""

    def __init__(self, model: str, *, name: str = "", device: str = "auto", threads: int | None = None) -> None:
        """`name` stands in the fingerprint, the last part of `model` where empty. `device` is `auto`, `cpu`, `cuda`,
        `cuda:N` or `mps`. `threads` holds for PyTorch in the whole process."""
        if threads:
            torch.set_num_threads(threads)
        self._model = _load(model)
        self._to(device, model)
        self.dimension = int(self._model.encode("", show_progress_bar=False).shape[0])
        parts = [name or Path(model).name, _digest(model, self._model)[:12], str(self.dimension), _pooling(self._model)]
        self.fingerprint = "/".join([*parts, "l2"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Texts are cut where the model's own settings say."""
        if not len(texts):
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            [clean(text) for text in texts],
            batch_size=32,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """See Embedder. A model without states of its own for the pieces of a text gives the vector of each word."""
        cleaned = [clean(text) for text in texts]
        tokenizer = getattr(self._model, "tokenizer", None)
        if not getattr(tokenizer, "is_fast", False):
            return [self._words(text) for text in cleaned]
        options: dict[str, Any] = {"output_value": "token_embeddings", "show_progress_bar": False}
        states = self._model.encode(cleaned, batch_size=32, **options)
        found = []
        for text, state in zip(cleaned, states, strict=True):
            marked = tokenizer(text, return_offsets_mapping=True, truncation=True, max_length=len(state))  # type: ignore[misc]
            spans = np.array(marked["offset_mapping"], dtype=np.int32).reshape(-1, 2)[: len(state)]
            own = spans[:, 1] > spans[:, 0]
            found.append(Tokens(unit(np.asarray(state.cpu(), dtype=np.float32)[: len(spans)][own]), spans[own]))
        return found

    def _words(self, text: str) -> Tokens:
        spans = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        states = self.encode([text[start:end] for start, end in spans])
        return Tokens(states, np.array(spans, dtype=np.int32).reshape(-1, 2))

    def _to(self, device: str, model: str) -> None:
        if device == "auto":
            device = (
                str(torch.accelerator.current_accelerator() or "cpu") if torch.accelerator.is_available() else "cpu"
            )
        try:
            self._model.to(device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ModelError(
                f"The embedding model {model} cannot run on device {device!r}: {_first_line(error)}",
                hint="Use auto, cpu, cuda, cuda:N or mps, whichever this computer has.",
            ) from error


def _load(model: str) -> SentenceTransformer:
    """What is on this computer is taken from there; the network is asked only for a name that is not."""
    is_folder = Path(model).is_dir()
    # A bar for a second's reading would stand in the middle of a command's own output.
    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    options: dict[str, Any] = {"device": "cpu", "model_kwargs": {"use_safetensors": True}}
    try:
        return SentenceTransformer(model, local_files_only=True, **options)
    except Exception as error:  # three libraries raise what they like
        if is_folder:
            raise ModelError(
                f"The folder {model} holds no usable sentence-transformers model: {_first_line(error)}",
                hint="It needs config.json, a tokenizer and model.safetensors.",
            ) from error
    try:
        with contextlib.suppress(RepositoryNotFoundError):  # a short name; the loader knows its owner
            HfApi().model_info(model, timeout=10)  # without a network the loader itself would retry for a minute
        return SentenceTransformer(model, **options)
    except Exception as error:
        raise ModelError(
            f"The embedding model {model!r} is not on this computer and cannot be downloaded: {_first_line(error)}",
            hint="Check the name, download it beforehand where there is a network, or give the folder of a model.",
        ) from error


def _pooling(loaded: SentenceTransformer) -> str:
    """`mean`, `cls` and the like; `own` for a model without a pooling layer, such as static vectors."""
    modes: list[str] = []
    layers: list[Any] = list(loaded)
    for part in layers:
        if hasattr(part, "get_pooling_mode_str"):  # sentence-transformers 5
            modes.append(part.get_pooling_mode_str())
        elif mode := getattr(part, "pooling_mode", None):  # 6: a name, or several
            modes.extend([mode] if isinstance(mode, str) else mode)
    return "+".join(modes) or "own"


def _digest(model: str, loaded: SentenceTransformer) -> str:
    """SHA-256 of the weights file where that is all there is, so that the default model has one fingerprint on every
    path; else over names and bytes of all weights."""
    file = Path(model) / "model.safetensors"
    return sha256_of(file) if file.is_file() else _weights_digest(loaded)


def _weights_digest(loaded: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(loaded.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
