"""Training on a small graph: it learns, it goes on where it was, and what it leaves behind can be trusted."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from clew.gnn.checkpoint import Calibration, Checkpoint, load, save
from clew.gnn.corpus import Corpus, batches
from clew.gnn.encode import Lexicon, mask, plain
from clew.gnn.evaluate import Outcome, evaluate, fit, score
from clew.gnn.example import Example
from clew.gnn.model import PathNetwork, Sizes
from clew.gnn.question_files import read_questions, resolve
from clew.gnn.reason import GNNReasoner
from clew.gnn.train import Plan, train
from clew.graph.adjacency.adjacency import Adjacency, Subgraph, build, cut
from clew.graph.embeddings.open import open_embedder
from clew.graph.errors import InputError, ModelError, QueryError

PEOPLE = "abcdefghijkl"
SMALL = Sizes(hidden=32, match=32, hops=2, dropout=0.0)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(open_embedder(threads=1))


@pytest.fixture(scope="module")
def family() -> Adjacency:
    rows = [(f"t{n}", a, "father", b, 1.0) for n, (a, b) in enumerate(itertools.pairwise(PEOPLE))]
    rows += [(f"u{n}", a, "employer", f"firm {a}", 1.0) for n, a in enumerate(PEOPLE)]
    entities = {node for _, head, _, tail, _ in rows for node in (head, tail)}
    return build(1, entities=entities, chunks=[], triples=rows, mentions=[], titles=[])


def examples() -> list[Example]:
    found = []
    for n, person in enumerate(PEOPLE[:-2]):
        end = len(person)
        found += [
            Example(f"{person} 's father", ((0, end),), (person,), (PEOPLE[n + 1],), (("father", True),)),
            Example(f"{person} 's employer", ((0, end),), (person,), (f"firm {person}",), (("employer", True),)),
            Example(
                f"{person} 's father 's employer",
                ((0, end),),
                (person,),
                (f"firm {PEOPLE[n + 1]}",),
                (("father", True), ("employer", True)),
            ),
        ]
    return found


@pytest.fixture
def corpora(family: Adjacency, lexicon: Lexicon) -> tuple[Corpus, Corpus]:
    asked = examples()
    return Corpus(family, asked[:-6], lexicon), Corpus(family, asked[-6:], lexicon)


PLAN = Plan(epochs=3, batch=4, rate=5e-3, reading=60, patience=9)


def test_workers_prepare_the_same_batches(corpora: tuple[Corpus, Corpus], tmp_path: Path) -> None:
    learned, held_out = corpora
    plan = replace(PLAN, epochs=1, reading=0)
    alone = train([learned], held_out, tmp_path / "alone", plan=plan, sizes=SMALL)
    helped = train([learned], held_out, tmp_path / "helped", plan=replace(plan, workers=2), sizes=SMALL)
    for name, weights in alone.checkpoint.network.state_dict().items():
        assert torch.equal(weights, helped.checkpoint.network.state_dict()[name]), name


def test_mixed_precision_learns_too(corpora: tuple[Corpus, Corpus], tmp_path: Path) -> None:
    learned, held_out = corpora
    done = train([learned], held_out, tmp_path / "net", plan=replace(PLAN, mixed=True), sizes=SMALL)
    assert done.before.hits < done.after.hits
    assert all(weights.dtype == torch.float32 for weights in done.checkpoint.network.state_dict().values())


def test_it_learns_what_it_was_not_shown(corpora: tuple[Corpus, Corpus], tmp_path: Path) -> None:
    learned, held_out = corpora
    done = train([learned], held_out, tmp_path / "net", plan=PLAN, sizes=SMALL)
    assert done.before.hits < done.after.hits == 100.0
    assert done.after.gold_path == 100.0
    again = load(tmp_path / "net")
    assert evaluate(again.network, held_out, calibration=again.calibration).hits == 100.0
    lines = (tmp_path / "net" / "log.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("epoch,")
    assert len(lines) == 1 + done.epochs


def test_an_interrupted_training_ends_where_an_uninterrupted_one_does(
    corpora: tuple[Corpus, Corpus], tmp_path: Path
) -> None:
    learned, held_out = corpora
    plan = replace(PLAN, reading=10)
    whole = train([learned], held_out, tmp_path / "whole", plan=plan, sizes=SMALL)

    class StopError(Exception): ...

    def stop(progress) -> None:  # type: ignore[no-untyped-def]
        if progress.epoch == 2 and progress.scores:
            raise StopError

    with pytest.raises(StopError):
        train([learned], held_out, tmp_path / "cut", plan=plan, sizes=SMALL, progress=stop)
    rest = train([learned], held_out, tmp_path / "cut", plan=plan, sizes=SMALL)
    assert rest.epochs == whole.epochs == 3
    assert rest.before == whole.before
    for mine, theirs in zip(rest.checkpoint.network.parameters(), whole.checkpoint.network.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_another_plan_does_not_go_on_from_it(corpora: tuple[Corpus, Corpus], tmp_path: Path) -> None:
    learned, held_out = corpora
    train([learned], held_out, tmp_path, plan=replace(PLAN, epochs=1, reading=0), sizes=SMALL)
    other = train([learned], held_out, tmp_path, plan=replace(PLAN, epochs=1, reading=0, seed=5), sizes=SMALL)
    assert len(other.history) == 1


def test_nothing_to_learn_from_is_an_error(corpora: tuple[Corpus, Corpus], tmp_path: Path) -> None:
    learned, held_out = corpora
    stranger = [Example("x", ((0, 1),), ("nobody",), ("a",))]
    with pytest.raises(ModelError, match="no question to train on"):
        train([replace(learned, asked=stranger)], held_out, tmp_path)


def test_a_checkpoint_comes_back_as_it_was_and_damage_is_told(tmp_path: Path) -> None:
    network = PathNetwork(SMALL)
    save(Checkpoint(network, "enc", Calibration(2.0, -1.0), {"on": "films"}), tmp_path, card="# card\n")
    found = load(tmp_path)
    assert found.fingerprint == Checkpoint(network, "enc").fingerprint
    assert (found.calibration, found.trained) == (Calibration(2.0, -1.0), {"on": "films"})
    assert {file.name for file in tmp_path.iterdir()} == {
        "README.md",
        "SHA256SUMS",
        "config.json",
        "network.safetensors",
    }
    weights = tmp_path / "network.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"format": 99}), "utf-8")
    with pytest.raises(ModelError, match="format 99"):
        load(tmp_path)
    with pytest.raises(ModelError, match="no checkpoint"):
        load(tmp_path / "none")


def test_the_reasoner_refuses_another_encoder(lexicon: Lexicon) -> None:
    with pytest.raises(ModelError, match="reads with the encoder other"):
        GNNReasoner(Checkpoint(PathNetwork(SMALL), "other"), lexicon.embedder)


@pytest.fixture(scope="module")
def reasoner(lexicon: Lexicon) -> GNNReasoner:
    torch.manual_seed(0)
    return GNNReasoner(Checkpoint(PathNetwork(Sizes(hops=2)).eval(), lexicon.embedder.fingerprint), lexicon.embedder)


def part(adjacency: Adjacency, nodes: Iterator[int] | range) -> Subgraph:
    return cut(adjacency, np.array(list(nodes), dtype=np.int32))


def test_an_empty_subgraph_no_seed_and_a_lone_seed_have_a_defined_result(
    reasoner: GNNReasoner, family: Adjacency
) -> None:
    for subgraph, seeds in (
        (part(family, range(0)), []),
        (part(family, range(5)), []),
        (part(family, range(1)), [((0, 1), {0: 1.0})]),
        (part(family, range(5)), [((0, 1), {})]),
    ):
        said = reasoner("a 's father", seeds, subgraph)
        assert said.nodes.shape == (len(subgraph.nodes),)
        assert not said.nodes.any()
        assert said.edges.shape == (len(subgraph.head),)
        assert said.chances.shape[1:] == (2, 2, len(subgraph.head))


def test_seeds_that_are_not_joined_give_finite_probabilities(reasoner: GNNReasoner, family: Adjacency) -> None:
    index = family.node_index
    subgraph = part(family, range(len(family.nodes)))
    seeds = [((0, 1), {index["a"]: 1.0}), ((2, 3), {index["l"]: 0.5, index["k"]: 1.0})]
    said = reasoner("a x employers of both", seeds, subgraph)
    assert said.chances.shape == (2, 2, 2, len(subgraph.head))
    assert np.isfinite(said.nodes).all()
    assert ((said.nodes >= 0) & (said.nodes <= 1)).all()
    assert said.lengths.sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_equal_questions_are_answered_equally(reasoner: GNNReasoner, family: Adjacency) -> None:
    subgraph = part(family, range(len(family.nodes)))
    seeds = [((0, 1), {family.node_index["a"]: 1.0})]
    first, second = (reasoner("a 's father", seeds, subgraph) for _ in range(2))
    assert np.array_equal(first.nodes, second.nodes)
    assert np.array_equal(first.edges, second.edges)


# -- what is read --


def test_names_are_taken_out_of_a_question() -> None:
    assert mask("Who directed Airheads?", [(13, 21)]) == ("who directed X?", ((13, 14),))
    text, spans = mask("A and B", [(6, 7), (0, 1)])
    assert text == "X and X"
    assert spans == ((6, 7), (0, 1))
    assert mask("", []) == ("", ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("people.person.place_of_birth", "place of birth"),
        ("placeOfBirth", "place of birth"),
        ("http://x.org/ns#birthPlace", "birth place"),
        ("directed by", "directed by"),
        ("_", "_"),
    ],
)
def test_relations_are_read_as_words(name: str, words: str) -> None:
    assert plain(name) == words


def test_batches_hold_questions_with_equally_many_seeds() -> None:
    one, two = Example("x", ((0, 1),), ("a",), ("b",)), Example("x y", ((0, 1), (2, 3)), ("a", "b"), ("c",))
    found = list(batches([one, two, one, one, two], 2))
    assert sorted(len(group) for group in found) == [1, 2, 2]
    assert all(len({len(example.seeds) for example in group}) == 1 for group in found)


# -- what is measured --


def test_scores_are_those_that_one_computes_by_hand() -> None:
    example = Example("q", ((0, 1),), ("s",), ("a", "b"), (("r", True),))
    found = [
        Outcome(example, (("a", 0.9), ("b", 0.8), ("c", 0.6)), frozenset("ab"), (("r", True),)),  # f1 0.8
        Outcome(example, (("c", 0.4), ("a", 0.3)), frozenset("ab"), (("r", False),)),  # f1 0, rank 2
        Outcome(example, (), frozenset("ab"), ()),
    ]
    scores = score(found, unknown=1)
    assert (scores.questions, scores.unknown, scores.hits, scores.f1, scores.exact) == (4, 1, 25.0, 20.0, 0.0)
    assert scores.mrr == 37.5
    assert scores.gold_path == 33.33
    assert scores.gold_known == 3


def test_calibration_makes_probabilities_of_logits_that_are_too_sure() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=4000) * 2
    labels = (random.random(4000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))).astype(float)
    found = fit(logits, labels)
    assert found.scale == pytest.approx(0.5, abs=0.06)
    assert found.shift == pytest.approx(-1, abs=0.12)
    assert float(found(torch.tensor([0.0]))) == 0.0


# -- files of questions --


def test_both_formats_are_read(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("who is [a] 's father\tb|c\n\n", "utf-8")
    (tmp_path / "q.jsonl").write_text('{"question": "A and b?", "seeds": ["a", "B"], "answers": "c"}\n', "utf-8")
    text, lines = read_questions(tmp_path / "q.txt")[0], read_questions(tmp_path / "q.jsonl")[0]
    assert (text.question, text.spans, text.answers) == ("who is a 's father", ((7, 8),), ("b", "c"))
    assert (lines.spans, lines.answers) == (((0, 1), (6, 7)), ("c",))


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("q.txt", "who is a\tb\n", "line 1"),
        ("q.txt", "who is [a]\n", "line 1"),
        ("q.txt", "", "holds no question"),
        ("q.jsonl", "{nonsense\n", "line 1"),
        ("q.jsonl", '{"question": "x", "seeds": ["y"], "answers": ["z"]}\n', "does not name its seed"),
        ("q.jsonl", "[1, 2]\n", "line 1"),
    ],
)
def test_a_bad_file_is_told_by_its_line(tmp_path: Path, name: str, content: str, match: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=match):
        read_questions(tmp_path / name)


def test_questions_about_strangers_are_counted_and_all_of_them_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("[a]\tb\n[nobody]\tb\n", "utf-8")
    asked = read_questions(tmp_path / "q.txt")
    found, problems = resolve(asked, lambda name: [name] if name in "ab" else [])
    assert len(found) == 1
    assert "nobody" in problems[0]
    with pytest.raises(QueryError, match="None of the 1 questions"):
        resolve(asked[1:], lambda _: [])
