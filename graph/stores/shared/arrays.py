"""An Adjacency on its way to another process: by the files beside the store where it is large, else whole."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from clew.graph.adjacency import saved as arrays
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.adjacency.id_table import Ids
from clew.graph.stores.shared import address as served_place
from clew.graph.stores.shared.wire import Lost

_LARGE = 200_000  # edges, from which on mapping the files costs less than a copy for each guest
_CACHE = "cache"


def told(adjacency: Adjacency, folder: Path, *, held: int, send: bool) -> tuple[Any, ...]:
    """What the owner answers: nothing more where the other end holds this generation, the name of the files where
    they lie in the folder's cache (they are put there if need be), else, or if asked to `send`, the arrays."""
    if adjacency.generation == held:
        return ("held",)
    if not send and len(adjacency.triple_ids) >= _LARGE and (name := served_place.name_of(folder)):
        cache = folder / _CACHE
        if not (cache / f"adjacency-{adjacency.generation}").is_dir():
            arrays.save(cache, adjacency, name)
        return ("kept", adjacency.generation)
    return ("sent", {field.name: _plain(getattr(adjacency, field.name)) for field in fields(Adjacency)})


def _plain(value: Any) -> Any:
    return (value.offsets, value.text) if isinstance(value, Ids) else value


def heard(answer: tuple[Any, ...], folder: Path, held: Adjacency | None) -> Adjacency | None:
    """The adjacency that was told of, None where its files cannot be read (any more)."""
    if answer[0] == "held":
        return held
    if answer[0] == "kept":
        return arrays.load(folder / _CACHE, answer[1], served_place.name_of(folder))
    columns: dict[str, Any] = {
        name: Ids(*value) if isinstance(value, tuple) else value for name, value in answer[1].items()
    }
    try:
        return Adjacency(**columns)
    except TypeError as error:
        raise Lost("no adjacency of ours") from error
