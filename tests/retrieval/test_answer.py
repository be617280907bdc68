import json
import re
import time

import pytest

from clew.graph.errors import QueryError
from clew.graph.model import entity_id
from clew.graph.stores.memory import MemoryStore
from clew.retrieval.answer import answer, retrieve


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who directed Blue Harbour?", "Mara Lind"),
        ("Where was the director of film Blue Harbour born?", "Port of Spain"),
        ("When was the director of film Blue Harbour born?", "3 May 1920"),
        ("Who is the father of the director of Night Ferry (Film)?", "Karl Brandt"),
        ("Who is the spouse of the performer of song Night Ferry?", "Pablo Ruiz"),
        ("Where did the father of the director of Night Ferry (Film) die?", "Bremen"),
        ("Who was born first, Mara Lind or Otto Brandt?", "Mara Lind"),
        ("Who was born later, Mara Lind or Otto Brandt?", "Otto Brandt"),
        ("Which film has the director who is older, Blue Harbour or Night Ferry (Film)?", "Blue Harbour"),
        ("Are Mara Lind and Otto Brandt from the same country?", "no"),
        ("who directed blue harbour", "Mara Lind"),
    ],
)
def test_the_answer_and_the_path_that_proves_it(golden, embedder, question, expected):
    found = answer(question, golden, embedder)
    assert found.candidates[0].name == expected
    assert not found.abstained
    assert found.paths
    assert found.text.startswith(f"{expected} [")


def test_every_line_cites_evidence_that_exists(golden, embedder):
    found = answer("Where was the director of film Blue Harbour born?", golden, embedder)
    numbers = {item.number for item in found.evidence}
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    for line in found.text.splitlines():
        cited = {int(number) for number in re.findall(r"\[(\d+)\]", line)}
        assert cited
        assert cited <= numbers
    assert "“She was born in Port of Spain.” (Mara Lind)" in found.text


def test_a_comparison_is_proved_by_both_sides(golden, embedder):
    found = answer("Which film has the director who is older, Blue Harbour or Night Ferry (Film)?", golden, embedder)
    assert {path.nodes[0] for path in found.paths[:2]} == {entity_id("Blue Harbour"), entity_id("Night Ferry (film)")}
    assert "3 May 1920" in found.text
    assert "1 June 1931" in found.text


def test_text_alone_is_quoted_and_said_to_be_no_more(golden, embedder):
    found = answer("When do fishermen mend their nets?", golden, embedder)
    assert found.abstained
    assert not found.candidates
    assert found.text.startswith("The documents do not say.")
    assert "Fishermen mend their nets at dawn." in found.text
    assert found.reason


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What is the boiling point of tungsten?", "tungsten"),
        ("Who is the mother of Zorblax Quuxington?", "Zorblax Quuxington"),
        ("is it or is it not?", "no word"),
        ("?!", "no word"),
    ],
)
def test_what_the_graph_does_not_hold_is_not_answered(golden, embedder, question, missing):
    found = answer(question, golden, embedder)
    assert found.abstained
    assert missing in found.reason
    assert found.text == found.reason
    assert not found.candidates
    assert not found.evidence


def test_an_empty_knowledge_base_says_what_to_do(embedder):
    found = answer("Who directed Blue Harbour?", MemoryStore(), embedder)
    assert found.abstained
    assert "clew ingest" in found.reason


@pytest.mark.parametrize("question", ["", "   \n\t"])
def test_an_empty_question_is_refused(golden, embedder, question):
    with pytest.raises(QueryError, match="empty"):
        answer(question, golden, embedder)
    with pytest.raises(QueryError, match="empty"):
        retrieve(question, golden, embedder)


def test_a_huge_question_is_refused_and_a_long_one_is_answered_quickly(golden, embedder):
    with pytest.raises(QueryError, match="100,000"):
        answer("word " * 20_000, golden, embedder)
    started = time.perf_counter()
    found = answer("Who directed Blue Harbour? " + "(Aa (" * 1800, golden, embedder)
    assert time.perf_counter() - started < 5
    assert found.chunks


@pytest.mark.parametrize(
    "question", ["((((", "\x00\x1b[31m red?", "Who is 李小龙?", "Who is \ud800?", "🙂 of Lund?", "a" * 3000]
)
def test_odd_questions_raise_nothing(golden, embedder, question):
    assert "\x1b" not in answer(question, golden, embedder).text


def test_the_answer_is_the_same_each_time_and_ready_for_json(golden, embedder):
    first, second = (
        answer("Who is the father of the director of Night Ferry (Film)?", golden, embedder).to_dict() for _ in range(2)
    )
    for plain in (first, second):
        assert set(plain.pop("timings")) >= {"link", "hybrid", "subgraph", "reason", "rank", "paths", "generate"}
    assert json.loads(json.dumps(first)) == json.loads(json.dumps(second))
    assert first["paths"][0]["steps"][0]["relation"] == "directed by"
    assert first["subgraph"]["nodes"] > 0


def test_any_reasoner_and_any_generator_can_take_the_place(golden, embedder):
    from clew.retrieval.reasoning.rank import Scores

    def even(question, seeds, subgraph):
        import numpy as np

        return Scores(np.ones(len(subgraph.nodes), dtype=np.float32), np.ones(len(subgraph.edges), dtype=np.float32))

    def count(question, evidence):
        yield f"{len(evidence)} pieces"

    found = answer("Who directed Blue Harbour?", golden, embedder, reason=even, generate=count, k=2, paths=1)
    assert found.text == f"{len(found.evidence)} pieces"
    assert len(found.paths) == 1
    assert len(found.chunks) == 2
