"""An answer's paths are put to the test; a network's say is used, and bounded."""

from __future__ import annotations

import numpy as np
import pytest

from clew.graph.adjacency.adjacency import cut
from clew.retrieval.answer import answer
from clew.retrieval.reasoning.explain import explain, only, without
from clew.retrieval.reasoning.network_scores import augmented, chance, likely, trails
from clew.retrieval.reasoning.rank import Network


def told(relations: dict[int, tuple[str, int]], goal: float = 0.97):
    """A network that asks for one relation and direction at each hop: its answers are where these lead."""

    def run(question, names, subgraph):
        adjacency = subgraph.adjacency
        chances = np.zeros((len(names), 3, 2, len(subgraph.head)), dtype=np.float32)
        for hop, (relation, way) in relations.items():
            chances[:, hop, way] = [0.95 * (adjacency.relations[number] == relation) for number in subgraph.relation]
        lengths = np.full((len(names), 3), 0.001, dtype=np.float32)
        lengths[:, len(relations) - 1] = 0.998
        nodes = np.zeros(len(subgraph.nodes), dtype=np.float32)
        reached = {node: 1.0 for _, starts in names for node in starts}
        for hop in range(len(relations)):
            step: dict[int, float] = {}
            for edge, (head, tail) in enumerate(zip(subgraph.head.tolist(), subgraph.tail.tolist(), strict=True)):
                for way, (start, end) in enumerate(((head, tail), (tail, head))):
                    if start in reached and chances[0, hop, way, edge] > 0:
                        step[end] = max(step.get(end, 0.0), reached[start])
            reached = step
        for node in reached:
            nodes[node] = goal
        return Network(nodes, chances, lengths)

    return augmented(run)


BORN = {0: ("directed by", 0), 1: ("born in", 0)}


def test_a_network_answers_where_the_words_alone_do_not(golden, embedder):
    question = "What of Blue Harbour?"
    assert (
        answer(question, golden, embedder).candidates == ()
        or "Port of Spain" not in answer(question, golden, embedder).text.splitlines()[0]
    )
    said = answer(question, golden, embedder, reason=told(BORN))
    assert said.candidates[0].name == "Port of Spain"
    assert said.text.splitlines()[0].startswith("Port of Spain [")
    assert [triple.relation for triple in said.paths[0].triples] == ["directed by", "born in"]
    assert dict(said.paths[0].parts)["end"] > 0


def test_several_answers_of_which_the_network_is_sure_are_all_given(golden, embedder):
    said = answer("Who comes from somewhere: Night Ferry?", golden, embedder, reason=told({0: ("directed by", 0)}), k=1)
    names = {candidate.name for candidate in said.candidates}
    assert "Otto Brandt" in names


def test_every_edge_of_a_lone_path_is_necessary(golden, embedder):
    explanation = answer("What of Blue Harbour?", golden, embedder, reason=told(BORN)).explain()
    assert explanation is not None
    assert explanation.necessary
    assert {edge.label for edge in explanation.edges} == {"necessary"}
    assert explanation.fidelity_plus == pytest.approx(0.97, abs=1e-3)
    assert explanation.fidelity_minus == pytest.approx(0.0, abs=1e-3)
    assert explanation.faithful == 1.0


def test_pagerank_answers_can_be_explained_too(golden, embedder):
    explanation = answer("Where was the director of Blue Harbour born?", golden, embedder).explain()
    assert explanation is not None
    assert explanation.necessary
    assert answer("What do fishermen mend at dawn?", golden, embedder).explain() is None


def test_an_edge_that_another_path_stands_in_for_is_redundant_and_one_that_adds_nothing_decorative(golden, embedder):
    said = answer("Where was the director of Blue Harbour born?", golden, embedder)
    path, subgraph = said.paths[0], said.subgraph
    ids = [triple.id for triple in path.triples]

    def either(left, candidate):
        there = {subgraph.adjacency.triple_ids[edge] for edge in left.edges}
        return (1, 0.9) if there & set(ids) else (0, 0.0)

    def always(left, candidate):
        return 1, 0.9

    assert {edge.label for edge in explain("x", [path], subgraph, either).edges} == {"redundant"}
    found = explain("x", [path], subgraph, always)
    assert {edge.label for edge in found.edges} == {"decorative"}
    assert found.faithful == 0.0
    assert not found.necessary


def test_triples_are_left_out_and_kept_by_id(golden):
    adjacency = golden.adjacency()
    subgraph = cut(adjacency, np.arange(len(adjacency.nodes)))
    some = [adjacency.triple_ids[edge] for edge in subgraph.edges[:2]]
    assert len(without(subgraph, some).edges) == len(subgraph.edges) - 2
    assert [adjacency.triple_ids[edge] for edge in only(subgraph, some).edges] == some
    assert len(without(subgraph, some).nodes) == len(subgraph.nodes)


def test_candidates_hold_nearly_all_probability():
    assert likely(np.array([0.0, 0.9, 0.5, 0.001], dtype=np.float32)) == [1, 2]
    assert likely(np.zeros(4, dtype=np.float32)) == []
    assert likely(np.zeros(0, dtype=np.float32)) == []


def test_the_chance_of_a_path_is_the_product_of_its_steps():
    chances = np.full((1, 2, 2, 3), 0.5, dtype=np.float32)
    chances[0, 1, 1, 2] = 0.2
    network = Network(np.zeros(3, dtype=np.float32), chances, np.array([[0.25, 0.75]], dtype=np.float32), spans=(4,))
    assert chance(network, 4, (0, 2), (True, False)) == pytest.approx(0.1)
    assert chance(network, 4, (0,), (True,)) == pytest.approx(0.5 / 3)
    assert chance(network, 0, (0,), (True,)) == 0.0
    assert chance(network, 4, (0, 1, 2), (True, True, True)) == 0.0


def test_no_candidate_no_trail(golden):
    adjacency = golden.adjacency()
    subgraph = cut(adjacency, np.arange(len(adjacency.nodes)))
    nothing = Network(
        np.zeros(len(subgraph.nodes), dtype=np.float32),
        np.zeros((1, 2, 2, len(subgraph.head)), dtype=np.float32),
        np.full((1, 2), 0.5, dtype=np.float32),
        spans=(0,),
    )
    assert trails(nothing, subgraph, {0: [0]}, hops=2) == []
