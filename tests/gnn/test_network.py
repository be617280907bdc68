"""The network's equations on graphs that one can draw, and that a question decides where belief goes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from clew.gnn.data import Case, collate, to_data
from clew.gnn.encode import Lexicon, Read
from clew.gnn.model import NEARLY, Beliefs, Inputs, Instruction, PathNetwork, Reading, Sizes, answer_loss
from clew.gnn.nsm import NSMNetwork
from clew.graph.adjacency.adjacency import Adjacency, Subgraph, build, cut

SIZES = Sizes(encoder=8, hidden=16, match=8, hops=3, dropout=0.0)


def graph(*triples: tuple[str, str, str], values: str = "") -> Adjacency:
    """A graph whose nodes are letters."""
    entities = {node for head, _, tail in triples for node in (head, tail) if node not in values}
    rows = [(f"t{n}", head, relation, tail, 1.0) for n, (head, relation, tail) in enumerate(triples)]
    return build(1, entities=entities, chunks=[], triples=rows, mentions=[], titles=[])


def whole(adjacency: Adjacency) -> Subgraph:
    return cut(adjacency, np.arange(len(adjacency.nodes)))


class Toy:
    """An encoder of eight dimensions whose vectors depend on the text alone."""

    dimension, fingerprint = 8, "toy"

    def encode(self, texts):  # type: ignore[no-untyped-def]
        rows = [np.random.default_rng(list(text.encode())).normal(size=8) for text in texts]
        return (np.array(rows).reshape(-1, 8) / np.linalg.norm(np.array(rows).reshape(-1, 8), axis=1)[:, None]).astype(
            np.float32
        )


def inputs(adjacency: Adjacency, *seeds: str) -> Inputs:
    subgraph = whole(adjacency)
    lexicon = Lexicon(Toy())  # type: ignore[arg-type] # the network's own tests need no words
    numbers = lexicon.numbers(list(adjacency.relations))
    starts = tuple({adjacency.node_index[seed]: 1.0} for seed in seeds)
    words = np.ones((3, 8), dtype=np.float32)
    read = Read(words, words, np.array([-1, 0, -1]))
    case = Case(read, subgraph, starts, np.zeros(0, dtype=np.int64))
    return collate([case], [to_data(case, numbers)], lexicon, hops=SIZES.hops).inputs


class Told(PathNetwork):
    """The network with its reading told: each hop asks for one relation and direction, in so many hops."""

    def __init__(self, path: list[tuple[int, int]]) -> None:
        super().__init__(SIZES)
        self.path = path

    def forward(self, given: Inputs) -> Beliefs:
        reader = self.reader
        logits, rows = [], given.start.shape[1]
        for hop in range(SIZES.hops):
            gate = torch.full((given.start.shape[1], len(given.relations), 2), -40.0)
            if hop < len(self.path):
                gate[:, self.path[hop][0], self.path[hop][1]] = 40.0
            logits.append(gate)
        stops = [torch.full((rows,), 40.0 if hop == len(self.path) - 1 else -40.0) for hop in range(SIZES.hops)]
        reader.instruct = lambda _context, hop, said, _seen, read: Instruction(  # type: ignore[method-assign]
            logits[hop], said, read, stops[hop]
        )
        return super().forward(given)


def answers(adjacency: Adjacency, beliefs: Beliefs) -> set[str]:
    return {adjacency.nodes[n] for n in (beliefs.nodes > 0.5).nonzero().flatten().tolist()}


def test_belief_goes_where_the_path_leads_and_not_back_over_the_same_edge() -> None:
    films = graph(("A", "by", "x"), ("B", "by", "x"), ("B", "in", "y"), ("A", "in", "z"))
    by, in_ = films.relations.index("by"), films.relations.index("in")
    assert answers(films, Told([(by, 0)])(inputs(films, "A"))) == {"x"}
    assert answers(films, Told([(by, 0), (by, 1)])(inputs(films, "A"))) == {"B"}  # A is the seed
    assert answers(films, Told([(by, 0), (by, 1), (in_, 0)])(inputs(films, "A"))) == {"y"}  # not z: that is A's
    assert answers(films, Told([(by, 0), (by, 1), (by, 0)])(inputs(films, "A"))) == set()  # B's edge was used


def test_a_path_of_three_hops_never_uses_a_relationship_twice_nor_returns() -> None:
    random = np.random.default_rng(3)
    nodes = "abcdef"
    for _ in range(20):
        rows = {(str(a), "r", str(b)) for a, b in random.choice(list(nodes), size=(9, 2)) if a != b}
        net = graph(*sorted(rows))
        ways = [tuple(w) for w in random.integers(2, size=(3, 3))]
        for way in ways:
            seed = net.nodes[0]
            found = answers(net, Told([(0, int(d)) for d in way])(inputs(net, seed)))
            assert found == brute(net, seed, way), (sorted(rows), way)


def brute(net: Adjacency, seed: str, way: tuple[int, ...]) -> set[str]:
    """Ends of all paths by trying every sequence of edges."""
    found = set()
    for edges in itertools.permutations(range(len(net.head)), len(way)):
        node, ends = seed, []
        for edge, direction in zip(edges, way, strict=True):
            pair = (net.nodes[net.head[edge]], net.nodes[net.tail[edge]])
            start, end = pair if direction == 0 else pair[::-1]
            if start != node or end == seed:
                break
            node = end
            ends.append(end)
        if len(ends) == len(way):
            found.add(node)
    return found


def test_a_value_ends_a_path() -> None:
    films = graph(("A", "year", "1"), ("B", "year", "1"), values="1")
    assert answers(films, Told([(0, 0)])(inputs(films, "A"))) == {"1"}
    assert answers(films, Told([(0, 0), (0, 1)])(inputs(films, "A"))) == set()


def test_two_seeds_must_agree_only_where_the_question_says_so() -> None:
    films = graph(("A", "by", "x"), ("A", "by", "y"), ("B", "by", "y"), ("B", "by", "z"))
    given = inputs(films, "A", "B")
    network = Told([(0, 0)])
    for bias, expected in ((40.0, {"y"}), (-40.0, {"x", "y", "z"})):
        with torch.no_grad():
            network.reader.both.weight.zero_()
            network.reader.both.bias.fill_(bias)
        assert answers(films, network(given)) == expected


def test_a_hub_and_parallel_edges_and_cycles_stay_finite_and_learn() -> None:
    torch.manual_seed(0)
    rows = [("h", f"r{n % 3}", f"n{n:05}") for n in range(3000)] + [("n00001", "r0", "h"), ("h", "r2", "n00001")]
    hub = graph(*rows)
    network = PathNetwork(SIZES)
    given = inputs(hub, "h")
    beliefs = network(given)
    target = torch.zeros(len(given.question))
    target[5] = 1.0
    answer_loss(beliefs.nodes, target, given.question, 1).backward()
    assert bool(((beliefs.nodes >= 0) & (beliefs.nodes <= 1)).all())
    for name, parameter in network.named_parameters():
        assert parameter.grad is None or bool(parameter.grad.isfinite().all()), name
    assert max(float(edge.detach().max()) for edge in beliefs.edges) <= NEARLY


@pytest.mark.parametrize("kind", [PathNetwork, NSMNetwork])
def test_a_batch_says_of_each_question_what_it_says_alone(kind: type[torch.nn.Module]) -> None:
    torch.manual_seed(1)
    network = kind(SIZES).eval()
    first, second = (
        graph(("A", "by", "x"), ("B", "in", "x")),
        graph(("A", "of", "y"), ("y", "by", "C"), ("C", "at", "z")),
    )
    lexicon = Lexicon(Toy())  # type: ignore[arg-type]
    cases, graphs = [], []
    for place, adjacency in enumerate((first, second)):
        numbers = lexicon.numbers(list(adjacency.relations))
        words = np.random.default_rng(place).normal(size=(2 + place, 8)).astype(np.float32)
        read = Read(words, words[::-1].copy(), np.full(2 + place, -1))
        case = Case(read, whole(adjacency), ({adjacency.node_index["A"]: 1.0},), np.zeros(0, dtype=np.int64))
        cases.append(case)
        graphs.append(to_data(case, numbers))
    together = network(collate(cases, graphs, lexicon, hops=3).inputs).nodes
    alone = [network(collate([c], [g], lexicon, hops=3).inputs).nodes for c, g in zip(cases, graphs, strict=True)]
    assert torch.allclose(together, torch.cat(alone), atol=1e-6)


def test_the_network_knows_no_entity_or_relation_by_number() -> None:
    """Renaming the nodes, so that all numbers change, changes no probability: the network is inductive."""
    torch.manual_seed(2)
    network = PathNetwork(SIZES).eval()
    rows = [("A", "by", "x"), ("B", "by", "x"), ("B", "in", "y")]
    other = {"A": "q", "B": "c", "x": "a", "y": "b"}
    before, after = graph(*rows), graph(*[(other[h], r, other[t]) for h, r, t in rows])
    mine = network(inputs(before, "A")).nodes.tolist()
    theirs = network(inputs(after, "q")).nodes.tolist()
    for node, renamed in other.items():
        assert mine[before.node_index[node]] == pytest.approx(theirs[after.node_index[renamed]], abs=1e-6)


def test_a_reading_without_a_graph_has_the_shapes_of_one_with() -> None:
    network = PathNetwork(SIZES).eval()
    given = inputs(graph(("A", "by", "x")), "A")
    alone: Reading = network.follow(given, torch.tensor([[[0, 0], [-1, -1], [-1, -1]]]))
    reading = network(given).reading
    assert [gate.shape for gate in alone.gates] == [gate.shape for gate in reading.gates]
    assert torch.allclose(alone.gates[0], reading.gates[0])
    assert torch.allclose(alone.hops, reading.hops)
