"""Questions made from a graph: right answers, exact spans, every kind, no exception on odd names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import pytest

from clew.gnn.example import Example
from clew.gnn.questions.synthesize import synthesize
from clew.graph.adjacency.adjacency import Adjacency, build
from clew.graph.errors import InputError

FILMS = [
    ("f1", "directed_by", "p1"),
    ("f2", "directed_by", "p1"),
    ("f3", "directed_by", "p2"),
    ("f4", "directed_by", "p2"),
    ("f1", "starred_actors", "p3"),
    ("f1", "starred_actors", "p4"),
    ("f2", "starred_actors", "p3"),
    ("f3", "starred_actors", "p4"),
    ("f3", "starred_actors", "p1"),
    ("f4", "starred_actors", "p3"),
    ("f1", "has_genre", "g1"),
    ("f2", "has_genre", "g1"),
    ("f3", "has_genre", "g2"),
    ("f4", "has_genre", "g2"),
    ("f1", "release_year", "1999"),
    ("f2", "release_year", "2003"),
    ("f3", "release_year", "1987"),
    ("f4", "release_year", "2010"),
    ("p1", "people.person.place_of_birth", "c1"),
    ("p2", "people.person.place_of_birth", "c1"),
    ("p3", "people.person.place_of_birth", "c2"),
    ("p1", "spouse", "p3"),
    ("p4", "father", "p2"),
    ("p3", "glorbed with", "p2"),
    ("c1", "wingSpan", "w1"),
    ("c2", "wingSpan", "w1"),
    ("f3", "quuxOf", "f3"),
]
NAMES = {
    "f1": "The Long Night",
    "f2": "Blue Harvest",
    "f3": "Quiet Rivers",
    "f4": "Seven Doors",
    "p1": "Ada Brook",
    "p2": "Carl Dunn",
    "p3": "Eva Falk",
    "p4": "Gus Hill",
    "g1": "Comedy",
    "g2": "Horror",
    "c1": "Oslo",
    "c2": "Lima",
    "w1": "wide",
}


def graph(triples: Iterable[tuple[str, str, str]] = FILMS, *, values: Sequence[str] = ()) -> Adjacency:
    triples = list(triples)
    entities = {end for head, _, tail in triples for end in (head, tail)} - set(values)
    return build(
        1,
        entities=entities,
        chunks=[],
        triples=[("|".join(triple), *triple, 1.0) for triple in triples],
        mentions=[],
        titles=[],
    )


def namer(adjacency: Adjacency, names: dict[str, str] = NAMES):
    return lambda index: names.get(adjacency.nodes[index], adjacency.nodes[index])


def made(count: int = 400, **options: object) -> tuple[Adjacency, list[Example]]:
    adjacency = graph(values=("1999", "2003", "1987", "2010"))
    return adjacency, list(synthesize(adjacency, namer(adjacency), count=count, **options))  # type: ignore[arg-type]


def paths_by_hand(adjacency: Adjacency, seed: str, path: Sequence[tuple[str, bool]]) -> set[str]:
    """All ends of the sequence by plain recursion over the list of triples."""
    edges = [
        (i, adjacency.nodes[h], adjacency.relations[r], adjacency.nodes[t])
        for i, (h, r, t) in enumerate(zip(adjacency.head, adjacency.relation, adjacency.tail, strict=True))
    ]
    values = {id_ for id_, is_value in zip(adjacency.nodes, adjacency.is_value, strict=True) if is_value}

    def walk(node: str, rest: Sequence[tuple[str, bool]], used: frozenset[int]) -> set[str]:
        if not rest:
            return {node}
        ends: set[str] = set()
        for i, head, relation, tail in edges if node not in values else []:
            start, end = (head, tail) if rest[0][1] else (tail, head)
            if relation == rest[0][0] and start == node and end != seed and i not in used:
                ends |= walk(end, rest[1:], used | {i})
        return ends

    return walk(seed, path, frozenset())


def test_answers_are_all_ends_of_the_path() -> None:
    adjacency, examples = made(kinds=("path",))
    assert len(examples) == 400
    for example in examples:
        assert set(example.answers) == paths_by_hand(adjacency, example.seeds[0], example.path), example
        assert list(example.answers) == sorted(example.answers)


def test_spans_name_their_seeds_exactly() -> None:
    _, examples = made()
    for example in examples:
        assert len(example.spans) == len(example.seeds)
        for seed, (start, end) in zip(example.seeds, example.spans, strict=True):
            name = NAMES.get(seed, seed)
            assert example.question[start:end] in {name, name.lower()}


def test_same_seed_same_questions_and_another_seed_others() -> None:
    assert made(60, seed=3)[1] == made(60, seed=3)[1]
    assert made(60, seed=3)[1] != made(60, seed=4)[1]


@pytest.mark.parametrize("hops", [1, 2, 3, 4])
def test_each_hop_count_is_kept(hops: int) -> None:
    _, examples = made(40, hops=(hops,), kinds=("path",))
    assert len(examples) == 40
    assert {len(example.path) for example in examples} == {hops}


def test_every_hop_count_and_kind_appears() -> None:
    _, examples = made(600)
    paths = [example for example in examples if len(example.seeds) == 1]
    assert {len(example.path) for example in paths} == {1, 2, 3, 4}
    pairs = [example for example in examples if len(example.seeds) == 2]
    assert any(example.path for example in pairs), "no conjunction"
    assert any(not example.path for example in pairs), "no comparison"


def test_conjunction_answers_lie_on_both_sides() -> None:
    adjacency, examples = made(80, kinds=("conjunction",))
    assert len(examples) == 80
    neighbours: dict[str, set[str]] = {}
    for head, _, tail in FILMS:
        neighbours.setdefault(head, set()).add(tail)
        neighbours.setdefault(tail, set()).add(head)
    for example in (example for example in examples if len(example.path) == 1):
        assert set(example.answers) <= paths_by_hand(adjacency, example.seeds[0], example.path)
        near = neighbours[example.seeds[1]]
        assert all(answer in near or neighbours[answer] & near for answer in example.answers)


def test_comparison_asks_for_the_smaller_or_the_greater_value() -> None:
    adjacency = graph(values=("1999", "2003", "1987", "2010"))
    years = {head: int(tail) for head, relation, tail in FILMS if relation == "release_year"}
    examples = list(synthesize(adjacency, namer(adjacency), count=60, kinds=("comparison",), hops=(1,)))
    assert len(examples) == 60
    for example in examples:
        words = example.question.lower().replace(",", " ").replace("?", " ").replace(":", " ").split()
        later = bool({"later", "newer", "recent", "last"} & set(words))
        pick = max if later else min
        assert example.answers == (pick(example.seeds, key=years.__getitem__),), example.question


def test_relations_of_any_name_are_asked() -> None:
    _, examples = made(1500, kinds=("path",), hops=(1,))
    asked = {example.path[0] for example in examples}
    for relation in ("glorbed with", "wingSpan"):
        assert {(relation, True), (relation, False)} <= asked
    spoken = " ".join(example.question for example in examples if example.path[0][0] == "wingSpan").lower()
    assert "wing span" in spoken


def test_rare_relations_are_not_drowned() -> None:
    triples = [(f"f{i}", "has_genre", f"g{i}") for i in range(500)] + [("f1", "directed_by", "p1")]
    adjacency = graph(triples)
    examples = list(synthesize(adjacency, lambda i: adjacency.nodes[i], count=200, hops=(1,), kinds=("path",)))
    rare = sum(example.path[0][0] == "directed_by" for example in examples)
    assert rare >= 4  # a five-hundredth of the edges


def test_hubs_are_not_asked_for_all_they_touch() -> None:
    triples = [(f"f{i}", "has_genre", "hub") for i in range(400)]
    triples += [(f"f{i}", "directed_by", f"p{i}") for i in range(400)]
    adjacency = graph(triples)
    examples = list(synthesize(adjacency, lambda i: adjacency.nodes[i], count=300, max_answers=50))
    assert len(examples) == 300
    assert max(len(example.answers) for example in examples) <= 50


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        "?!",
        "\ue000",
        "{}",
        "<WAS> {} <K>",
        "İstanbul ŞİŞLİ",
        "<b>bold</b> & \\1 \n tab\t",
        "名前",
        "a'b\"c's",
        "\U0001f600",
        "x " * 40,
    ],
)
def test_odd_names_never_break_it(odd: str) -> None:
    triples = [
        (f"n{i}", relation, f"n{(i * 3 + 1) % 7}") for i in range(7) for relation in (odd, "born in", "director")
    ]
    adjacency = graph(triples)
    names = {"n1": odd, "n2": f"{odd} two", "n3": odd.upper(), "n5": "1999"}
    for example in islice(synthesize(adjacency, namer(adjacency, names), count=150), 150):
        for seed, (start, end) in zip(example.seeds, example.spans, strict=True):
            name = names.get(seed, seed)
            assert example.question[start:end] in {name, name.lower()}
            assert name.strip()
            assert len(name.split()) <= 12


def test_a_graph_without_triples_gives_no_question() -> None:
    empty = build(1, entities=["a"], chunks=[], triples=[], mentions=[], titles=[])
    assert list(synthesize(empty, lambda _: "a", count=5)) == []


def test_a_graph_that_cannot_give_a_kind_ends() -> None:
    adjacency = graph([("a", "knows", "b")])
    assert list(synthesize(adjacency, lambda i: adjacency.nodes[i], count=5, kinds=("comparison",))) == []
    assert len(list(synthesize(adjacency, lambda i: adjacency.nodes[i], count=5))) == 5


def test_hops_that_a_graph_cannot_give_leave_room_for_others() -> None:
    adjacency = graph([("a", "knows", "b"), ("a", "likes", "c")])
    examples = list(synthesize(adjacency, lambda i: adjacency.nodes[i], count=200))
    assert len(examples) == 200
    assert {len(example.path) for example in examples if len(example.seeds) == 1} == {1, 2}


@pytest.mark.parametrize("options", [{"kinds": ("riddle",)}, {"kinds": ()}, {"hops": (0,)}, {"hops": ()}])
def test_impossible_wishes_are_refused(options: dict[str, object]) -> None:
    adjacency = graph()
    with pytest.raises(InputError):
        synthesize(adjacency, namer(adjacency), count=1, **options)  # type: ignore[arg-type]
