"""Files, folders, patterns and standard input; every format; every kind of bad input, with its message."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from clew.ingest.load.load import Loaded, Problem, count, load


def read(*sources: Path | str, **options: object) -> tuple[list[Loaded], list[Problem]]:
    items = list(load(sources, **options))  # type: ignore[arg-type]
    return [item for item in items if isinstance(item, Loaded)], [item for item in items if isinstance(item, Problem)]


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_pdf(path: Path, *pages: str, title: str = "") -> Path:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    if title:
        pdf.set_title(title)
    for page in pages:
        pdf.add_page()
        pdf.multi_cell(0, text=page)
    pdf.output(str(path))
    return path


def encrypt(path: Path, password: str) -> Path:
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.encrypt(user_password=password, owner_password=password + "!", algorithm="AES-256")
    with path.open("wb") as file:
        writer.write(file)
    return path


def headings(loaded: Loaded) -> list[tuple[str, int]]:
    text = loaded.document.text
    assert all(text.startswith(section.title, section.start) for section in loaded.sections)
    return [(section.title, section.level) for section in loaded.sections]


# Formats


def test_plain_text(tmp_path: Path) -> None:
    path = write(tmp_path / "my_notes.txt", "\ufeffOne\r\ntwo.\rCafe\u0301\n")
    (loaded,), problems = read(path)
    assert not problems
    assert loaded.document.uri == path.as_uri()
    assert loaded.document.title == "my notes"
    assert loaded.document.text == "One\ntwo.\nCafé\n"


def test_markdown(tmp_path: Path) -> None:
    source = """---
title: "The Engine"
author: Ada
---
# Top #

The *Analytical* __Engine__ of [Charles Babbage](https://example.org/a_(b)) was `never` built.
![A drawing](d.png) with snake_case_names and 2 * 3 * 4. <!-- not said -->

Second
------
```python
# no heading, and *no emphasis*
```
### Inner
Text
"""
    (loaded,), _ = read(write(tmp_path / "e.md", source))
    assert loaded.document.title == "The Engine"
    assert loaded.document.metadata == {"author": "Ada"}
    assert headings(loaded) == [("Top", 1), ("Second", 2), ("Inner", 3)]
    assert "The Analytical Engine of Charles Babbage was never built." in loaded.document.text
    assert "A drawing with snake_case_names and 2 * 3 * 4." in loaded.document.text
    assert "# no heading, and *no emphasis*" in loaded.document.text
    assert "not said" not in loaded.document.text
    assert "---" not in loaded.document.text
    assert read(write(tmp_path / "f.md", "# Top\ntext"))[0][0].document.title == "Top"


def test_html(tmp_path: Path) -> None:
    source = """<!doctype html><html><head><title>Ada &amp; Co</title><style>p{}</style></head><body>
<nav>Home</nav><h1>Ada  Lovelace</h1><p>She <b>wrote</b>
the notes.<br>They are long.<script>var x</script></p><!-- unseen --><p hidden>secret</p>
<h2>Work</h2><table><tr><td>Year</td><td>1843</td></tr></table><ul><li>One<li>Two</ul></body></html>"""
    (loaded,), _ = read(write(tmp_path / "e.html", source))
    assert loaded.document.title == "Ada & Co"
    expected = "Ada Lovelace\n\nShe wrote the notes.\nThey are long.\n\nWork\n\nYear | 1843\n\n- One\n- Two"
    assert loaded.document.text == expected
    assert headings(loaded) == [("Ada Lovelace", 1), ("Work", 2)]


def test_html_nested_deeper_than_python_calls(tmp_path: Path) -> None:
    (loaded,), problems = read(write(tmp_path / "e.html", "<div>" * 20_000 + "deep"))
    assert not problems
    assert loaded.document.text == "deep"


@pytest.mark.parametrize("mark", ["<!--", "<a ", "<a x='", "</", "<?"])
def test_html_whose_marks_never_end_takes_linear_time(tmp_path: Path, mark: str) -> None:
    started = time.process_time()
    (loaded,), _ = read(write(tmp_path / "e.html", "<p>Kept.</p>" + mark * 50_000 + " the end"))
    assert loaded.document.text.startswith("Kept.")
    assert time.process_time() - started < 10


def test_html_in_the_encoding_it_declares(tmp_path: Path) -> None:
    content = '<meta charset="iso-8859-2"><p>Łódź jest miastem.</p>'.encode("iso-8859-2")
    (loaded,), _ = read(write(tmp_path / "e.htm", content))
    assert loaded.document.text == "Łódź jest miastem."


def test_pdf(tmp_path: Path) -> None:
    sentence = "Ada Lovelace wrote the notes on the engine that Charles Babbage had designed. "
    path = write_pdf(tmp_path / "e.pdf", sentence * 3, "", "The second text.", title="The Notes")
    (loaded,), _ = read(path)
    text = loaded.document.text
    assert loaded.document.title == "The Notes"
    assert sentence.strip() in " ".join(text.split())
    assert [section.title for section in loaded.sections] == ["page 1", "page 3"]
    assert text[loaded.sections[1].start :] == "The second text."
    assert loaded.note == "no text on page 2"
    assert read(write_pdf(tmp_path / "no_title.pdf", "x"))[0][0].document.title == "no title"


def test_a_pdf_that_only_its_owner_may_change_is_read(tmp_path: Path) -> None:
    (loaded,), _ = read(encrypt(write_pdf(tmp_path / "e.pdf", "Open text."), ""))
    assert loaded.document.text == "Open text."


def test_docx(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_heading("Ada Lovelace", 1)
    word.add_paragraph("She wrote the notes.")
    table = word.add_table(2, 2)
    for place, value in enumerate(["Born", "1815", "Wide", ""]):
        table.cell(place // 2, place % 2).text = value
    table.cell(1, 0).merge(table.cell(1, 1))
    word.add_heading("Work", 2)
    word.add_paragraph("It was the first program.")
    word.save(str(tmp_path / "e.docx"))
    (loaded,), problems = read(tmp_path / "e.docx")
    assert not problems
    assert loaded.document.title == "Ada Lovelace"
    expected = "Ada Lovelace\n\nShe wrote the notes.\n\nBorn | 1815\nWide\n\nWork\n\nIt was the first program."
    assert loaded.document.text == expected
    assert headings(loaded) == [("Ada Lovelace", 1), ("Work", 2)]


def test_packed_text(tmp_path: Path) -> None:
    write(tmp_path / "a_b.txt.gz", gzip.compress(b"Packed text."))
    write(tmp_path / "cut.txt.gz", gzip.compress(os.urandom(5000).hex().encode())[:3000])
    write(tmp_path / "not.csv.gz", b"no gzip")
    (loaded,), problems = read(tmp_path)
    assert (loaded.document.title, loaded.document.text) == ("a b", "Packed text.")
    assert len(problems) == 2
    assert "broken .gz" in problems[0].reason
    assert "Not a gzipped file" in problems[1].reason


# Sources


def test_a_folder_is_read_in_order_and_what_is_not_read_is_said(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/y.txt", ".hidden.txt", ".git/x.txt", "c.xyz", "README", "~$lock.docx"):
        write(tmp_path / name, "text")
    loaded, problems = read(tmp_path)
    assert [item.document.uri.rpartition("/")[2] for item in loaded] == ["y.txt", "z.md", "b.txt"]
    assert all(problem.skipped for problem in problems)
    reasons = {unquote(problem.uri).rpartition("/")[2]: problem.reason for problem in problems}
    assert sorted(reasons) == [".git", ".hidden.txt", "README", "c.xyz", "~$lock.docx"]
    assert "of the kind .xyz" in reasons["c.xyz"]
    assert count([tmp_path]) == 3
    assert [item.document.title for item in read(tmp_path, recursive=False)[0]] == ["b"]
    assert read(tmp_path / ".hidden.txt")[0]  # named on purpose


def test_patterns(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md", "x/d.txt", "[odd].txt"):
        write(tmp_path / name, "text " + name)
    assert [item.document.title for item in read(f"{tmp_path}/*.txt")[0]] == ["[odd]", "a", "b"]
    assert len(read(f"{tmp_path}/**/*.txt")[0]) == 4
    assert len(read(f"{tmp_path}/**")[0]) == 5
    assert len(read(tmp_path / "[odd].txt")[0]) == 1
    ((problem,)) = read(f"{tmp_path}/*.pdf")[1]
    assert problem.reason == "matches no file"


def test_one_file_under_two_names_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "text")
    (tmp_path / "link.txt").symlink_to(path)
    (loaded,), (problem,) = read(tmp_path)
    assert loaded.document.uri == path.as_uri()
    assert problem.skipped
    assert f"is the same file as {path}" in problem.reason
    assert str(problem).startswith(f"{tmp_path}/link.txt is the same file")
    assert read(tmp_path / "link.txt")[0][0].document.id == loaded.document.id


def test_links_that_lead_nowhere_or_to_folders_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write(folder / "a.txt", "text")
    (folder / "gone.txt").symlink_to(tmp_path / "gone")
    (folder / "loop").symlink_to(folder)
    loaded, problems = read(folder)
    assert len(loaded) == 1
    assert [problem.reason for problem in problems] == [
        "is a link to a file that does not exist",
        "is a link to a folder: name that folder itself",
    ]


@pytest.mark.parametrize("name", ["docs/reprot.txt", "dosc/report.txt", "docs/../docs/reprot.txt"])
def test_a_path_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path, name: str) -> None:
    write(tmp_path / "docs/report.txt", "text")
    loaded, (problem,) = read(tmp_path / name)
    assert not loaded
    near = "docs/report.txt" if "reprot" in name else "docs"
    assert problem.reason == f"does not exist; did you mean {tmp_path / near}?"
    assert not problem.skipped


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("https://example.org/a.html", "nothing is downloaded"),
        ("", "is no path"),
        ("a\0b", "is no path"),
        ("/nothing/like/this", "does not exist"),
        ("x" * 5000, "does not exist"),
    ],
)
def test_what_is_no_path_is_said(source: str, reason: str) -> None:
    loaded, (problem,) = read(source)
    assert not loaded
    assert reason in problem.reason


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (problem,) = read(tmp_path / "pipe.txt")[1]
    assert "pipe it in" in problem.reason
    (problem,) = read(tmp_path)[1]
    assert problem.reason == "is no file"


STDIN = """
import sys
from clew.ingest.load.load import load
for item in load(["-", "-"], stdin_format=sys.argv[1]):
    print(getattr(item, "reason", None) or (item.document.uri.replace(":", "#").split("#")[::2], item.document.text))
"""


@pytest.mark.parametrize(
    ("format_", "content", "lines"),
    [
        ("txt", "Some text.", ["(['stdin'], 'Some text.')", "is already read"]),
        (".jsonl", '{"id": "x", "text": "Some text."}', ["(['stdin', 'x'], 'Some text.')", "is already read"]),
        ("csv", "id,text\nx,Some text.\n", ["(['stdin', 'x'], 'Some text.')", "is already read"]),
        ("txt", "", ["is empty", "is already read"]),
    ],
)
def test_standard_input(format_: str, content: str, lines: list[str]) -> None:
    command = [sys.executable, "-c", STDIN, format_]
    done = subprocess.run(command, input=content, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == lines


def test_an_unknown_format_of_standard_input_is_refused() -> None:
    (problem,) = read("-", stdin_format="doc")[1]
    assert "cannot be read as 'doc': say one of " in problem.reason
    assert "csv, docx" in problem.reason
    assert count(["-"]) is None


# Bad input


def test_bad_files_are_named_and_stop_nothing(tmp_path: Path) -> None:
    write_pdf(tmp_path / "secret.pdf", "text")
    encrypt(tmp_path / "secret.pdf", "password")
    write(tmp_path / "cut.pdf", write_pdf(tmp_path / "whole.pdf", "whole text").read_bytes()[:300])
    write(tmp_path / "zero.pdf", b"")
    write(tmp_path / "no.pdf", b"%PDF-1.7\n" + os.urandom(2000))
    write_pdf(tmp_path / "scan.pdf", "")
    write(tmp_path / "broken.docx", b"PK\x03\x04 and no more")
    write(tmp_path / "old.docx", b"\xd0\xcf\x11\xe0" + bytes(600))
    write(tmp_path / "binary.txt", os.urandom(4000))
    write(tmp_path / "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(100))
    write(tmp_path / "program.md", b"\x7fELF" + bytes(range(256)) * 20)
    write(tmp_path / "empty.txt", b"")
    write(tmp_path / "blank.md", b" \n\n\t")
    write(tmp_path / "matter.md", b"---\n---\n")
    write(tmp_path / "empty.html", b"<html><body></body></html>")
    write(tmp_path / "good.txt", b"Good text.")
    loaded, problems = read(tmp_path)
    assert sorted(item.document.text for item in loaded) == ["Good text.", "whole text"]
    reasons = {Path(problem.uri).name: problem.reason for problem in problems}
    expected = {
        "secret.pdf": "is encrypted: remove the password",
        "cut.pdf": "is a broken PDF",
        "zero.pdf": "is empty",
        "no.pdf": "is a broken PDF",
        "scan.pdf": "holds no text",
        "broken.docx": "is a broken Word document",
        "old.docx": "is encrypted or in Word's old format",
        "binary.txt": "is no text but binary data",
        "picture.txt": "is no text but binary data",
        "program.md": "is no text but binary data",
        "empty.txt": "is empty",
        "blank.md": "is empty",
        "matter.md": "is empty",
        "empty.html": "holds no text",
    }
    assert reasons.keys() == expected.keys()
    assert all(reasons[name].startswith(reason) for name, reason in expected.items()), reasons
    assert not any(problem.skipped for problem in problems)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le garçon a mangé une crème brûlée à l'hôtel.", "cp1252"),
        ("He said “hello” – it’s fine", "cp1252"),
        ("Привет мир, это проверка кодировки текста на русском языке", "cp1251"),
        ("日本語のテキストです。文字コードの判定。", "shift_jis"),
        ("Words with a mark", "utf-16"),
        ("Words without a mark, café", "utf-16-le"),
        ("Words without a mark, café", "utf-16-be"),
        ("Words in thirty-two bits", "utf-32"),
    ],
)
def test_another_encoding_is_found_and_noted(tmp_path: Path, text: str, encoding: str) -> None:
    (loaded,), problems = read(write(tmp_path / "a.txt", text.encode(encoding)))
    assert not problems
    assert loaded.document.text == text
    assert loaded.note.startswith("is not UTF-8; read as ")


def test_a_wrong_byte_far_into_a_long_file_is_seen(tmp_path: Path) -> None:
    (loaded,), _ = read(write(tmp_path / "a.txt", b"plain words " * 200_000 + "un café crème".encode("cp1252")))
    assert loaded.document.text.endswith("un café crème")
    assert "cp1252" in loaded.note


AS_NOBODY = """
import os, sys
from clew.ingest.load.load import load
if os.geteuid() == 0:  # root reads all
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for item in load([sys.argv[1]]):
    print(getattr(item, "reason", None) or item.document.text)
"""


def test_what_may_not_be_read_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:  # not in tmp_path, whose parents are closed to others
        folder = Path(name)
        folder.chmod(0o755)
        write(folder / "a.txt", "open")
        write(folder / "b.txt", "closed").chmod(0)
        write(folder / "c/d.txt", "in a closed folder")
        (folder / "c").chmod(0)
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, name], capture_output=True, text=True, check=False)
        (folder / "c").chmod(0o755)
    assert done.stdout.splitlines() == ["open", *["may not be read: permission denied"] * 2], done.stderr
