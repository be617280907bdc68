"""The neighbour to compare with: vectors instead of beliefs pass along the edges, after NSM (arXiv 2101.03737)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import softmax

from clew.gnn.model import Beliefs, Inputs, PathNetwork, Reading, Sizes, lengths_of


class _Reasoning(MessagePassing):  # type: ignore[misc] # torch_geometric ships no types
    """h'_v = relu(U [h_v ; sum over e from u to v of p_u relu((A i) * V_d r_e)])."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(aggr="add")
        self.instruction = nn.Linear(sizes.hidden, sizes.match)
        self.update_ = nn.Linear(2 * sizes.match, sizes.match)

    def forward(self, index: Tensor, states: Tensor, belief: Tensor, said: Tensor, relation: Tensor) -> Tensor:
        """`states` [n, m], `belief` [n, 1], `said` [n, hidden], `relation` [edges, m] to new states."""
        asked = torch.relu(self.instruction(said)[index[0]] * relation)
        found: Tensor = self.propagate(index, belief=belief, asked=asked, size=(len(states), len(states)))
        return torch.relu(self.update_(torch.cat([states, found], dim=-1)))

    def message(self, belief_j: Tensor, asked: Tensor) -> Tensor:
        """What an edge carries."""
        return belief_j * asked


class NSMNetwork(PathNetwork):
    """A distribution over nodes that moves from the seeds, step by step; all seeds start together.

    h^0_v = mean of relu(V r) over the edges at v;  p^0 = the seeds
    h^k as in `_Reasoning`;  p^k = softmax over the question's nodes of w . h^k;  p(v) = sigmoid(w' . h^K)
    """

    def __init__(self, sizes: Sizes | None = None) -> None:
        super().__init__(sizes)
        self.both_ways = nn.Linear(self.sizes.encoder, 2 * self.sizes.match)
        self.reasoning = _Reasoning(self.sizes)
        self.weigh = nn.Linear(self.sizes.match, 1)
        self.answer = nn.Linear(self.sizes.match, 1)
        nn.init.constant_(self.answer.bias, -5.0)

    def forward(self, inputs: Inputs) -> Beliefs:
        """Probabilities of a batch; beliefs of edges are the distribution at their source."""
        count, seeds = len(inputs.question), inputs.start.shape[1]
        source, target = torch.cat([inputs.head, inputs.tail]), torch.cat([inputs.tail, inputs.head])
        index = torch.stack([source, target])
        forward, backward = self.both_ways(inputs.relations).chunk(2, dim=-1)
        relation = torch.cat([forward[inputs.relation], backward[inputs.relation]])
        summed = relation.new_zeros(count, relation.shape[1]).index_add(0, target, torch.relu(relation))
        degree = relation.new_zeros(count).index_add(0, target, torch.ones_like(target, dtype=relation.dtype))
        states = summed / degree.clamp(min=1)[:, None]
        belief = inputs.start.sum(1, keepdim=True)
        context = self.reader(inputs)
        said, read = torch.zeros_like(context.whole), torch.zeros_like(context.kept, dtype=context.whole.dtype)
        seen = context.learned.new_zeros(len(context.whole), self.sizes.match)
        row = inputs.question * seeds  # the first seed's reading stands for the question
        hops, beliefs = [], []
        for hop in range(self.sizes.hops):
            told = self.reader.instruct(context, hop, said, seen, read)
            said, read = told.said, told.read
            states = self.reasoning(index, states, belief, said[row], relation)
            belief = softmax(self.weigh(states), inputs.question, num_nodes=len(inputs.tokens))
            hops.append(told)
            beliefs.append(belief[source].expand(-1, seeds))
        rows = len(inputs.tokens)
        reading = Reading(
            gates=[told.gate.view(rows, seeds, -1, 2) for told in hops],
            hops=lengths_of([told.stop for told in hops]).view(rows, seeds, -1),
            both=self.reader.both(context.whole).view(rows, seeds).mean(1),
        )
        nodes = torch.sigmoid(self.answer(states)).squeeze(-1) * (inputs.start.sum(1) == 0)
        return Beliefs(nodes, beliefs, reading)
