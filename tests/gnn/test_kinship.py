"""Words for two steps of kinship, on a family that one can draw."""

from __future__ import annotations

import pytest

from clew.gnn.questions.invented_graphs import invent
from clew.gnn.questions.kinship import compound, kin_questions
from clew.graph.adjacency.adjacency import Adjacency, build

ROWS = (
    ("Ada", "father", "Ben"), ("Ben", "father", "Carl"), ("Ben", "mother", "Dora"), ("Carl", "place of birth", "Lund"),
    ("Ada", "spouse", "Emil"), ("Emil", "mother", "Freya"), ("Ben", "sibling", "Gus"),
)  # fmt: skip


@pytest.fixture(scope="module")
def family() -> Adjacency:
    triples = [(f"t{n}", head, relation, tail, 1.0) for n, (head, relation, tail) in enumerate(ROWS)]
    names = {node for head, _, tail in ROWS for node in (head, tail)}
    return build(1, entities=names, chunks=[], triples=triples, mentions=[], titles=[])


def test_the_words_fit_the_path_and_the_answers_are_its_ends(family: Adjacency) -> None:
    made = list(kin_questions(family, lambda node: family.nodes[node], count=150, seed=1))
    said = {(example.path[0][0], example.path[-1][0], example.answers) for example in made}
    assert ("father", "father", ("Carl",)) in said
    assert ("spouse", "mother", ("Freya",)) in said
    for example in made:
        steps = [relation for relation, _ in example.path]
        text = example.question.lower()
        assert example.question[slice(*example.spans[0])].lower() == example.seeds[0].lower()
        if steps == ["father", "mother"] and all(forward for _, forward in example.path):
            assert example.answers == ("Dora",)
            assert any(word in text for word in ("grandm", "granny"))
        if steps == ["father", "sibling"] and all(forward for _, forward in example.path):
            assert "uncle" in text or "aunt" in text
        if steps == ["father", "father", "place of birth"]:
            assert example.answers == ("Lund",)
            assert "grand" in text


def test_equal_seeds_make_equal_questions(family: Adjacency) -> None:
    first, second = (list(kin_questions(family, lambda n: family.nodes[n], count=30, seed=4)) for _ in range(2))
    assert first == second


def test_a_graph_without_kin_gives_none() -> None:
    graph = build(1, entities=["a", "b"], chunks=[], triples=[("t", "a", "made of", "b", 1.0)], mentions=[], titles=[])
    assert list(kin_questions(graph, lambda node: graph.nodes[node], count=10)) == []


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("parent", "mother", "grandmother"), ("child", "son", "grandson"), ("spouse", "father", "father-in-law"),
        ("daughter", "spouse", "son-in-law"), ("sibling", "son", "nephew"),
        ("father", "father", "paternal grandfather"),
    ],
)  # fmt: skip
def test_two_steps_have_a_word(first: str, second: str, word: str) -> None:
    assert word in compound(first, second)


def test_steps_that_no_word_joins_have_none() -> None:
    assert compound("", "father") == []
    assert compound("sibling", "mother") == []


def test_invented_graphs_are_the_same_each_time_and_differ_by_seed() -> None:
    first, again, other = invent(3), invent(3), invent(4)
    assert list(first[0].triple_ids) == list(again[0].triple_ids)
    assert first[1] == again[1]
    assert list(first[0].relations) != list(other[0].relations)
    assert len(first[1]) == len(first[0].nodes)
    assert all(name.strip() for name in first[1])
    assert first[0].is_value.any() or not any("/" in node and node.startswith("date/") for node in first[0].nodes)
