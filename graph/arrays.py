"""An Adjacency kept beside its store, memory-mapped when it comes back: derived, and thrown away when out of date."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from clew.graph.adjacency import Adjacency

_TEXTS = ("nodes", "chunks", "relations", "triple_ids")
_ARRAYS = tuple(field.name for field in fields(Adjacency) if field.name not in {"generation", *_TEXTS})


def load(folder: Path, generation: int, owner: str) -> Adjacency | None:
    """The adjacency of this generation of the store `owner`, None where there is none or it does not fit."""
    place = folder / f"adjacency-{generation}"
    try:
        about = json.loads((place / "about.json").read_text("utf-8"))
        if (about["owner"], about["generation"]) != (owner, generation):
            return None
        arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS}
        texts = {name: [str(text) for text in about[name]] for name in _TEXTS}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    parts: dict[str, Any] = {**arrays, **texts}
    adjacency = Adjacency(generation=generation, **parts)
    return adjacency if _fits(adjacency) else None


def save(folder: Path, adjacency: Adjacency, owner: str) -> None:
    """The adjacency is in the folder, whole or not at all, in place of those of other generations. What cannot be
    written is left: it is only a short cut."""
    place = folder / f"adjacency-{adjacency.generation}"
    about = {"owner": owner, "generation": adjacency.generation}
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
        drop(folder)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
        try:
            for name in _ARRAYS:
                np.save(making / f"{name}.npy", getattr(adjacency, name), allow_pickle=False)
            lists = {name: list(getattr(adjacency, name)) for name in _TEXTS}
            (making / "about.json").write_text(json.dumps(about | lists), "utf-8")
            making.rename(place)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def drop(folder: Path) -> None:
    """No adjacency is left in the folder."""
    for pattern in ("adjacency-*", "making-*"):
        for place in folder.glob(pattern):
            shutil.rmtree(place, ignore_errors=True)


def _fits(adjacency: Adjacency) -> bool:
    """The arrays are as long as one another say, and point nowhere outside."""
    edges, nodes = len(adjacency.triple_ids), len(adjacency.nodes)
    groups = len(adjacency.mention_chunk)
    lengths = (
        all(len(array) == edges for array in (adjacency.head, adjacency.relation, adjacency.tail, adjacency.confidence))
        and len(adjacency.mention_entity) == len(adjacency.mention_count) == groups
        and len(adjacency.is_value) == nodes
        and len(adjacency.title_entity) == len(adjacency.chunks)
    )
    return lengths and all(
        not len(array) or (low <= int(array.min()) and int(array.max()) < size)
        for array, low, size in (
            (adjacency.head, 0, nodes),
            (adjacency.tail, 0, nodes),
            (adjacency.relation, 0, len(adjacency.relations)),
            (adjacency.mention_chunk, 0, len(adjacency.chunks)),
            (adjacency.mention_entity, 0, nodes),
            (adjacency.title_entity, -1, nodes),
        )
    )
