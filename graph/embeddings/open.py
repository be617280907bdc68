"""`open_embedder`: a model's name or folder becomes the encoder that runs it."""

from __future__ import annotations

import os
from pathlib import Path

from clew.graph.embeddings.embeddings import DEFAULT_MODEL, Embedder, default_folder
from clew.graph.errors import ModelError, require


def open_embedder(
    model: str = DEFAULT_MODEL, *, device: str = "auto", cache: Path | None = None, threads: int | None = None
) -> Embedder:
    """The embedder for a model's name or folder.

    The default model on `auto` or `cpu` runs through ONNX Runtime, without PyTorch and without the network; its
    export is kept in `cache` (the user's cache directory where None). Any other model, and any other `device`
    (`cuda`, `cuda:1`, `mps`), runs through sentence-transformers, where `auto` takes a GPU if there is one; only a
    model that is named, and not yet on this computer, is downloaded. `threads` limits the CPU threads.
    Raises ModelError where the model is missing, damaged or cannot run on the device, MissingExtraError.
    """
    if model in {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}:
        folder = default_folder()
        if device in {"auto", "cpu"}:
            from clew.graph.embeddings.onnx_encoder import OnnxEmbedder

            return OnnxEmbedder(folder, cache=cache, threads=threads)
        _require_torch()
        from clew.graph.embeddings.torch_encoder import TorchEmbedder

        return TorchEmbedder(str(folder), name=DEFAULT_MODEL, device=device, threads=threads)
    name = Path(model).name
    if _looks_like_path(model):
        model = str(_existing(model))
    _require_torch()
    from clew.graph.embeddings.torch_encoder import TorchEmbedder

    return TorchEmbedder(model, name=name, device=device, threads=threads)


def _require_torch() -> None:
    require("sentence_transformers", "sentence-transformers, which runs other encoders,", "encoders")


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
