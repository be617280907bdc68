"""`clew train` and `clew evaluate` on a small film graph, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import clew
from clew.cli.main import main

DIRECTORS = ("Mara Lind", "Otto Brandt", "Ines Vega", "Karl Holm", "Ada Moss")
PLACES = ("Lund", "Bremen", "Cadiz", "Oslo", "Perth")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    rows = ["head,relation,tail"]
    for n in range(20):
        rows.append(f"Film {n},directed by,{DIRECTORS[n % 5]}")
        rows.append(f"Film {n},release year,{1950 + n}")
    rows += [f"{name},born in,{place}" for name, place in zip(DIRECTORS, PLACES, strict=True)]
    (folder / "films.csv").write_text("\n".join(rows) + "\n", "utf-8")
    with clew.open(folder / "kb", heap="128m") as kg:
        assert not kg.ingest(folder / "films.csv").failed
    lines = [f"who directed [Film {n}]\t{DIRECTORS[n % 5]}" for n in range(20)]
    lines += [f"where was the director of [Film {n}] born\t{PLACES[n % 5]}" for n in range(20)]
    (folder / "questions.txt").write_text("\n".join([*lines, "who directed [Nothing Known]\tNobody"]) + "\n", "utf-8")
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_HEAP", "128m")


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_shipped_network_answers_on_a_graph_it_never_saw(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "evaluate", films / "questions.txt", "--kb", films / "kb", "--json")
    scores = json.loads(out)
    assert code == 0
    assert (scores["questions"], scores["unknown"]) == (41, 1)
    assert scores["hits"] > 90


def test_ask_with_the_network_gives_the_path(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("ask", "Where was the director of Film 3 born?", "--kb", films / "kb", "--reasoner", "gnn")
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert out.startswith("Oslo [")
    assert "directed by" in out
    assert "born in" in out


def test_it_is_tuned_without_a_question_and_used(
    films: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("train", "--label-free", "--kb", films / "kb", "--out", tmp_path / "net", "--count", "100")
    code, out, err = run(capsys, *words, "--epochs", "1")
    assert code == 0, err
    assert "made from the graph" in out
    assert "Epoch 1" in err
    assert (tmp_path / "net" / "network.safetensors").is_file()
    monkeypatch.setenv("CLEW_CHECKPOINT", str(tmp_path / "net"))
    code, out, _ = run(capsys, "evaluate", films / "questions.txt", "--kb", films / "kb")
    assert code == 0
    assert "Hits@1" in out


def test_what_cannot_be_trained_on_is_told_in_a_line(
    films: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_text("no seed here\tanswer\n", "utf-8")
    for words, said in (
        (("train", tmp_path / "bad.txt"), "line 1"),
        (("train", tmp_path / "missing.txt"), "cannot be read"),
        (("evaluate", films / "questions.txt", "--checkpoint", tmp_path), "no checkpoint"),
    ):
        code, _, err = run(capsys, *words, "--kb", films / "kb")
        assert code == 2
        assert said in err
        assert "Traceback" not in err
