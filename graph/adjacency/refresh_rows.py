"""The tables of an Adjacency (its rows of edges) brought up to date: what stays is copied, what came is let in.

Numbers of nodes, relations and edges only ever move up or down together, so what stays keeps its order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Adjacency, Bools, Ints, Places, leaner_end, spans, tables_of

_NEEDED = {"incident", "steps", "lean", "lean_far"}


@dataclass(frozen=True, slots=True)
class Moved:
    """New number of each old node, relation and edge, -1 where it went; `stay` tells the old edges that nothing was
    told of; `told` are the new numbers of the other edges."""

    nodes: Ints
    relations: Ints
    edges: Ints
    stay: Bools
    told: Ints


def merged_tables(old: Adjacency, new: Adjacency, moved: Moved) -> dict[str, Any]:
    """The tables of `new` that follow from those of `old`; none where they are not at hand."""
    if not tables_of(old).keys() >= _NEEDED:
        return {}
    incident, steps = _incident(old, new, moved)
    lean, lean_far = _lean(old, new, moved, incident)
    return {"incident": incident, "steps": steps, "lean": lean, "lean_far": lean_far}


def _incident(old: Adjacency, new: Adjacency, moved: Moved) -> tuple[tuple[Ints, Ints], Ints]:
    offsets, edges = old.incident
    kept = moved.stay[edges]
    steps = old.steps[kept]
    steps[:, 0], steps[:, 1] = moved.nodes[steps[:, 0]], moved.relations[steps[:, 1]]
    edges = moved.edges[edges[kept]]
    gone = np.flatnonzero(~moved.stay)
    ends = np.concatenate([old.head[gone], old.tail[gone]])
    counts = np.diff(offsets) - np.bincount(ends, minlength=len(old.nodes))
    starts = _starts(_per_node(counts, moved.nodes, len(new.nodes)))

    added = np.concatenate([moved.told, moved.told])
    owner = np.concatenate([new.head[moved.told], new.tail[moved.told]])
    order = np.lexsort((added, new.relation[added], owner))
    added, owner = added[order], owner[order]
    relation = new.relation[added]

    def before(places: Places, which: Places) -> Bools:
        there, here = steps[places, 1], relation[which]
        first: Bools = (there < here) | ((there == here) & (edges[places] < added[which]))
        return first

    at = _bisect(starts[owner], starts[owner + 1], before)
    far = np.where(new.head[added] == owner, new.tail[added], new.head[added])
    came = np.stack([far, relation, new.confidence[added].view(np.int32)], axis=1)
    return (_grown(starts, owner), np.insert(edges, at, added)), np.insert(steps, at, came, axis=0)


def _lean(old: Adjacency, new: Adjacency, moved: Moved, incident: tuple[Ints, Ints]) -> tuple[tuple[Ints, Ints], Ints]:
    """Where a node has more or fewer edges than before, any of its edges may stand at its other end now."""
    offsets, edges = old.lean
    others = np.full(len(new.head), True)
    others[_unsettled(old, new, moved, incident)] = False
    number = moved.edges[edges]
    kept = moved.stay[edges]
    kept[kept] = others[number[kept]]
    owner = np.repeat(moved.nodes, np.diff(offsets))[kept]
    starts = _starts(np.bincount(owner, minlength=len(new.nodes)))
    edges, far = number[kept], moved.nodes[old.lean_far[kept]]

    added = np.flatnonzero(~others).astype(np.int32)
    owner = leaner_end(new.head[added], new.tail[added], incident[0])
    order = np.lexsort((added, owner))
    added, owner = added[order], owner[order]
    at = _bisect(starts[owner], starts[owner + 1], lambda places, which: edges[places] < added[which])
    came = np.where(new.head[added] == owner, new.tail[added], new.head[added])
    return (_grown(starts, owner), np.insert(edges, at, added)), np.insert(far, at, came)


def _unsettled(old: Adjacency, new: Adjacency, moved: Moved, incident: tuple[Ints, Ints]) -> Ints:
    """The edges told, and all edges of nodes that have another number of edges than before."""
    degree = np.zeros(len(new.nodes), dtype=np.int64)
    kept = moved.nodes >= 0
    degree[moved.nodes[kept]] = np.diff(old.incident[0])[kept]
    offsets, edges = incident
    changed = np.flatnonzero(degree != np.diff(offsets))
    _, places = spans(offsets[changed], np.diff(offsets)[changed])
    return np.concatenate([moved.told, edges[places]])


def _per_node(counts: npt.NDArray[Any], moved: Ints, size: int) -> npt.NDArray[np.int64]:
    placed = np.zeros(size, dtype=np.int64)
    placed[moved[moved >= 0]] = counts[moved >= 0]
    return placed


def _starts(counts: npt.NDArray[Any]) -> Places:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _grown(starts: Places, owner: Ints) -> Ints:
    """The offsets once each of these owners has one more."""
    return (starts + _starts(np.bincount(owner, minlength=len(starts) - 1))).astype(np.int32)


def _bisect(low: Places, high: Places, before: Callable[[Places, Places], Bools]) -> Places:
    """For each i the first place in `low[i]..high[i]` that does not stand before it: `before(places, i)` says so."""
    low, high = low.copy(), high.copy()
    while len(which := np.flatnonzero(low < high)):
        middle = (low[which] + high[which]) // 2
        less = before(middle, which)
        low[which[less]] = middle[less] + 1
        high[which[~less]] = middle[~less]
    return low
