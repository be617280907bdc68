"""A checkpoint made callable: a question, its seeds and a subgraph become probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from clew.gnn.checkpoint import SHIPPED, TRAIN, Checkpoint, load
from clew.gnn.data import Case, Collated, collate, to_data
from clew.gnn.encode import Lexicon
from clew.gnn.model import Beliefs
from clew.graph.adjacency.adjacency import Floats, Subgraph
from clew.graph.errors import ModelError

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder


@dataclass(frozen=True)
class Reasoned:
    """What the network says of a subgraph of n nodes and e edges: `nodes` float32 [n], calibrated probabilities that a
    node answers; `edges` float32 [e], the most belief that came over each at any hop; for each of S seeds `chances`
    float32 [S, hops, 2, e], how much each hop asks for an edge, forward and backward, and `lengths` float32 [S, hops],
    the probability of each number of hops."""

    nodes: Floats
    edges: Floats
    chances: Floats
    lengths: Floats


def reasoned(beliefs: Beliefs, collated: Collated, place: int = 0) -> Reasoned:
    """What a batch's beliefs say of one of its questions."""
    inputs = collated.inputs
    first = sum(collated.sizes[:place])
    own = (inputs.question[inputs.head] == place).nonzero().flatten()
    total, count = len(inputs.head), collated.sizes[place]
    gates = torch.stack([torch.sigmoid(gate[place]) for gate in beliefs.reading.gates], dim=1)  # [S, K, R, 2]
    chances = gates[:, :, inputs.relation[own]].permute(0, 1, 3, 2) * inputs.confidence[own]
    arrived = torch.stack(beliefs.edges)  # [K, 2 E, S]
    edges = torch.maximum(arrived[:, own], arrived[:, own + total]).amax(dim=(0, 2)) if len(own) else torch.zeros(0)
    return Reasoned(
        nodes=_array(beliefs.nodes[first : first + count]),
        edges=_array(edges),
        chances=_array(chances),
        lengths=_array(beliefs.reading.hops[place].exp()),
    )


def _array(tensor: torch.Tensor) -> Floats:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)


class GNNReasoner:
    """A trained network over any graph. Safe to share between threads: it is only read."""

    def __init__(self, checkpoint: Checkpoint, embedder: Embedder) -> None:
        if checkpoint.encoder != embedder.fingerprint:
            raise ModelError(
                f"The network reads with the encoder {checkpoint.encoder}, not with {embedder.fingerprint}.",
                hint="Use that encoder, train a network for yours (clew train), or use --reasoner pagerank.",
            )
        self.checkpoint = checkpoint
        self.lexicon = Lexicon(embedder)

    @classmethod
    def open(cls, embedder: Embedder, folder: Path | None = None) -> GNNReasoner:
        """The reasoner of a checkpoint's folder, the one that comes with Clew where None. Raises ModelError."""
        return cls(load(folder or SHIPPED), embedder)

    def __call__(
        self,
        question: str,
        seeds: Sequence[tuple[tuple[int, int], Mapping[int, float]]],
        subgraph: Subgraph,
    ) -> Reasoned:
        """Probabilities for a subgraph. `seeds` gives for each name in the question its place (start, end) and the
        nodes (numbers in the subgraph) that go by it with their weights in 0..1.

        Without seeds, nodes or edges nothing has a chance: zeros all over.
        """
        hops = self.checkpoint.network.sizes.hops
        seeds = [(span, nodes) for span, nodes in seeds if nodes]
        if not seeds or not len(subgraph.head):
            shape = (max(len(seeds), 1), hops)
            return Reasoned(
                np.zeros(len(subgraph.nodes), dtype=np.float32),
                np.zeros(len(subgraph.head), dtype=np.float32),
                np.zeros((*shape, 2, len(subgraph.head)), dtype=np.float32),
                np.full(shape, 1 / hops, dtype=np.float32),
            )
        numbers = np.zeros(len(subgraph.adjacency.relations), dtype=np.int64)
        at_hand = np.unique(subgraph.relation)
        numbers[at_hand] = self.lexicon.numbers([subgraph.adjacency.relations[relation] for relation in at_hand])
        read = self.lexicon.read(question, [span for span, _ in seeds])
        case = Case(read, subgraph, tuple(nodes for _, nodes in seeds), np.zeros(0, dtype=np.int64))
        batch = collate([case], [to_data(case, numbers)], self.lexicon, hops=hops)
        with torch.inference_mode():
            beliefs = self.checkpoint.network(batch.inputs)
            found = reasoned(beliefs, batch)
            nodes = self.checkpoint.calibration(torch.from_numpy(found.nodes))
        return Reasoned(_array(nodes), found.edges, found.chances, found.lengths)


__all__ = ["TRAIN", "GNNReasoner", "Reasoned", "reasoned"]
