"""Questions over one graph, made ready for the network: subgraphs are cut when they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from clew.gnn.data import Case, Collated, collate, to_data
from clew.gnn.example import Example
from clew.graph.adjacency.adjacency import Adjacency, Ints, Subgraph, cut
from clew.graph.adjacency.personalised_pagerank import push

if TYPE_CHECKING:
    from clew.gnn.encode import Lexicon


KEPT = 40_000  # subgraphs remembered, about 25 KB each at 2,000 nodes


@dataclass(frozen=True)
class Corpus:
    """Examples over an adjacency. Those with a seed that the graph does not have are left out: `unknown` counts them.

    `budget`, `hops` and `hub` bound the subgraph around an example's seeds (`push`).
    `returning`: paths may come back to their seed, as in some sets of questions.
    """

    adjacency: Adjacency
    asked: Sequence[Example]
    lexicon: Lexicon
    budget: int = 2000
    hops: int = 3
    hub: int = 256
    returning: bool = False

    @cached_property
    def examples(self) -> list[Example]:
        """Those whose seeds the graph has."""
        index = self.adjacency.node_index
        return [example for example in self.asked if example.seeds and all(seed in index for seed in example.seeds)]

    @cached_property
    def _cut(self) -> dict[tuple[str, ...], tuple[Ints, Ints]]:
        return {}

    @property
    def unknown(self) -> int:
        """How many examples have a seed that the graph does not have."""
        return len(self.asked) - len(self.examples)

    @cached_property
    def relations(self) -> npt.NDArray[np.int64]:
        """The Lexicon's number of each relation of the adjacency."""
        return self.lexicon.numbers(list(self.adjacency.relations))

    def subgraph(self, example: Example) -> Subgraph:
        """The dense part of the graph around an example's seeds. The first KEPT are remembered."""
        found = self._cut.get(example.seeds)
        if found:
            nodes, edges = found
            head, tail = (np.searchsorted(nodes, ends[edges]) for ends in (self.adjacency.head, self.adjacency.tail))
            return Subgraph(self.adjacency, nodes, edges, head.astype(np.int32), tail.astype(np.int32))
        index = self.adjacency.node_index
        seeds = {index[seed]: 1.0 for seed in example.seeds}
        subgraph = cut(self.adjacency, push(self.adjacency, seeds, budget=self.budget, hops=self.hops, hub=self.hub))
        if len(self._cut) < KEPT:
            self._cut[example.seeds] = (subgraph.nodes, subgraph.edges)
        return subgraph

    def case(self, example: Example) -> Case:
        """The example as the network takes it."""
        index, subgraph = self.adjacency.node_index, self.subgraph(example)
        answers = np.array([index[answer] for answer in example.answers if answer in index], dtype=np.int64)
        inside = answers[np.isin(answers, subgraph.nodes)]
        starts = tuple({int(np.searchsorted(subgraph.nodes, index[seed])): 1.0} for seed in example.seeds)
        numbers = self.lexicon.numbers([relation for relation, _ in example.path])
        path = tuple((int(n), int(not forward)) for n, (_, forward) in zip(numbers, example.path, strict=True))
        return Case(
            self.lexicon.read(example.question, example.spans),
            subgraph,
            starts,
            np.searchsorted(subgraph.nodes, inside),
            path,
        )

    def batch(self, examples: Sequence[Example], *, hops: int) -> tuple[list[Case], Collated]:
        """These examples, which have equally many seeds, in one batch for a network of so many hops."""
        self.lexicon.read_all([(example.question, example.spans) for example in examples])
        cases = [self.case(example) for example in examples]
        return cases, collate(
            cases,
            [to_data(case, self.relations) for case in cases],
            self.lexicon,
            hops=hops,
            returning=self.returning,
        )


def batches(examples: Sequence[Example], size: int, order: Sequence[int] | None = None) -> Iterator[list[Example]]:
    """Batches of at most `size` examples that have equally many seeds each, in the order given, the last ones short."""
    waiting: dict[int, list[Example]] = {}
    for place in order if order is not None else range(len(examples)):
        example = examples[place]
        group = waiting.setdefault(len(example.seeds), [])
        group.append(example)
        if len(group) == size:
            yield waiting.pop(len(example.seeds))
    yield from (group for _, group in sorted(waiting.items()))


__all__ = ["Corpus", "batches"]
