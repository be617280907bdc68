"""Questions and their dense subgraphs become torch_geometric batches, and these the network's inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch_geometric.data import Batch, Data

from clew.gnn.encode import Lexicon, Read
from clew.gnn.example import Example
from clew.gnn.model import Inputs
from clew.graph.adjacency.adjacency import Subgraph


@dataclass(frozen=True)
class Case:
    """A question over a subgraph: `read` as the network sees it, `starts` by seed: weight of each node (numbers in the
    subgraph), `answers` nodes (numbers in the subgraph), `path` of
    (relation number in the Lexicon, 0 forward or 1 backward)."""

    read: Read
    subgraph: Subgraph
    starts: tuple[Mapping[int, float], ...]
    answers: npt.NDArray[np.int64]
    path: tuple[tuple[int, int], ...] = ()


def to_data(case: Case, relations: npt.NDArray[np.int64]) -> Data:
    """One question's graph. `relations` gives the Lexicon's number of each relation of the adjacency."""
    subgraph = case.subgraph
    count = len(subgraph.nodes)
    start = np.zeros((count, len(case.starts)), dtype=np.float32)
    for seed, weights in enumerate(case.starts):
        for node, weight in weights.items():
            start[node, seed] = weight
    answer = np.zeros(count, dtype=np.float32)
    answer[case.answers] = 1.0
    return Data(
        edge_index=torch.from_numpy(np.stack([subgraph.head, subgraph.tail]).astype(np.int64)),
        relation=torch.from_numpy(relations[subgraph.relation]),
        confidence=torch.from_numpy(np.array(subgraph.confidence, dtype=np.float32)),
        start=torch.from_numpy(start),
        ends=torch.from_numpy(np.asarray(subgraph.adjacency.is_value[subgraph.nodes], dtype=bool)),
        answer=torch.from_numpy(answer),
        num_nodes=count,
    )


@dataclass(frozen=True)
class Collated:
    """A batch as the network takes it: `answers` float32 [n], `path` int64 [B, K, 2] (relation row and direction, -1
    after the last), `sizes` the number of nodes of each question."""

    inputs: Inputs
    answers: torch.Tensor
    path: torch.Tensor
    sizes: tuple[int, ...]


class Padded(NamedTuple):
    """Questions of several lengths as equal rows; the fields are those of `Inputs`."""

    tokens: npt.NDArray[np.float32]
    alone: npt.NDArray[np.float32]
    role: npt.NDArray[np.int64]
    kept: npt.NDArray[np.bool_]


def padded(reads: Sequence[Read]) -> Padded:
    """The questions as rows as long as the longest; `kept` is false on what was added."""
    shape = (len(reads), max(len(read.tokens) for read in reads))
    tokens = np.zeros((*shape, reads[0].tokens.shape[1]), dtype=np.float32)
    alone, role, kept = np.zeros_like(tokens), np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=bool)
    for place, read in enumerate(reads):
        length = len(read.tokens)
        tokens[place, :length], alone[place, :length], role[place, :length] = read.tokens, read.alone, read.role
        kept[place, :length] = True
    return Padded(tokens, alone, role, kept)


def collate(
    cases: Sequence[Case], graphs: Sequence[Data], lexicon: Lexicon, *, hops: int, returning: bool = False
) -> Collated:
    """Questions with equally many seeds in one batch. Relations are numbered anew, only those that occur."""
    batch: Any = Batch.from_data_list(list(graphs))
    numbers, relation = np.unique(batch.relation.numpy(), return_inverse=True)
    row = {int(number): place for place, number in enumerate(numbers)}
    read = padded([case.read for case in cases])
    path = np.full((len(cases), hops, 2), -1, dtype=np.int64)
    for place, case in enumerate(cases):
        if len(case.path) <= hops and all(number in row for number, _ in case.path):
            for hop, (number, way) in enumerate(case.path):
                path[place, hop] = (row[number], way)
    vectors = lexicon.vectors(numbers) if len(numbers) else np.zeros((1, read.tokens.shape[2]), dtype=np.float32)
    inputs = Inputs(
        tokens=torch.from_numpy(read.tokens),
        alone=torch.from_numpy(read.alone),
        kept=torch.from_numpy(read.kept),
        role=torch.from_numpy(read.role),
        relations=torch.from_numpy(vectors),
        head=batch.edge_index[0],
        tail=batch.edge_index[1],
        relation=torch.from_numpy(relation.astype(np.int64)),
        confidence=batch.confidence,
        question=batch.batch,
        start=batch.start,
        ends=batch.ends,
        returning=returning,
    )
    return Collated(inputs, batch.answer, torch.from_numpy(path), tuple(graph.num_nodes for graph in graphs))


__all__ = ["Case", "Collated", "Example", "collate", "padded", "to_data"]
