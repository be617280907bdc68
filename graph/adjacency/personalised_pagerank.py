"""Personalised PageRank by forward push: which nodes of a large graph matter to a few of its nodes.

Andersen, Chung and Lang, "Local graph partitioning using PageRank vectors", FOCS 2006: each node keeps the share
RESTART of what reaches it and passes the rest on along its edges, as long as that is worth an edge. What a push costs
depends on the nodes asked for and on the seeds' own edges, and on nothing else of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clew.graph.adjacency.adjacency import Adjacency, Bools, Floats, Ints, Places, spans

RESTART = 0.15  # of what reaches a node, the share that ends there
HUB = 64  # edges followed from a node that is no seed: a hub is sampled, not flooded
WORK = 16  # edges followed in one hop, for each node of the budget
FINE = 0.25  # a node is pushed on where an edge of it carries this much of what the last node chosen has
ASKED = 8  # relations of most weight, which are looked for among a hub's edges
_LEAST = 1e-6  # what an edge or a seed weighs at least

_Scores = npt.NDArray[np.float64]


def push(
    adjacency: Adjacency,
    seeds: Mapping[int, float],
    *,
    budget: int = 2000,
    hops: int = 3,
    relation_weight: Floats | None = None,
    hub: int = HUB,
    visible: Bools | None = None,
) -> Ints:
    """The numbers of at most `budget` nodes within `hops` of the seeds, either way along edges: the seeds first (the
    weightiest where they are too many), then the others by personalised PageRank from them, best first.

    `seeds` node number -> weight; `relation_weight` float32 [relations], how much each is asked for (above 0; all
    alike where None); `visible` bool [E], false for edges that must not be followed. Of a seed up to `budget` edges
    are followed, the weightiest; of another node `hub`, those of the weightiest relations first, then a fixed sample.
    Raises IndexError for a seed that is no node.
    """
    start = _start(adjacency, seeds, budget)
    spread = _Spread(adjacency, relation_weight, hub, visible)
    spread.arrive(start, np.array([max(seeds[node], _LEAST) for node in start.tolist()], dtype=np.float64))
    for hop in range(hops if len(start) else 0):
        chosen = start if hop == 0 else spread.worthy(budget)
        followed = spread.whole(chosen, budget) if hop == 0 else spread.some(chosen)
        if not len(followed.places):
            break
        spread.pass_on(chosen, followed)
    others = _best(spread.nodes[len(start) :], spread.mass[len(start) :], budget - len(start))
    return np.concatenate([start, others])


def _start(adjacency: Adjacency, seeds: Mapping[int, float], budget: int) -> Ints:
    unknown = [node for node in seeds if not 0 <= node < len(adjacency.nodes)]
    if unknown:
        raise IndexError(f"Seed {unknown[0]} is none of the {len(adjacency.nodes)} nodes.")
    best = sorted(seeds, key=lambda node: (-seeds[node], node))[: max(budget, 0)]
    return np.array(best, dtype=np.int32)


def _best(nodes: Ints, scores: _Scores, most: int) -> Ints:
    """The nodes of the best scores, best first, of equal ones the smallest numbers."""
    if most <= 0:
        return nodes[:0]
    if len(nodes) > most:
        fit = scores >= np.partition(scores, -most)[-most]
        nodes, scores = nodes[fit], scores[fit]
    return nodes[np.lexsort((nodes, -scores))[:most]]


def _sums(owner: npt.NDArray[Any], values: _Scores, count: int) -> _Scores:
    return np.asarray(np.bincount(owner, weights=values, minlength=count), dtype=np.float64)


class _Followed(NamedTuple):
    """Edges to follow: each is step `places[i]` of node `owner[i]` of those that push, and weighs `weights[i]`;
    `total[n]` is what node n's edges weigh together."""

    owner: Places
    places: Places
    weights: _Scores
    total: _Scores


class _Spread:
    """What has reached each node; `mass[i]` of it at `nodes[i]`, in the order of reaching them."""

    def __init__(self, adjacency: Adjacency, weight: Floats | None, hub: int, visible: Bools | None) -> None:
        self._weight, self._hub, self._visible = weight, max(hub, 1), visible
        self._offsets, self._incident = adjacency.incident
        self._steps = adjacency.steps
        # One more than the place in `nodes` of each node there; pages of the array that hold none are never touched.
        self._place = np.zeros(len(adjacency.nodes), dtype=np.int32)
        self.nodes: Ints = np.empty(0, dtype=np.int32)
        self.mass: _Scores = np.zeros(0)  # all that ever reached it
        self._rest: _Scores = np.zeros(0)  # the part of it that is not passed on yet
        self._asked = np.empty(0, dtype=np.int64)
        if weight is not None and len(weight):
            more = np.flatnonzero(weight > weight.min())
            self._asked = more[np.argsort(-weight[more], kind="stable")[:ASKED]]

    def arrive(self, nodes: Ints, amounts: _Scores) -> None:
        """These amounts have reached these nodes (a node may stand there many times)."""
        fresh = nodes[self._place[nodes] == 0]
        self._place[fresh] = np.arange(len(fresh), dtype=np.int32)
        fresh = fresh[self._place[fresh] == np.arange(len(fresh))]  # each once: the last that wrote there
        self._place[fresh] = np.arange(len(self.nodes) + 1, len(self.nodes) + len(fresh) + 1, dtype=np.int32)
        self.nodes = np.concatenate([self.nodes, fresh])
        came = _sums(self._place[nodes] - 1, amounts, len(self.nodes))
        self.mass = np.pad(self.mass, (0, len(fresh))) + came
        self._rest = np.pad(self._rest, (0, len(fresh))) + came

    def worthy(self, budget: int) -> Ints:
        """The nodes to push on now: those whose edges carry most, as far as the work of one hop goes."""
        followed = np.minimum(self._degree(self.nodes), self._hub)
        carried = self._rest / np.maximum(followed, 1)
        least = FINE * np.partition(self.mass, -budget)[-budget] if len(self.nodes) > budget else 0.0
        kept = np.flatnonzero((carried > 0) & (carried >= least))
        kept = kept[np.lexsort((self.nodes[kept], -carried[kept]))]
        return self.nodes[kept[np.cumsum(followed[kept]) - followed[kept] < WORK * budget]]

    def _degree(self, nodes: Ints) -> Ints:
        return self._offsets[nodes + 1] - self._offsets[nodes]

    def whole(self, nodes: Ints, budget: int) -> _Followed:
        """Of each node the `budget` weightiest edges, as if there were no others."""
        rows = [self._weightiest(self._offsets[node], self._offsets[node + 1], budget) for node in nodes.tolist()]
        owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        weights = self._weights(places := np.concatenate(rows))
        return _Followed(owner, places, weights, _sums(owner, weights, len(nodes)))

    def _weightiest(self, first: int, end: int, most: int) -> Places:
        row = self._seen(np.arange(first, end))
        if len(row) <= most:
            return row
        weights = self._weights(row)
        last = np.partition(weights, -most)[-most]
        chosen = weights > last
        equal = np.flatnonzero(weights == last)[: most - int(chosen.sum())]
        chosen[equal] = True  # of equal ones those of the smallest triple ids, which are as good as drawn by lot
        best: Places = row[chosen]
        return best

    def _seen(self, places: Places) -> Places:
        return places if self._visible is None else places[self._visible[self._incident[places]]]

    def some(self, nodes: Ints) -> _Followed:
        """Of each node all edges, of a hub's a sample; each edge left out weighs as the least of those followed."""
        first, degree = self._offsets[nodes].astype(np.int64), self._degree(nodes)
        small, large = np.flatnonzero(degree <= self._hub), np.flatnonzero(degree > self._hub)
        owner, places = spans(first[small], degree[small])
        hub_owner, hub_places = self._sample(first[large], degree[large].astype(np.int64))
        owner, places = np.concatenate([small[owner], large[hub_owner]]), np.concatenate([places, hub_places])
        if self._visible is not None:
            seen = self._visible[self._incident[places]]
            owner, places = owner[seen], places[seen]
        weights, least = self._weights(places), np.full(len(nodes), np.inf)
        np.minimum.at(least, owner, weights)
        left = np.where(np.isinf(least), 0, least) * np.maximum(degree - self._hub, 0)
        return _Followed(owner, places, weights, _sums(owner, weights, len(nodes)) + left)

    def _sample(self, first: Places, degree: Places) -> tuple[Places, Places]:
        """Places of `hub` edges in each of these rows: those of the asked relations, then evenly over the row."""
        room, end = np.full(len(first), self._hub, dtype=np.int64), first + degree
        owners, places = [], []
        for relation in self._asked.tolist():
            begin = self._bisect(first, end, relation)
            count = self._bisect(begin, np.minimum(begin + room, end), relation + 1) - begin
            room -= count
            owner, place = spans(begin, count)
            owners.append(owner)
            places.append(place)
        owner, step = spans(np.zeros(len(room), dtype=np.int64), room)
        owners.append(owner)
        places.append(first[owner] + (2 * step + 1) * degree[owner] // (2 * room[owner]))
        chosen, index = np.unique(np.concatenate(places), return_index=True)
        return np.concatenate(owners)[index], chosen

    def _bisect(self, low: Places, high: Places, relation: int) -> Places:
        """The first place of each part of a row, ordered by relation, that holds this relation or a greater one."""
        if not len(low):
            return low
        last = len(self._steps) - 1
        for _ in range(int((high - low).max()).bit_length()):
            middle = (low + high) // 2
            less = (low < high) & (self._steps[np.minimum(middle, last), 1] < relation)
            low, high = np.where(less, middle + 1, low), np.where(less, high, middle)
        return low

    def _weights(self, places: Places) -> _Scores:
        steps = self._steps[places]
        weights = steps[:, 2].copy().view(np.float32).astype(np.float64)
        if self._weight is not None:
            weights *= self._weight[steps[:, 1]]
        return np.maximum(weights, _LEAST)

    def pass_on(self, nodes: Ints, followed: _Followed) -> None:
        """What rests at these nodes has gone over their edges, by weight, less what ends there."""
        owner, places, weights, total = followed
        numbers = self._place[nodes] - 1
        amounts = (1 - RESTART) * self._rest[numbers] / np.maximum(total, _LEAST)
        self._rest[numbers] = 0
        self.arrive(self._steps[places, 0], amounts[owner] * weights)
