"""Commands on a real knowledge base in a folder: ingest, ask, look around, take back, interrupt and finish."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clew import cli, terminal

TEXTS = {
    "lothair.txt": "Lothair is a novel. Lothair was written by Benjamin Disraeli. Lothair was published in 1870.",
    "disraeli.txt": "Benjamin Disraeli was born in London. Benjamin Disraeli married Mary Anne Lewis in 1839.",
}


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
        terminal.console.cache_clear()
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

    code, out, err = clew("ingest", "docs")
    assert code == 0, err
    assert "2 added, 0 updated, 0 unchanged, 0 failed, 0 skipped" in out
    assert data(clew("ingest", "docs", "--json"))["unchanged"] == 2
    assert data(clew("status", "--json"))["counts"]["documents"] == 2
    assert re.search(r"^documents +2$", clew("status")[1], re.MULTILINE)

    code, out, _ = clew("ask", "Where was Benjamin Disraeli born?")
    assert code == 0
    assert "London" in out.splitlines()[0]
    assert "Benjamin Disraeli ─" in out
    assert "→ London" in out
    assert re.search(r"\[1\] ", out)
    assert re.search(r"“Benjamin Disraeli was born in London\.”\n +disraeli <file://.*/docs/disraeli\.txt:0-37>", out)
    answer = data(clew("ask", "Where was Benjamin Disraeli born?", "--json", "--k", "3"))
    assert "London" in answer["text"]

    code, out, _ = clew("ask", "What is the boiling point of xenon?")
    assert code == 0
    assert out.startswith("No answer.\nWhy: ")

    code, out, _ = clew("show", "benjamin disraeli")
    assert code == 0
    assert out.startswith("Benjamin Disraeli  (PERSON)\n")
    assert data(clew("show", "London", "--json"))["name"] == "London"
    code, out, err = clew("show", "Benjamin Disreali")
    assert (code, out) == (2, "")
    assert "Benjamin Disraeli" in err

    code, out, _ = clew("path", "Lothair", "London")
    assert code == 0
    assert re.search(r"^Lothair .*Benjamin Disraeli.* London$", out, re.MULTILINE)
    assert "No path of at most 1 triples" in clew("path", "Lothair", "London", "--max-hops", "1")[1]

    rows = data(
        clew("query", "MATCH (e:Entity) WHERE e.name = $name RETURN e.name", "--param", "name=London", "--json")
    )
    assert rows == {"columns": ["e.name"], "rows": [{"e.name": "London"}], "truncated": False}
    assert clew("query", "MATCH (e) DETACH DELETE e")[0] == 2

    code, exported, err = clew("export")
    assert code == 0
    assert f"{len(exported.splitlines())} lines" in err
    assert clew("export", "graph.jsonl")[0] == 0
    assert Path("graph.jsonl").read_text(encoding="utf-8") == exported

    assert clew("reembed")[0] == 0
    assert clew("export")[1] == exported

    assert clew("remove", "docs/lothair.txt")[0] == 0
    assert clew("remove", "docs/lothair.txt")[0] == 2
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


def test_ctrl_c_keeps_what_was_saved_and_a_second_run_finishes(clew, tmp_path):
    rows = [{"id": str(n), "title": f"Town {n}", "text": f"Town {n} lies in Norway. " * 8} for n in range(1500)]
    (tmp_path / "towns.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "clew.cli", "ingest", "towns.jsonl"]
    environ = {**os.environ, "CLEW_BATCH_SIZE": "16"}
    process = subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True)
    for _ in range(600):  # until the first batches are being written
        time.sleep(0.1)
        if process.poll() is not None or (tmp_path / "kb").exists():
            break
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Interrupted." in err
    assert "running the same command again finishes the work" in err
    assert "Traceback" not in err
    saved = int(re.search(r"([\d,]+) documents of this run", err)[1].replace(",", ""))
    assert data(clew("status", "--json"))["counts"]["documents"] == saved < len(rows)
    report = data(clew("ingest", "towns.jsonl", "--json"))
    assert (report["added"], report["unchanged"]) == (len(rows) - saved, saved)
