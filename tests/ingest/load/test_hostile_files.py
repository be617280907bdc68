"""Files made to do harm, or only badly made: each is read right, or ends in one line, in little memory and time."""

from __future__ import annotations

import gzip
import os
import socket
import zipfile
from pathlib import Path

import pytest

from clew.graph.errors import SourceError
from clew.ingest.load.decode import open_bytes
from clew.ingest.load.load import Loaded, Problem, load

TEXT = "Acme Corp was founded by Bob Hill."


def read(*sources: Path | str) -> tuple[list[Loaded], list[Problem]]:
    found = list(load(sources))
    return [one for one in found if isinstance(one, Loaded)], [one for one in found if isinstance(one, Problem)]


def only_problem(source: Path | str) -> str:
    loaded, (problem,) = read(source)
    assert not loaded
    return problem.reason


# -- encodings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Acmé Corp was founded by Bob Hill in Zürich.", "cp1252"),
        ("Straße", "cp1252"),
        ("“He said – it’s Müller’s …” and left.", "cp1252"),
        ("Ñandú e São Tomé: 5 °C, 3 €, col·lege, «Élan»", "cp1252"),
        ("Crème brûlée à Köln", "cp850"),
        ("café au lait", "mac_roman"),
        ("Он жил в Москве", "cp1251"),
        ("Γεια σου Αθήνα", "cp1253"),
        ("Příliš žluťoučký kůň", "cp1250"),
        ("東京は日本の首都です。", "cp932"),
    ],
)
def test_a_short_text_is_in_the_encoding_that_makes_sense_of_it(text: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(text.encode(encoding))
    (loaded,), problems = read(tmp_path)
    assert not problems
    assert loaded.document.text == text
    assert "not UTF-8" in loaded.note


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Acmé Corp was founded by Bob Hill in Zürich.", "cp1252"),
        ("Компания Ромашка основана в Москве.", "koi8-r"),
        ("Москва", "koi8-r"),
        ("北京是中国的首都。", "gbk"),
        ("Huawei (华为) was founded by Ren Zhengfei.", "gbk"),
        ("Łódź jest miastem w Polsce.", "iso8859-2"),
    ],
)
def test_of_a_short_text_the_encoding_is_told_to_be_a_guess(text: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(text.encode(encoding))
    (loaded,), _ = read(tmp_path)
    assert "which is a guess" in loaded.note
    (tmp_path / "note.txt").write_bytes(f"<meta charset={encoding}>{text}".encode(encoding))
    (tmp_path / "note.txt").rename(tmp_path / "note.html")
    (loaded,), _ = read(tmp_path)
    assert loaded.document.text == text
    assert "guess" not in loaded.note


def test_of_a_longer_text_the_encoding_is_no_guess(tmp_path: Path) -> None:
    text = "Компания Ромашка основана в Москве, и её основал Иван Петров, который родился в Киеве в 1950 году. " * 20
    (tmp_path / "note.txt").write_bytes(text.encode("koi8-r"))
    (loaded,), _ = read(tmp_path)
    assert loaded.document.text.strip() == text.strip()
    assert "guess" not in loaded.note


def test_a_nul_in_one_cell_does_not_make_a_table_binary(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(f"id,text\n1,{TEXT}\n2,Ada\0 Brand is here.\n".encode())
    loaded, problems = read(tmp_path)
    assert not problems
    assert [one.document.text.split() for one in loaded] == [TEXT.split(), ["Ada", "Brand", "is", "here."]]


@pytest.mark.parametrize(
    "data", [b"\0" * 1000, b"\x00\x01\x02\x03", b"\x7fELF" + bytes(range(256)) * 20, b"\x89PNG\r\n"]
)
def test_what_is_no_text_is_told_to_be_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert "is no text" in only_problem(tmp_path / "a.txt")


# -- sizes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz", "a.csv.gz", "a.ttl.gz", "a.md.gz", "a.json.gz", "a.nt.gz"])
def test_a_packed_file_that_swells_is_left_before_it_fills_the_memory(name: str, tmp_path: Path) -> None:
    start = {"ttl": b'<http://e/a> <http://e/b> "', "nt": b'<http://e/a> <http://e/b> "', "json": b'["'}
    with gzip.open(tmp_path / name, "wb", compresslevel=1) as file:
        file.write(start.get(name.split(".")[1], b"id,text\n1,"))
        for _ in range(10):
            file.write(b"A" * (1 << 23))
    reason = only_problem(tmp_path / name)
    assert any(
        told in reason
        for told in ("unpacks to far more", "has over 8 MB", "hold no statement", "of over 64 MB", "of over 16 MB")
    )


def test_a_packed_file_within_reason_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress((TEXT + "\n").encode() * 2000))
    (loaded,), problems = read(tmp_path)
    assert not problems
    assert loaded.document.text.count(TEXT) == 2000


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.rst", "a.txt.gz"])
def test_a_document_has_at_most_64_megabytes(name: str, tmp_path: Path) -> None:
    line = (TEXT + "\n").encode() * 1000
    with (gzip.open if name.endswith(".gz") else open)(tmp_path / name, "wb") as file:
        for _ in range((1 << 26) // len(line) + 1):
            file.write(line)
        file.write(os.urandom(1 << 20).hex().encode())  # packed, it is within reason
    assert "is larger than 64 MiB: split it" in only_problem(tmp_path / name)


def test_an_endless_word_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Acme " + "a" * 2_000_000)
    assert "over a million characters" in only_problem(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_text(TEXT + " a" * 1_000_000)
    assert read(tmp_path / "b.txt")[0]


# -- what is no file -----------------------------------------------------------------------------------------------


def test_links_that_lead_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("The secret of Bob Hill.")
    (inside / "own.txt").write_text(TEXT)
    (inside / "out.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "again.txt").symlink_to("own.txt")
    (inside / "chain.txt").symlink_to("out.txt")
    for source in (inside, f"{inside}/*", f"{inside}/**", f"{tmp_path}/inside/*.txt"):
        loaded, problems = read(source)
        assert [one.document.text for one in loaded] == [TEXT]
        assert all(problem.skipped for problem in problems)
        told = {Path(problem.uri).name: problem.reason for problem in problems}
        assert "leads out" in told["out.txt"]
        assert "leads out" in told["chain.txt"]
        assert "same file" in told["own.txt"]
    (named,), _ = read(inside / "out.txt")  # what the user names is read
    assert "secret" in named.document.text


def test_pipes_sockets_devices_and_views_of_the_system_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "socket.txt"))
        (tmp_path / "null.txt").symlink_to("/dev/zero")
        (tmp_path / "mine.txt").symlink_to("/proc/self/environ")
        loaded, problems = read(tmp_path)
        assert not loaded
        assert len(problems) == 4
        assert "neither a file nor a folder" in only_problem(tmp_path / "pipe.txt")
        assert "neither a file nor a folder" in only_problem(tmp_path / "null.txt")
        assert "running system" in only_problem(tmp_path / "mine.txt")
        assert "running system" in only_problem("/proc/self")


def test_folders_that_are_one_source_lead_nowhere_either(tmp_path: Path) -> None:
    mail, slack, vault = tmp_path / "mail", tmp_path / "slack", tmp_path / "vault"
    secret = tmp_path / "secret"
    for folder in (mail / "cur", mail / "new", mail / "tmp", slack / "general", vault / ".obsidian", secret):
        folder.mkdir(parents=True)
    message = f"From: Ada Brand <ada@example.org>\nSubject: News\n\n{TEXT}\n"
    (mail / "cur" / "1").write_text(message)
    day = '[{"type": "message", "user": "U1", "ts": "1700000000.1", "text": "%s"}]'
    (slack / "channels.json").write_text("[]")
    (slack / "general" / "2024-01-02.json").write_text(day % TEXT)
    (secret / "2024-01-01.json").write_text(day % "The secret of Bob Hill.")
    (secret / "1").write_text(message.replace(TEXT, "The secret of Bob Hill."))
    (secret / "a.md").write_text("# The secret\n\nThe secret of Bob Hill. [[a]] [[b]] [[c]]")
    (slack / "other").symlink_to(secret)
    (slack / "general" / "2024-01-01.json").symlink_to(secret / "2024-01-01.json")
    (mail / "cur" / "2").symlink_to(secret / "1")
    os.mkfifo(mail / "cur" / "3")
    (vault / "own.md").write_text(TEXT)
    (vault / "out.md").symlink_to(secret / "a.md")
    os.mkfifo(vault / "pipe.md")
    for folder in (mail, slack, vault):
        loaded, problems = read(folder)
        told = " ".join(f"{one.document.title} {one.document.text}" for one in loaded)
        assert TEXT in told
        assert "secret" not in told
        assert problems


def test_a_file_that_becomes_a_link_or_a_pipe_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="is a link"):
        open_bytes(tmp_path / "link.txt")
    with pytest.raises(SourceError, match="is no file"):
        open_bytes(tmp_path / "pipe.txt")


def test_a_path_in_an_archive_leaves_it_nowhere(tmp_path: Path) -> None:
    import docx

    inside = tmp_path / "a" / "b" / "inside"
    inside.mkdir(parents=True)
    document = docx.Document()
    document.add_paragraph(TEXT)
    document.save(inside / "slip.docx")
    with zipfile.ZipFile(inside / "slip.docx", "a") as archive:
        for name in ("../slipped.txt", "../../slipped.txt", str(tmp_path / "slipped.txt")):
            archive.writestr(name, "x")
    (loaded,), problems = read(inside)
    assert not problems
    assert loaded.document.text == TEXT
    assert not list(tmp_path.rglob("slipped.txt"))


def test_an_unclosed_tag_keeps_the_text_after_it(tmp_path: Path) -> None:
    for number, page in enumerate(
        (
            f"<p>First.</p><b {TEXT}",
            f"<p>First.<div class='x <p>{TEXT}</p>",
            f"<p>First. a < b and {TEXT}",
            f"<!-- never closed <p>First.</p><p>{TEXT}</p>",
            f'<p>First.</p><a href="x>{TEXT}</a><p>More.</p>',
        )
    ):
        (tmp_path / f"{number}.html").write_text(f"<html><body>{page}")
        (loaded,), _ = read(tmp_path / f"{number}.html")
        assert "founded by Bob Hill" in loaded.document.text
