"""Records of csv, tsv, json and jsonl: what is kept, and what is said of the rest."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from clew.ingest.load.load import Fields, Loaded, Problem, count, load


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, fields: Fields | None = None) -> tuple[list[Loaded], list[str]]:
    items = list(load([path], fields=fields))
    return [item for item in items if isinstance(item, Loaded)], [i.reason for i in items if isinstance(i, Problem)]


def texts(loaded: list[Loaded]) -> list[str]:
    return [item.document.text for item in loaded]


RECORDS = [
    {"id": "a 1", "title": "Ada", "text": "Ada wrote.", "year": 1843, "tags": ["x", "y"], "none": None},
    {"id": 7, "title": 1984, "text": ["Two", "sentences."], "good": True},
]


@pytest.mark.parametrize("layout", ["list", "under a key", "lines"])
def test_records_become_documents(tmp_path: Path, layout: str) -> None:
    whole = {"list": RECORDS, "under a key": {"version": 1, "records": RECORDS}}
    path = tmp_path / ("r.jsonl" if layout == "lines" else "r.json")
    write(path, "\n".join(map(json.dumps, RECORDS)) if layout == "lines" else json.dumps(whole[layout], indent=1))
    (first, second), problems = read(path)
    assert not problems
    assert first.document.uri == path.as_uri() + "#a%201"
    assert (first.document.title, first.document.text) == ("Ada", "Ada wrote.\n\nid: a 1\nyear: 1843\ntags: x; y")
    assert first.document.metadata == {"year": "1843", "tags": '["x", "y"]'}
    assert second.document.uri == path.as_uri() + "#7"
    assert (second.document.title, second.document.text) == ("1984", "Two sentences.\n\ngood: yes")
    assert second.document.metadata == {"good": "true"}
    assert count([path]) == 2


def test_one_record_may_be_the_whole_file(tmp_path: Path) -> None:
    (loaded,), _ = read(write(tmp_path / "r.json", '{"text": "Ada wrote.", "links": ["x"]}'))
    assert loaded.document.text == "Ada wrote.\n\nlinks: x"
    assert loaded.document.uri.endswith("r.json#1")


def test_other_names_by_option(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "key,heading,body,place\nk1,Ada,Ada wrote.,London\n")
    (loaded,), problems = read(path, Fields(id="key", title="heading", text="body"))
    assert not problems
    assert loaded.document.uri.endswith("#k1")
    assert (loaded.document.title, loaded.document.metadata) == ("Ada", {"place": "London"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path / "r.csv", f'id{delimiter}text\n1{delimiter}"One{delimiter} two"\n')
    (loaded,), _ = read(path)
    assert loaded.document.text == f"One{delimiter} two"


def test_a_csv_with_mark_line_ends_and_lines_in_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", 'id,text\r\n1,"Two\r\nlines, ""quoted"""\r\n\r\n2,Other\r\n', "utf-8-sig")
    loaded, problems = read(path)
    assert not problems
    assert texts(loaded) == ['Two\nlines, "quoted"', "Other"]


def test_a_ragged_row_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "id,title,text\n1,a,One\n2,Two\n3,c,Three,more\n4,d,Four\n")
    loaded, problems = read(path)
    assert texts(loaded) == ["One", "Four"]
    assert "line 3 has 2 columns where the header has 3" in problems[0]
    assert "line 4 has 4 columns" in problems[1]


@pytest.mark.parametrize(
    "rest", ["3,c,Three\n4,d,Four\n", '3,"c","Three"\n4,d,Four\n', '3,c,"Three ""x"""\n4,d,Four\n']
)
def test_an_open_quotation_mark_does_not_swallow_the_rows_below(tmp_path: Path, rest: str) -> None:
    loaded, problems = read(write(tmp_path / "r.csv", 'id,title,text\n1,a,One\n2,b,"Two\n' + rest))
    assert [item.document.uri.rpartition("#")[2] for item in loaded] == ["1", "3", "4"]
    assert problems == ["line 3 opens a quotation mark that it does not close; it is left out"]


def test_a_cell_longer_than_the_csv_module_allows(tmp_path: Path) -> None:
    (loaded,), problems = read(write(tmp_path / "r.csv", f"text\n{'long ' * 60_000}\n"))
    assert not problems
    assert len(loaded.document.text) == 300_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("r.csv", "text,text\n1,x\n", "has two columns named 'text'"),
        ("r.csv", "id,text\n", "holds no rows"),
        ("r.csv", "id,text\n1,\n", "line 2 has an empty 'text'"),
        ("r.csv", "", "is empty"),
        ("r.json", "[]", "holds no records"),
        ("r.json", "", "is empty"),
        ("r.json", '[{"body": "x"}]', "record 1 has no 'text' (it has 'body')"),
        ("r.json", '[{"body": "x"}]', "its text is perhaps in 'body': --text-field body; it is left out"),
        ("r.json", '[{"Text": "x"}]', "perhaps in 'Text': --text-field Text"),
        ("r.json", '[{"full story": "long words"}]', "perhaps in 'full story': --text-field 'full story'"),
        ("r.json", '["x"]', "record 1 is a text, not an object"),
        ("r.json", '[{"text": 5}]', "record 1 has a number as its 'text'"),
        ("r.json", '[{"text": "x", "id": {}}]', "record 1 has an object as its id"),
        ("r.json", '[{"text": "x", "text": "y"}]', "record 1 has the key 'text' twice"),
        ("r.json", "[" * 100_000, "nested too deeply"),
        ("r.json", '{"text": ' + "1" * 5000 + "}", "no valid JSON"),
        ("r.json", '{"text": "x"} tail', "Extra data in line 1, column 14"),
        ("r.jsonl", "{text}", "line 1 is no valid JSON"),
        ("r.jsonl", '{"text": "  "}', "line 1 has an empty 'text'"),
        ("r.jsonl", "", "is empty"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: str, reason: str) -> None:
    loaded, problems = read(write(tmp_path / name, content))
    assert not loaded
    assert len(problems) == 1
    assert reason in problems[0]


def test_a_broken_list_keeps_the_records_before_the_break(tmp_path: Path) -> None:
    loaded, problems = read(write(tmp_path / "r.json", '[{"text": "One"},\n {"text": "Two"},\n {"text": ]'))
    assert texts(loaded) == ["One", "Two"]
    assert problems == ["is no valid JSON: Expecting value in line 3, column 11 (the 2 records before that are kept)"]


def test_a_broken_line_leaves_the_other_lines(tmp_path: Path) -> None:
    loaded, problems = read(write(tmp_path / "r.jsonl", '{"text": "One"}\n{"text"\n\n{"text": "Two"}\n'))
    assert texts(loaded) == ["One", "Two"]
    assert [item.document.uri.rpartition("#")[2] for item in loaded] == ["1", "4"]
    assert len(problems) == 1
    assert problems[0].startswith("line 2 is no valid JSON")


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl", "r.json"])
def test_of_two_records_with_one_id_the_first_is_kept(tmp_path: Path, name: str) -> None:
    rows = [{"id": "x", "text": "One"}, {"id": "y", "text": "Two"}, {"id": "x", "text": "Three"}]
    content = {
        "r.csv": "id,text\nx,One\ny,Two\nx,Three\n",
        "r.jsonl": "\n".join(map(json.dumps, rows)),
        "r.json": json.dumps(rows),
    }
    loaded, (problem,) = read(write(tmp_path / name, content[name]))
    assert texts(loaded) == ["One", "Two"]
    places = {"r.csv": ("line 4", "line 2"), "r.jsonl": ("line 3", "line 1"), "r.json": ("record 3", "record 1")}
    assert all(place in problem for place in ("'x'", *places[name]))


def test_lone_surrogates_and_control_characters_are_replaced(tmp_path: Path) -> None:
    (loaded,), _ = read(write(tmp_path / "r.json", r'[{"title": "A\u0000", "text": "x\ud800y\u0001z"}]'))
    assert (loaded.document.title, loaded.document.text) == ("A", "x\ufffdy z")


def test_an_encoding_other_than_utf8_is_noted_once(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", "id,text\n1,Le garçon a mangé une crème brûlée.\n2,Il était là.\n", "cp1252")
    first, second = read(path)[0]
    assert first.document.text == "Le garçon a mangé une crème brûlée."
    assert "cp1252" in first.note
    assert not second.note


def test_memory_holds_the_text_of_a_json_list_and_one_record(tmp_path: Path) -> None:
    record = json.dumps({"title": "T", "text": "word " * 400, "numbers": list(range(300))})
    path = write(tmp_path / "r.json", "[" + ",".join([record] * 4000) + "]")
    tracemalloc.start()
    number = sum(isinstance(item, Loaded) for item in load([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 4000
    assert peak < 4 * path.stat().st_size


def test_memory_does_not_grow_with_the_lines_of_a_jsonl(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", (json.dumps({"text": "word " * 400}) + "\n") * 10_000)
    tracemalloc.start()
    number = sum(isinstance(item, Loaded) for item in load([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 10_000
    assert peak < 8_000_000 < path.stat().st_size
