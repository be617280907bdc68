"""Commands on a real knowledge base in a folder: ingest, ask, look around, take back, interrupt and finish."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clew.cli import main as cli

TEXTS = {
    "Blind Shaft.txt": "Blind Shaft is a 2003 film directed by Li Yang. The film was produced in Beijing.",
    "Li Yang.txt": "Li Yang is a Chinese film director. Li Yang was born in Shanghai in 1959.",
}
QUESTION = "Where was the director of Blind Shaft born?"


@pytest.fixture
def clew(tmp_path, monkeypatch, capfd):
    """Runs a command in a folder that holds `docs/`; returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        monkeypatch.delenv(name)
    (tmp_path / "docs").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return run


def data(result: tuple[int, str, str]):
    code, out, err = result
    assert code == 0, err
    return json.loads(out)


def test_from_a_folder_to_an_answer_and_back(clew):
    code, out, _ = clew("ingest", "docs", "--dry-run")
    assert code == 0
    assert "2 would be added" in out
    assert "Nothing was written." in out
    assert [path.name for path in Path().iterdir()] == ["docs"]

    code, out, err = clew("ingest", "docs")
    assert code == 0, err
    assert "2 added, 0 updated, 0 unchanged, 0 failed, 0 skipped" in out
    assert data(clew("ingest", "docs", "--json"))["unchanged"] == 2
    assert data(clew("status", "--json"))["counts"]["documents"] == 2
    assert re.search(r"^documents +2$", clew("status")[1], re.MULTILINE)

    code, out, _ = clew("ask", QUESTION)
    assert code == 0
    assert "Shanghai" in out.splitlines()[0]
    assert "\n  Blind Shaft ─directed by→ Li Yang ─born in→ Shanghai\n" in out
    sentence = TEXTS["Li Yang.txt"].split(". ")[1]
    assert re.search(rf"“{re.escape(sentence)}”\n +Li Yang <file://.*/docs/Li%20Yang\.txt:36-73>", out)
    answer = data(clew("ask", QUESTION, "--json", "--k", "3"))
    assert "Shanghai" in answer["text"]

    code, out, _ = clew("ask", "What is the boiling point of xenon?")
    assert code == 0
    assert out.startswith("No answer.\nWhy: ")

    code, out, _ = clew("show", "li yang")
    assert code == 0
    assert out.startswith("Li Yang  (PERSON)\n")
    assert data(clew("show", "Shanghai", "--json"))["name"] == "Shanghai"
    code, out, err = clew("show", "Blind Shafts")
    assert (code, out) == (2, "")
    assert "Near it: Blind Shaft" in err

    code, out, _ = clew("path", "Blind Shaft", "Shanghai")
    assert code == 0
    assert out.startswith("Blind Shaft ─directed by→ Li Yang ─born in→ Shanghai\n")
    assert "No path of at most 1 triples" in clew("path", "Blind Shaft", "Shanghai", "--max-hops", "1")[1]

    rows = data(
        clew("query", "MATCH (e:Entity) WHERE e.name = $name RETURN e.name", "--param", "name=Shanghai", "--json")
    )
    assert rows == {"columns": ["e.name"], "rows": [{"e.name": "Shanghai"}], "truncated": False}
    assert clew("query", "MATCH (e) DETACH DELETE e")[0] == 2

    code, exported, err = clew("export")
    assert code == 0
    assert f"{len(exported.splitlines())} lines" in err
    assert clew("export", "graph.jsonl")[0] == 0
    assert Path("graph.jsonl").read_text(encoding="utf-8") == exported

    assert clew("reembed")[0] == 0
    assert clew("export")[1] == exported

    assert clew("remove", "docs/Blind Shaft.txt")[0] == 0
    assert clew("remove", "docs/Blind Shaft.txt")[0] == 2
    assert data(clew("status", "--json"))["counts"]["documents"] == 1


def test_a_failed_source_is_1_and_named_in_full(clew):
    Path("docs/broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    code, out, _ = clew("ingest", "docs", "nowhere.txt")
    assert code == 1
    assert "2 added" in out
    failed = out[out.index("Failed:") :]
    assert "broken.pdf" in failed
    assert "nowhere.txt" in failed


def test_triples_with_another_delimiter(clew):
    Path("facts.csv").write_text("head;relation;tail\nAda;wrote;Notes\n", encoding="utf-8")
    code, _, err = clew("ingest", "facts.csv", "--triples", "--delimiter", ";")
    assert code == 0, err
    assert "Ada ─wrote→ Notes" in clew("path", "Ada", "Notes")[1]


def test_asking_where_nothing_is_says_what_to_do(clew):
    code, out, err = clew("ask", "Who?", "--kb", "missing")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "missing" in err
    assert "Traceback" not in err
    assert not Path("missing").exists()


def test_questions_that_cannot_be_asked(clew):
    assert clew("ingest", "docs")[0] == 0
    for question in ("", "   ", "x " * 50_000):
        code, out, err = clew("ask", question)
        assert (code, out) == (2, ""), question[:10]
        assert err.startswith("error: ")
        assert len(err) < 500
    assert clew("ask", "Who?", "--k", "0")[0] == 2
    assert clew("query", "RETURN $a", "--param", "a")[0] == 2


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_saved_and_a_second_run_finishes(clew, tmp_path):
    rows = [{"id": str(n), "title": f"Town {n}", "text": f"Town {n} lies in Norway. " * 8} for n in range(900)]
    (tmp_path / "towns.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "clew.cli.main", "ingest", "towns.jsonl"]
    environ = {**os.environ, "CLEW_BATCH_SIZE": "16"}
    process = subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True)
    lines = iter(process.stderr.readline, "")
    reached = next((line for line in lines if re.match(r"reading: [1-9]", line)), None)  # a batch has been read
    assert reached, "it ended without a line of progress"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Interrupted." in err
    assert "running the same command again finishes the work" in err
    assert "Traceback" not in err
    saved = int(re.search(r"([\d,]+) documents of this run", err)[1].replace(",", ""))
    assert data(clew("status", "--json"))["counts"]["documents"] == saved < len(rows)
    report = data(clew("ingest", "towns.jsonl", "--json"))
    assert (report["added"], report["unchanged"]) == (len(rows) - saved, saved)
