"""The trainer on a handful of made rows: it learns them, saves, goes on, and what it exports reads the same."""

import itertools
import random
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from clew.graph.embeddings.embeddings import default_folder
from clew.retrieval.reader.pieces import MOST, WordPieces
from clew.retrieval.training.batches import batch, item, losses
from clew.retrieval.training.examples import Example, written
from clew.retrieval.training.export import INPUTS, OUTPUTS, Graph
from clew.retrieval.training.loop import Plan, Progress, fit, load
from clew.retrieval.training.made import made
from clew.retrieval.training.network import started
from clew.retrieval.training.rows import sentences
from clew.retrieval.training.scoring import exact, f1


def some_name(rng: random.Random) -> str:
    return rng.choice(("Harbour Line", "Zilver", "Old Mill"))


def examples(count: int) -> list[Example]:
    rng = random.Random(3)
    rows = [made(rng, some_name, without=0.3) for _ in range(count)]
    return [Example(question, text, spans, answered=bool(spans)) for question, text, spans in rows]


def items(found: list[Example]):  # type: ignore[no-untyped-def]
    pieces = WordPieces(default_folder() / "tokenizer.json")
    asked, read = pieces.cut([one.question for one in found]), pieces.cut([one.passage for one in found])
    return [item(*one, random.Random(1)) for one in zip(found, asked, read, strict=True)]


def test_a_few_rows_are_learnt_saved_and_exported(tmp_path: Path) -> None:
    torch.manual_seed(1)
    given = batch(items(examples(2)))
    network, plan = started(), Plan(steps=15, encoder_rate=5e-4, head_rate=5e-3)
    with torch.no_grad():
        before = float(losses(network(given.ids, given.kinds, given.forms, given.mask), given)[0])
    progress = fit(network, itertools.repeat(given), tmp_path, plan=plan)
    network.eval()
    with torch.no_grad():
        scores = network(given.ids, given.kinds, given.forms, given.mask)
    assert float(losses(scores, given)[0]) < before - 1
    assert (progress.steps, progress.examples) == (15, 30)

    again = started().eval()
    assert load(again, None, tmp_path) == progress
    weights = {name: value.detach().numpy() for name, value in again.named_parameters()}
    session = onnxruntime.InferenceSession(Graph(weights).model().SerializeToString())
    alone = batch(items(examples(1)))
    feed = {name: getattr(alone, name).numpy().astype(np.int32) for name in INPUTS}
    with torch.no_grad():
        wanted = again(alone.ids, alone.kinds, alone.forms, alone.mask)
    for name, found in zip(OUTPUTS, session.run(list(OUTPUTS), feed), strict=True):
        assert np.abs(found - getattr(wanted, name).numpy()).max() < 0.3  # vectors of words are kept in 8 bits
    assert fit(started(), itertools.repeat(given), tmp_path, plan=plan, resume=True) == Progress(
        progress.seconds, progress.steps, progress.examples
    )


def test_made_records_hold_their_answers() -> None:
    found = examples(300)
    assert 50 < sum(not one.answered for one in found) < 150
    for one in found:
        assert all(one.passage[start:end].strip() == one.passage[start:end] for start, end in one.spans)
    for one in (written(one, random.Random(place)) for place, one in enumerate(found)):
        assert all(one.passage[start:end].strip() for start, end in one.spans)


def test_windows_hold_the_answer_or_say_that_there_is_none() -> None:
    pieces = WordPieces(default_folder() / "tokenizer.json")
    passage = "Nothing happened that day. " * 90 + "Ana Silva won the race. " + "It rained. " * 200
    start = passage.index("Ana Silva")
    example = Example("Who won the race?", passage, ((start, start + 9),))
    asked, read = pieces.cut([example.question])[0], pieces.cut([passage])[0]
    rng = random.Random(2)
    seen = [item(example, asked, read, rng) for _ in range(60)]
    assert all(len(one.ids) <= MOST for one in seen)
    kept = [one for one in seen if one.answered]
    assert len(kept) > 40
    assert all(
        one.ids[slice(*(one.pairs[0][0], one.pairs[0][1] + 1))] == pieces.cut(["Ana Silva"])[0].ids.tolist()
        for one in kept
    )
    assert all(one.pairs == [(0, 0)] for one in seen if not one.answered)


def test_sentences_end_where_marks_and_lines_do() -> None:
    text = "It is 3.5 m long. Is it? Yes!\nA line\n\n- another. End"
    assert [text[slice(*span)] for span in sentences(text)] == [
        "It is 3.5 m long.",
        "Is it?",
        "Yes!",
        "A line",
        "- another.",
        "End",
    ]


@pytest.mark.parametrize(
    ("said", "gold", "em", "shared"),
    [("The Sea.", ["sea"], 1.0, 1.0), ("red sea", ["sea", "blue"], 0.0, 2 / 3), ("", ["sea"], 0.0, 0.0)],
)
def test_scores_are_those_of_squad(said: str, gold: list[str], em: float, shared: float) -> None:
    assert exact(said, gold) == em
    assert f1(said, gold) == pytest.approx(shared)
