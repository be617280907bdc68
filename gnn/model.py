"""The question-conditioned network: beliefs pass along the edges that the question asks for, hop by hop.

It follows NSM (He et al. 2021, arXiv 2101.03737) and ReaRev (Mavromatis & Karypis 2022, arXiv 2210.13650) in reading an
instruction for every hop off the question and in re-reading the question in the light of what was reached, and
TransferNet (Shi et al. 2021, arXiv 2104.07302) in passing scalars instead of vectors, so that every score can be traced
back along edges. Questions and relations come as vectors of a frozen sentence encoder: nothing is learned about any one
entity, relation or graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.nn import MessagePassing

ABSOLUTE = 0.2  # weight of what a relation is asked for beside which relation is asked for
NEARLY = 1.0 - 1e-5  # the most that one edge may be believed: the logarithm of its doubt must be finite


@dataclass(frozen=True)
class Sizes:
    """What a network is built from. `encoder` is the length of the sentence encoder's vectors; `reread` and
    `backtracking` are for ablations."""

    encoder: int = 384
    hidden: int = 128
    match: int = 96
    hops: int = 4
    reread: bool = True
    backtracking: bool = False
    lexical: bool = True
    learned: bool = True
    dropout: float = 0.2


@dataclass(frozen=True)
class Inputs:
    """A batch of B questions with S named seeds each, over G graphs' nodes and edges laid end to end.

    `tokens`, `alone` float32 [B, T, d], words in their context and by themselves; `kept` bool [B, T] false on padding;
    `role` int64 [B, T]: the seed that a word stands for, -1 where none. `relations` float32 [R, d]; `head`, `tail`,
    `relation` int64 [E]; `confidence` float32 [E]; `question` int64 [n], the row of each node; `start` float32 [n, S]:
    a seed's weight on a node; `ends` bool [n]: a value, where paths end. `returning`: a path may come back to its seed,
    which it does nowhere in Clew, but in some sets of questions.
    """

    tokens: Tensor
    alone: Tensor
    kept: Tensor
    role: Tensor
    relations: Tensor
    head: Tensor
    tail: Tensor
    relation: Tensor
    confidence: Tensor
    question: Tensor
    start: Tensor
    ends: Tensor
    returning: bool = False


@dataclass(frozen=True)
class Reading:
    """What the network makes of the questions: `gates` K tensors [B, S, R, 2] of logits (forward, backward), `hops`
    [B, S, K] log probabilities of the number of hops, and `both` [B] logits that all seeds must agree."""

    gates: list[Tensor]
    hops: Tensor
    both: Tensor


@dataclass(frozen=True)
class Context:
    """Questions read once, a row for each seed: `states` [B S, T, hidden], their mean `whole`, the words by themselves
    `alone`, `kept`, and the relations in the two spaces in which they are matched."""

    states: Tensor
    whole: Tensor
    alone: Tensor
    kept: Tensor
    lexical: Tensor
    learned: Tensor


@dataclass(frozen=True)
class Beliefs:
    """`nodes` float32 [n]: the probability that a node answers; `edges` K tensors [2 E, S]: the belief that arrives
    over each edge, forward ones first, at each hop; `reading` as above."""

    nodes: Tensor
    edges: list[Tensor]
    reading: Reading


class Doubt(MessagePassing):  # type: ignore[misc] # torch_geometric ships no types
    """Sums, over the edges that arrive at a node v, the logarithm of the doubt in each: L(v) = sum_e log(1 - m_e)."""

    def __init__(self) -> None:
        super().__init__(aggr="add")

    def forward(self, edge_index: Tensor, belief: Tensor, count: int) -> Tensor:
        """[edges, S] beliefs to [count, S]."""
        found: Tensor = self.propagate(edge_index, belief=belief, size=(count, count))
        return found

    def message(self, belief: Tensor) -> Tensor:
        """log(1 - m_e)."""
        return torch.log1p(-belief)


@dataclass(frozen=True)
class Instruction:
    """What one hop reads: `gate` [B S, R, 2] logits, `said` [B S, hidden], `read` [B S, T] how much each word was
    read so far, `stop` [B S] logits."""

    gate: Tensor
    said: Tensor
    read: Tensor
    stop: Tensor


def _mean(states: Tensor, weight: Tensor) -> Tensor:
    """[B, T, h] weighted by [B, T] to [B, h]."""
    return torch.einsum("bt,bth->bh", weight, states) / weight.sum(1, keepdim=True).clamp(min=1e-6)


def lengths_of(stops: list[Tensor]) -> Tensor:
    """Log probabilities [B S, K] of the number of hops, from the K logits [B S] of stopping; the last one stops."""
    going, found = torch.zeros_like(stops[0]), []
    for stop in stops[:-1]:
        found.append(going + functional.logsigmoid(stop))
        going = going + functional.logsigmoid(-stop)
    return torch.stack([*found, going], dim=-1)


class Reader(nn.Module):
    """Reads an instruction a hop off a question: how much each relation, either way, is what it says, and when to stop.

    x_t = W s_t + U w_t + role_t;  c = BiGRU(x)                   s_t, w_t: word t in its context, by itself
    q_k = tanh(W_q [mean c ; i_{k-1} ; f_{k-1}] + b_k)            f: the relations that belief came over
    a_k = softmax_t(q_k . c_t - lambda sum_{j<k} a_jt)            what was read is read less
    i_k = sum_t a_kt c_t;  u_k = sum_t a_kt w_t
    g_k(r, d) = scale cos(P u_k, P r) + (A_d i_k) . (V r) + bias_d      lexical match + learned match
    stop_k = sigmoid(MLP [i_k ; mean of c over what is unread ; mean c])
    P(k hops) = stop_k prod_{j<k} (1 - stop_j);  the last hop stops
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        hidden, match = sizes.hidden, sizes.match
        self.inward = nn.Linear(2 * sizes.encoder, hidden)
        self.roles = nn.Embedding(3, hidden)  # no seed, this seed, another seed
        self.context = nn.GRU(hidden, hidden // 2, batch_first=True, bidirectional=True)
        self.ask = nn.Linear(2 * hidden + match, hidden)
        self.step = nn.Embedding(sizes.hops, hidden)
        self.spent = nn.Parameter(torch.tensor(2.0))
        self.lexical = nn.Linear(sizes.encoder, match, bias=False)
        nn.init.orthogonal_(self.lexical.weight)
        self.scale = nn.Parameter(torch.tensor(8.0))
        self.learned = nn.Linear(hidden, 2 * match)
        self.relation = nn.Linear(sizes.encoder, match)
        self.bias = nn.Parameter(torch.full((2,), -4.0))
        self.stop = nn.Sequential(nn.Linear(3 * hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.both = nn.Linear(hidden, 1)
        self.drop = nn.Dropout(sizes.dropout)

    def forward(self, inputs: Inputs) -> Context:
        """Every question, read for each of its seeds."""
        count, batch = inputs.start.shape[1], len(inputs.tokens)
        alone = inputs.alone.repeat_interleave(count, dim=0)
        words = torch.cat([inputs.tokens, inputs.alone], dim=-1).repeat_interleave(count, dim=0)
        kept = inputs.kept.repeat_interleave(count, dim=0)
        role = inputs.role.repeat_interleave(count, dim=0)
        seed = torch.arange(count, device=words.device).repeat(batch)[:, None]
        role = torch.where(role < 0, 0, torch.where(role == seed, 1, 2))
        states = self._context(self.drop(self.inward(words)) + self.roles(role), kept)
        lexical = functional.normalize(self.lexical(inputs.relations), dim=-1)
        return Context(states, _mean(states, kept.float()), alone, kept, lexical, self.relation(inputs.relations))

    def instruct(self, context: Context, hop: int, said: Tensor, seen: Tensor, read: Tensor) -> Instruction:
        """The hop's instruction; `said` [B S, hidden] is the one before, `seen` [B S, match] what belief came over,
        `read` [B S, T] how much each word was read before."""
        query = torch.tanh(self.ask(torch.cat([context.whole, said, seen], dim=-1)) + self.step.weight[hop])
        weight = torch.einsum("bh,bth->bt", query, context.states) - functional.softplus(self.spent) * read
        weight = torch.softmax(weight.masked_fill(~context.kept, -1e9), dim=-1)
        said = torch.einsum("bt,bth->bh", weight, context.states)
        words = torch.einsum("bt,btd->bd", weight, context.alone)
        read = read + weight
        unread = _mean(context.states, (1 - read).clamp(min=0) * context.kept)
        stop = self.stop(self.drop(torch.cat([said, unread, context.whole], dim=-1))).squeeze(-1)
        return Instruction(self._match(said, words, context), said, read, stop)

    def _context(self, inward: Tensor, kept: Tensor) -> Tensor:
        # A word left out in the middle is padding too, so rows are as long as their last word.
        place = torch.arange(1, kept.shape[1] + 1, device=kept.device)
        lengths = (place * kept).amax(1).clamp(min=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(inward, lengths, batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.context(packed)[0], batch_first=True, total_length=inward.shape[1]
        )
        dropped: Tensor = self.drop(states)
        return dropped

    def _match(self, said: Tensor, words: Tensor, context: Context) -> Tensor:
        logits = self.bias.expand(len(said), len(context.learned), 2)
        if self.sizes.lexical:
            alike = functional.normalize(self.lexical(words), dim=-1) @ context.lexical.T
            logits = logits + self.scale * alike[..., None]
        if self.sizes.learned:
            ways = self.learned(self.drop(said)).chunk(2, dim=-1)
            scores = [way @ context.learned.T for way in ways]
            logits = logits + torch.stack(scores, dim=-1) / self.sizes.match**0.5
        return logits


class PathNetwork(nn.Module):
    """The probability that a node is where the path ends that the question describes.

    Each edge e, forward or backward, from u to v, carries a belief m_e in 0..1; e' is the same edge the other way.
    B_0(u \\ e) = start(u);  B_k(u \\ e) = 1 - prod over edges x into u, x not e', of (1 - m_x^k)
    m_e^k = B_{k-1}(u \\ e) sigmoid(g_k(r_e, d_e)) confidence_e,  0 into a seed and out of a value
    P_k(v) = 1 - prod over e into v of (1 - m_e^k)
    p_s(v) = sum_k hops_k P_k(v);  p(v) = both prod_s p_s(v) + (1 - both) (1 - prod_s (1 - p_s(v)))

    So a path of up to three hops uses a relationship at most once, and none comes back to its seed.
    """

    def __init__(self, sizes: Sizes | None = None) -> None:
        super().__init__()
        self.sizes = sizes or Sizes()
        self.reader = Reader(self.sizes)
        self.doubt = Doubt()

    def forward(self, inputs: Inputs) -> Beliefs:
        """Beliefs of a batch."""
        source = torch.cat([inputs.head, inputs.tail])
        target = torch.cat([inputs.tail, inputs.head])
        index, count = torch.stack([source, target]), len(inputs.question)
        passable = torch.cat([inputs.confidence, inputs.confidence])[:, None].expand(-1, inputs.start.shape[1])
        if not inputs.returning:
            passable = passable * (inputs.start[target] == 0)
        open_ = (~inputs.ends[source])[:, None]
        context = self.reader(inputs)
        said, read = torch.zeros_like(context.whole), torch.zeros_like(context.kept, dtype=context.whole.dtype)
        before, seen = inputs.start[source], context.learned.new_zeros(len(said), self.sizes.match)
        arrived, messages, hops, strength = [], [], [], []
        for hop in range(self.sizes.hops):
            told = self.reader.instruct(context, hop, said, seen, read)
            said, read = told.said, told.read
            gate = told.gate.view(len(inputs.tokens), inputs.start.shape[1], -1, 2)
            belief = (before * self._chosen(gate, inputs) * passable).clamp(0.0, NEARLY)
            if not self.training:
                belief, most = self._relative(belief, inputs)
                strength.append(most)
            doubt = self.doubt(index, belief, count)
            arrived.append(1 - torch.exp(doubt))
            seen = self._seen(belief, inputs, context)
            before = (1 - torch.exp(self._without_return(doubt[source], belief))) * open_
            messages.append(belief)
            hops.append(told)
        reading = self._reading(hops, context, inputs.start.shape[1])
        return Beliefs(self._answers(torch.stack(arrived, dim=-1), reading, inputs), messages, reading)

    @staticmethod
    def _relative(belief: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """Beliefs relative to the most of each question and seed, and that most [B, S]."""
        row = torch.cat([inputs.question[inputs.head]] * 2)[:, None].expand_as(belief)
        most = belief.new_zeros(len(inputs.tokens), belief.shape[1]).scatter_reduce(0, row, belief, "amax")
        return (belief / most.clamp(min=1e-12)[row[:, 0]]).clamp(max=NEARLY), most

    def _reading(self, hops: list[Instruction], context: Context, count: int) -> Reading:
        rows = len(context.whole) // count
        return Reading(
            gates=[told.gate.view(rows, count, -1, 2) for told in hops],
            hops=lengths_of([told.stop for told in hops]).view(rows, count, -1),
            both=self.reader.both(context.whole).view(rows, count).mean(1),
        )

    def follow(self, inputs: Inputs, gold: Tensor) -> Reading:
        """The reading of questions whose relation sequences are known, without a graph: what belief came over is taken
        to be the known relation. `gold` int64 [B, K, 2] as in `path_loss`; one seed each."""
        context = self.reader(inputs)
        said, read = torch.zeros_like(context.whole), torch.zeros_like(context.kept, dtype=context.whole.dtype)
        seen, hops = context.learned.new_zeros(len(gold), self.sizes.match), []
        for hop in range(self.sizes.hops):
            told = self.reader.instruct(context, hop, said, seen, read)
            said, read = told.said, told.read
            known = gold[:, hop, 0]
            if self.sizes.reread:
                seen = context.learned[known.clamp(min=0)] * (known >= 0)[:, None]
            hops.append(told)
        return self._reading(hops, context, 1)

    def _without_return(self, doubt: Tensor, belief: Tensor) -> Tensor:
        """The doubt at each edge's source, less that in the belief which came over the same edge."""
        if self.sizes.backtracking:
            return doubt
        half = len(belief) // 2
        return (doubt - torch.log1p(-torch.cat([belief[half:], belief[:half]]))).clamp(max=0.0)

    def _seen(self, belief: Tensor, inputs: Inputs, context: Context) -> Tensor:
        """[B S, match]: mean of the relations that belief came over."""
        rows, count, relations = len(inputs.tokens), belief.shape[1], len(inputs.relations)
        if not self.sizes.reread:
            return context.learned.new_zeros(rows * count, self.sizes.match)
        half = len(inputs.head)
        both_ways = belief[:half] + belief[half:]
        place = inputs.question[inputs.head] * relations + inputs.relation
        mass = belief.new_zeros(rows * relations, count).index_add(0, place, both_ways)
        mass = mass.view(rows, relations, count).transpose(1, 2).reshape(rows * count, relations)
        return (mass @ context.learned) / mass.sum(1, keepdim=True).clamp(min=1e-6)

    @staticmethod
    def _chosen(gate: Tensor, inputs: Inputs) -> Tensor:
        """[2 E, S]: how much the hop asks for each edge, forward ones first."""
        row = inputs.question[inputs.head]
        chosen = torch.sigmoid(gate)[row, :, inputs.relation]  # [E, S, 2]
        return torch.cat([chosen[..., 0], chosen[..., 1]])

    @staticmethod
    def _answers(arrived: Tensor, reading: Reading, inputs: Inputs) -> Tensor:
        """[n] from [n, S, K]."""
        single = (arrived * reading.hops.exp()[inputs.question]).sum(-1)
        some = 1 - (1 - single).prod(-1)
        if single.shape[1] == 1:
            return some
        both: Tensor = torch.sigmoid(reading.both)[inputs.question]
        return both * single.prod(-1) + (1 - both) * some


def answer_loss(nodes: Tensor, answers: Tensor, question: Tensor, rows: int) -> Tensor:
    """Mean over the questions of the cross entropy of their nodes, summed and divided by the number of answers.
    `nodes` [n] probabilities, `answers` [n] 0 or 1, `question` [n]."""
    sure = nodes.clamp(1e-6, 1 - 1e-6)
    each = -(answers * torch.log(sure) + (1 - answers) * torch.log1p(-sure))
    total = each.new_zeros(rows).index_add(0, question, each)
    answered = each.new_zeros(rows).index_add(0, question, answers)
    return (total / answered.clamp(min=1)).mean()


def path_loss(reading: Reading, gold: Tensor, present: Tensor) -> Tensor:
    """How far the reading is from known relation sequences. `gold` int64 [B, K, 2]: relation and direction (0 forward)
    by hop, -1 after the last; `present` bool [B, R]: relations of the question's subgraph. Of questions with one seed.
    """
    losses: list[Tensor] = []
    lengths = (gold[..., 0] >= 0).sum(1)
    known = lengths > 0
    if not bool(known.any()):
        return reading.hops.new_zeros(())
    losses.append(functional.nll_loss(reading.hops[known, 0], lengths[known] - 1))
    for hop, gates in enumerate(reading.gates):
        asked = gold[:, hop, 0] >= 0
        if bool(asked.any()):
            logits, wanted, at_hand = gates[asked, 0], gold[asked, hop], present[asked]
            target = torch.zeros_like(logits)
            target[torch.arange(len(wanted)), wanted[:, 0], wanted[:, 1]] = 1.0
            weight = at_hand[..., None].to(logits.dtype).expand_as(logits)
            each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
            absolute = (each * torch.maximum(weight, target)).sum((1, 2))
            among = logits.masked_fill(torch.maximum(weight, target) == 0, -1e9).flatten(1)
            relative = torch.logsumexp(among, dim=1) - (logits * target).sum((1, 2))
            losses.append((relative + ABSOLUTE * absolute).mean())
    return torch.stack(losses).sum()


def parameters(network: nn.Module) -> int:
    """How many numbers a network has learned."""
    return sum(parameter.numel() for parameter in network.parameters())


__all__ = ["Beliefs", "Inputs", "PathNetwork", "Reader", "Reading", "Sizes", "answer_loss", "path_loss"]
