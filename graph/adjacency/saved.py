"""An Adjacency kept beside its store, memory-mapped when it comes back: derived, and thrown away when out of date."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import ROWS, Adjacency, Rows, with_tables
from clew.graph.adjacency.id_table import Ids
from clew.graph.adjacency.refresh import Touched

_IDS = ("nodes", "chunks", "triple_ids", "relations")
_ARRAYS = tuple(field.name for field in fields(Adjacency) if field.name not in {"generation", *_IDS})
_TYPES = {"is_value": np.bool_, "confidence": np.float32}  # the others are int32
_Array = npt.NDArray[Any]


def load(folder: Path, generation: int, owner: str) -> Adjacency | None:
    """The adjacency of this generation of the store `owner`, None where there is none or it does not fit."""
    place = folder / f"adjacency-{generation}"
    try:
        about = json.loads((place / "about.json").read_text("utf-8"))
        if (about["owner"], about["generation"]) != (owner, generation):
            return None
        arrays: dict[str, Any] = {name: _read(place, name, _TYPES.get(name, np.int32)) for name in _ARRAYS}
        ids: dict[str, Any] = {name: _read_ids(place, name) for name in _IDS}
        rows = {name: (_read(place, f"{name}-offsets"), _read(place, name)) for name in ROWS}
        steps, lean_far = _read(place, "steps").reshape(-1, 3), _read(place, "lean_far")
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    if not all(each.is_sound() for each in ids.values()):
        return None
    relations = list(ids.pop("relations"))
    adjacency = Adjacency(generation=generation, relations=relations, **arrays, **ids)
    if not (_fits(adjacency) and _rows_fit(adjacency, rows) and _steps_fit(adjacency, steps, lean_far)):
        return None
    return with_tables(adjacency, {**rows, "steps": steps, "lean_far": lean_far})


def _read(place: Path, name: str, kind: Any = np.int32) -> _Array:
    """The array, mapped into memory; a plain array over the map, whose elements are faster to reach."""
    array = np.asarray(np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False))
    if array.dtype != kind or array.ndim != 1:
        raise ValueError(f"{name} holds {array.dtype} in {array.ndim} dimensions")
    return array


def _read_ids(place: Path, name: str) -> Ids:
    return Ids(_read(place, f"{name}-offsets", np.int64), _read(place, name, np.uint8))


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
            for name, array in _columns(adjacency):
                np.save(making / f"{name}.npy", array, allow_pickle=False)
            (making / "about.json").write_text(json.dumps(about), "utf-8")
            making.rename(place)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _columns(adjacency: Adjacency) -> Iterator[tuple[str, _Array]]:
    """Every array with the name of its file."""
    for name in _ARRAYS:
        yield name, getattr(adjacency, name)
    for name in _IDS:
        held = getattr(adjacency, name)
        ids = held if isinstance(held, Ids) else Ids.of(held)
        yield from ((f"{name}-offsets", ids.offsets), (name, ids.text))
    for name in ROWS:
        offsets, values = getattr(adjacency, name)
        yield from ((f"{name}-offsets", offsets), (name, values))
    yield from (("steps", adjacency.steps.ravel()), ("lean_far", adjacency.lean_far))


class Kept:
    """The adjacency of the store `owner`: what changes is merged into it, and it is kept in the folder."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder, self._owner = folder, owner
        self._held: Adjacency | None = None
        self._saved = -1  # the generation that lies in the folder, as far as is known
        self._touched = Touched()  # since what is held was made

    def touch(self, touched: Touched) -> None:
        """The next refresh hears that this changed."""
        if self._held is not None:
            self._touched.update(touched)

    def get(
        self, generation: int, make: Callable[[], Adjacency], mend: Callable[[Adjacency, Touched], Adjacency]
    ) -> Adjacency:
        """The adjacency of this generation: held, loaded, mended from an older one, or made anew."""
        if self._held is None:
            self._held, self._saved = load(self._folder, generation, self._owner), generation
            if self._held is None:
                save(self._folder, held := make(), self._owner)
                self._held = held
        elif self._held.generation != generation:
            self._held = mend(self._held, self._touched)
        self._touched = Touched()
        return self._held

    def close(self, generation: int) -> None:
        """What is held lies in the folder, where it is of this generation."""
        if self._held is not None and self._saved != self._held.generation == generation:
            save(self._folder, self._held, self._owner)


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
        _within(array, low, size)
        for array, low, size in (
            (adjacency.head, 0, nodes),
            (adjacency.tail, 0, nodes),
            (adjacency.relation, 0, len(adjacency.relations)),
            (adjacency.mention_chunk, 0, len(adjacency.chunks)),
            (adjacency.mention_entity, 0, nodes),
            (adjacency.title_entity, -1, nodes),
        )
    )


def _rows_fit(adjacency: Adjacency, rows: dict[str, Rows]) -> bool:
    """Each table has a row for each of its keys, as many values as there are, and no value from outside."""
    edges, groups, nodes = len(adjacency.head), len(adjacency.mention_chunk), len(adjacency.nodes)
    sizes = {
        "incident": (nodes, 2 * edges, edges),
        "lean": (nodes, edges, edges),
        "mentions_by_entity": (nodes, groups, groups),
        "mentions_by_chunk": (len(adjacency.chunks), groups, groups),
    }
    return all(
        len(offsets) == count + 1
        and len(values) == length == offsets[-1]
        and offsets[0] == 0
        and not bool((offsets[1:] < offsets[:-1]).any())
        and _within(values, 0, size)
        for (offsets, values), (count, length, size) in ((rows[name], sizes[name]) for name in ROWS)
    )


def _steps_fit(adjacency: Adjacency, steps: _Array, far: _Array) -> bool:
    edges, nodes = len(adjacency.head), len(adjacency.nodes)
    return (
        (len(steps), len(far)) == (2 * edges, edges)
        and _within(steps[:, 0], 0, nodes)
        and _within(steps[:, 1], 0, len(adjacency.relations))
        and _within(far, 0, nodes)
    )


def _within(array: _Array, low: int, size: int) -> bool:
    return not len(array) or (low <= int(array.min()) and int(array.max()) < size)
