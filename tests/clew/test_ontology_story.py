"""A draft out of a graph, edited, guides the next reading; and the commands for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import clew
from clew.cli.main import main
from clew.ingest.ontology.read import read_ontology

ROWS = "head,relation,tail,head_type,tail_type\n" + "".join(
    f"Film {n},directed by,Person {n},WORK,PERSON\nFilm {n},released in,19{n}0,WORK,date\n" for n in range(4, 8)
)
TEXT = "Nosferatu was directed by Werner Herzog. Werner Herzog was born in Munich."


def test_a_draft_guides_the_next_reading(tmp_path: Path) -> None:
    rows, text, file = tmp_path / "rows.csv", tmp_path / "note.txt", tmp_path / "my.yaml"
    rows.write_text(ROWS)
    text.write_text(TEXT)
    with clew.open("memory:") as kg:
        kg.ingest(rows)
        file.write_text(kg.ontology_draft())
        draft = read_ontology(file)
        assert {each.name: (each.domain, each.range) for each in draft.relations} == {
            "directed by": (("WORK",), ("PERSON",)),
            "released in": (("WORK",), ("date",)),
        }
        assert [each.name for each in draft.classes] == ["PERSON", "WORK"]

        file.write_text("relations:\n  director: {labels: [directed by]}\n")
        kg.settings = replace(kg.settings, ontology=str(file))
        done = kg.ingest(text)
        assert done.guide is not None
        assert done.guide.mapped >= 1
        assert any("born in" in each.reason for each in done.guide.rejected)
        assert json.loads(json.dumps(done.to_dict()))["guide"]["ontology"] == str(file)
        said = {triple.relation for triple in kg.store.triples()}
        assert said == {"directed by", "released in", "director"}

        assert kg.ingest(text).unchanged == 1
        file.write_text("relations:\n  film director: {labels: [directed by]}\n")
        assert kg.ingest(text).updated == 1
        assert "film director" in {triple.relation for triple in kg.store.triples()}


def test_check_says_what_a_file_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "my.yaml"
    file.write_text("classes: {film: , human: }\nrelations:\n  director: {domain: film, range: human}\n  genre:\n")
    assert main(["ontology", "check", str(file)]) == 0
    assert "2 classes and 2 relations; no problems" in " ".join(capsys.readouterr().out.split())
    assert main(["ontology", "check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["open"] == ["genre"]


@pytest.mark.parametrize("words", [["check"], ["draft", "my.yaml"], ["check", "missing.yaml"], ["mend"]])
def test_a_wrong_call_is_one_clear_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ontology", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_broken_ontology_stops_before_anything_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "my.yaml"
    file.write_text("relations:\n  director: {domain: film}\n")
    (tmp_path / "note.txt").write_text(TEXT)
    words = ["ingest", str(tmp_path / "note.txt"), "--kb", "memory:", "--ontology", str(file)]
    assert main(words) == 2
    assert "line 2" in capsys.readouterr().err
