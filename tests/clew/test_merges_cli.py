"""`clew merges` lists what was merged, `clew unmerge` takes it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clew.cli import main as cli
from clew.graph.merges import LOG

TEXTS = {
    "Agreement": "The European Space Agency (ESA) signed it. The European Space Agency is led by Anna Stein.",
    "Anna Stein": "Anna Stein is a physician. In 2001 Anna Stein joined ESA in Geneva.",
}


def main(arguments: list[str]) -> int:
    """The command's exit code; it prints to what is standard output now."""
    return cli.main(arguments)


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A knowledge base in which ESA stands for the agency."""
    monkeypatch.chdir(tmp_path)
    rows = [{"id": title, "title": title, "text": text} for title, text in TEXTS.items()]
    Path("passages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["ingest", "passages.jsonl", "--kb", "rdf:kb"]) == 0
    assert "1 names merged or kept apart" in capsys.readouterr().out
    return "rdf:kb"


def test_merges_are_listed_and_taken_back(kb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merges", "--kb", kb, "--json"]) == 0
    (merged,) = json.loads(capsys.readouterr().out)
    assert (merged["name"], merged["into"]) == ("ESA", "European Space Agency")
    assert "initials" in merged["reason"]
    assert len(merged["documents"]) == 1
    assert main(["merges", "European Space Agency", "--kb", kb]) == 0
    assert merged["id"] in capsys.readouterr().out
    assert main(["unmerge", merged["id"], "--kb", kb]) == 0
    assert "no longer stands for" in capsys.readouterr().out
    assert main(["merges", "--kb", kb, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["export", "--kb", kb]) == 0
    assert LOG not in capsys.readouterr().out
    assert main(["unmerge", merged["id"], "--kb", kb]) == 2
    assert "clew merges" in capsys.readouterr().err
