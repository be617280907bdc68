"""The command line, run as a user runs it: exit codes, streams, one line per error, help that works."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from clew.cli import main as cli
from clew.cli import terminal
from clew.graph.errors import StoreError

COMMANDS = sorted(typer.main.get_command(cli.app).commands)


@pytest.fixture
def clew(tmp_path, monkeypatch, capfd):
    """Runs a command in an empty folder of its own; returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLEW_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return run


def examples(command: str) -> list[list[str]]:
    epilog = typer.main.get_command(cli.app).commands[command].epilog or ""
    lines = [line.partition(" > ")[0] for line in epilog.splitlines() if line.startswith("  ")]
    return [shlex.split(line) for line in lines]


def test_help_lists_every_command(clew):
    code, out, _ = clew("--help")
    assert code == 0
    for command in ("ingest", "ask", "status", "show", "path", "query", "export", "reembed", "remove", "config", "ui"):
        assert re.search(rf"^  {command} ", out, re.MULTILINE)
    assert not [line for line in out.splitlines()[1:] if line.endswith("...")]  # no summary is cut short


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_that_parses(clew, command):
    code, out, _ = clew(command, "--help")
    assert code == 0
    assert "Example:" in out
    assert examples(command)
    for words in examples(command):
        while "=" in words[0]:
            words.pop(0)
        assert words[:2] == ["clew", command]
        typer.main.get_command(cli.app).commands[command].make_context(command, words[2:])


def test_help_and_import_load_nothing_heavy():
    heavy = "torch spacy streamlit arcadedb_embedded jpype sentence_transformers onnxruntime numpy rich.console scipy"
    script = (
        "import sys, clew, clew.cli.main\n"
        "assert clew.cli.main.main(['ask', '--help']) == 0\n"
        f"print([name for name in '{heavy}'.split() if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_version(clew):
    assert re.fullmatch(r"clew \d+\.\d+\.\d+\n", clew("--version")[1])


def test_an_unknown_command_and_a_missing_argument_are_2(clew):
    assert clew("aks", "x")[0] == 2
    assert clew("ask")[0] == 2


def test_config_shows_values_and_origins(clew, monkeypatch, tmp_path):
    Path("clew.toml").write_text("hops = 2\n", encoding="utf-8")
    monkeypatch.setenv("CLEW_K", "9")
    code, out, _ = clew("config", "--kb", "elsewhere", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["k"] == {"value": 9, "origin": "CLEW_K"}
    assert data["hops"] == {"value": 2, "origin": str(tmp_path / "clew.toml")}
    assert data["store"] == {"value": "elsewhere", "origin": "command line"}
    _, out, _ = clew("config")
    assert re.search(r"^k +9 +CLEW_K ", out, re.MULTILINE)


def test_a_wrong_setting_is_one_line_and_a_hint(clew, monkeypatch):
    monkeypatch.setenv("CLEW_K", "lots")
    code, out, err = clew("config")
    assert (code, out) == (2, "")
    assert err == (
        "error: environment variable CLEW_K: 'lots' is not possible.\n  It takes a whole number from 1 to 1000.\n"
    )


def test_an_unforeseen_error_is_told_without_a_traceback(clew, monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    code, _, err = clew("config")
    assert code == 3
    assert err.startswith("error: FileNotFoundError: ")
    assert "CLEW_DEBUG=1" in err
    assert "Traceback" not in err
    monkeypatch.setenv("CLEW_DEBUG", "1")
    with pytest.raises(FileNotFoundError):
        clew("config")


def test_terminal_controls_and_lone_surrogates_never_reach_the_terminal(capsys):
    evil = "a\x1b[2Jb\x9bc\ud800d\u202ee\tf\n"
    assert terminal.clean(evil) == "a\ufffd[2Jb\ufffdc\ufffdd\ufffde\tf\n"
    terminal.print_json({"text": evil})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": evil}
    assert not re.search("[\x1b\x9b\u202e\ud800]", out)
    terminal.print_error(StoreError("No\n\x1b[31m", hint="do"))
    assert capsys.readouterr().err == "error: No \ufffd[31m\n  do\n"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.44, "0.4 s"), (12.4, "12 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds, words):
    assert terminal.duration(seconds) == words
