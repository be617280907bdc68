"""Files whose parsers are native code: what ends the parser is a problem in the report, and the next file is read."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from clew.ingest.load.apart import reader
from clew.ingest.load.apart.answers import answer, asked, found_in, origin_of
from clew.ingest.load.formats import SINGLE
from clew.ingest.load.items import Fields, Loaded, Origin, Problem
from clew.ingest.load.load import load

TEXT = "Acme Corp was founded by Bob Hill."


@pytest.fixture
def word(tmp_path: Path) -> Path:
    import docx

    document = docx.Document()
    document.add_heading("Acme", 1)
    document.add_paragraph(TEXT)
    table = document.add_table(rows=2, cols=2)
    for place, told in enumerate(("Name", "Founder", "Acme Corp", "Bob Hill")):
        table.cell(place // 2, place % 2).text = told
    document.save(tmp_path / "a.docx")
    return tmp_path / "a.docx"


def _origin(path: Path) -> Origin:
    return Origin(path, path.as_uri(), path.name, path.suffix[1:])


def test_a_document_read_apart_is_the_one_read_here(word: Path) -> None:
    from clew.ingest.load.office import docx

    here = docx.read(_origin(word))
    (apart,) = load([word])
    assert isinstance(apart, Loaded)
    assert apart == here
    assert apart.document.text == here.document.text
    assert apart.blocks


def test_a_large_page_is_read_apart_and_alike(tmp_path: Path) -> None:
    from clew.ingest.load.markup import html

    rows = "".join(f"<tr><td>{number}<td>Bob</td></tr>" for number in range(3000))
    page = f"<title>Acme</title><h1>Acme</h1><p>{TEXT}</p><img src=a><nav><a href=b>b</a></nav><table>{rows}</table>"
    page += f"<p>{TEXT}</p>" * 30_000
    (tmp_path / "a.html").write_text(page)
    with gzip.open(tmp_path / "b.html.gz", "wt", compresslevel=1) as file:
        file.write(page)
    reader._stop()
    apart, packed = load([tmp_path])
    assert reader._workers  # it was begun
    assert isinstance(apart, Loaded)
    assert isinstance(packed, Loaded)
    assert apart == html.read(_origin(tmp_path / "a.html"))
    assert apart.note
    assert packed.document.text == apart.document.text
    assert packed.blocks == apart.blocks


def test_questions_and_answers_come_back_as_they_were(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "a.pdf", "file:///a.pdf", "a.pdf", "pdf", Fields(id="key", delimiter=";"), plain=True)
    assert origin_of(asked(origin)) == origin
    problem = Problem("file:///a.pdf", "is a broken PDF: \ud800 \x00", skipped=True)
    assert found_in(answer(problem)) == problem
    assert set(SINGLE) >= reader.KINDS


def test_a_parser_that_ends_is_a_problem_and_the_next_file_is_read(word: Path, tmp_path: Path) -> None:
    assert list(load([word]))
    worker = reader._workers[os.getpid()]
    pipe = tmp_path / "slow.docx"
    os.mkfifo(pipe)  # handed over past the checks, it is refused there, too
    found = reader.read_apart(_origin(pipe))
    assert isinstance(found, Problem)
    assert "is no file" in found.reason
    os.kill(worker.pid, signal.SIGSTOP)
    threading.Timer(0.5, os.kill, (worker.pid, signal.SIGKILL)).start()
    found = reader.read_apart(_origin(word))
    assert isinstance(found, Problem)
    assert "made its parser end (signal 9)" in found.reason
    assert isinstance(reader.read_apart(_origin(word)), Loaded)


def test_a_file_that_takes_too_long_is_left(word: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(reader.read_apart(_origin(word)), Loaded)
    os.kill(reader._workers[os.getpid()].pid, signal.SIGSTOP)
    monkeypatch.setattr(reader, "LONGEST", 0.5)
    found = reader.read_apart(_origin(word))
    assert isinstance(found, Problem)
    assert "to be read" in found.reason


def test_what_unpacks_to_more_than_memory_is_left(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("word/document.xml", "w") as part,
    ):
        for _ in range(80):
            part.write(b"A" * (1 << 23))
    (tmp_path / "bomb.docx").write_bytes(archive.getvalue())
    (problem,) = load([tmp_path / "bomb.docx"])
    assert isinstance(problem, Problem)
    assert "unpacks to over" in problem.reason


def test_the_process_ends_with_the_one_that_asked(word: Path) -> None:
    code = (
        "import sys; from clew.ingest.load.load import load; from clew.ingest.load.apart import reader; import os;"
        "print(len(list(load([sys.argv[1]]))), next(iter(reader._workers.values())).pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(word)], capture_output=True, text=True, check=True)
    count, number = map(int, done.stdout.split())
    assert count == 1
    until = time.monotonic() + 20
    while Path(f"/proc/{number}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{number}").exists()


def test_a_module_of_the_folder_that_one_works_in_is_not_run(
    word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "docx", "lxml", "clew"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\nraise SystemExit\n")
    reader._stop()
    monkeypatch.chdir(tmp_path)
    assert isinstance(reader.read_apart(_origin(word)), Loaded)
    assert not (tmp_path / "run").exists()
