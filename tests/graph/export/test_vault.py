"""A graph as a folder of linked notes: what is in it, what a person's lines survive, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import clew
from clew.cli.main import main
from clew.graph.export.vault import VaultReport, _with_front, write_vault
from clew.graph.export.vault_format import Fact, fact_line, file_stem, folded, section, told, written
from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore

Fact3 = tuple[str, str, "str | Value"]


def graph(*facts: Fact3, uri: str = "file:///a.txt", flags: tuple[str, ...] = ()) -> GraphStore:
    """A store whose one document says these facts, a line each."""
    store = open_store("memory:")
    add(store, *facts, uri=uri, flags=flags)
    return store


def add(store: GraphStore, *facts: Fact3, uri: str = "file:///a.txt", flags: tuple[str, ...] = ()) -> None:
    lines = [f"{h} {r} {t.text if isinstance(t, Value) else t}".replace("\n", " ") for h, r, t in facts]
    document = Document.make(uri, "\n".join(lines), title="A page")
    chunk = Chunk.make(document, 0, len(document.text))
    mentions, triples, at = [], [], 0
    for (head, relation, tail), line in zip(facts, lines, strict=True):
        source = Source(document.id, chunk.id, at, at + len(line), "x", 1.0, flags)
        for name in (head, *([] if isinstance(tail, Value) else [tail])):
            mentions.append(Mention(chunk.id, document.id, at, at + 1, name, "OTHER", 1.0, entity_id(name), name))
        end = tail if isinstance(tail, Value) else entity_id(tail)
        triples.append(Triple.make(entity_id(head), relation, end, (source,)))
        at += len(line) + 1
    store.configure(encoder="x", dimension=2, extracted_with="x")
    store.add(
        Batch((DocumentRecord(document, (chunk,), tuple(mentions), tuple(triples)),), np.ones((1, 2), np.float32))
    )


def said(store: GraphStore) -> set[tuple[str, str, str | Value, tuple[str, ...]]]:
    names = {entity.id: entity.name for entity in store.entities()}
    return {
        (
            names[one.head],
            one.relation,
            one.tail if isinstance(one.tail, Value) else names[one.tail],
            source.flags,
        )
        for one in store.triples()
        for source in one.sources
    }


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.md"))}


BOATS: tuple[Fact3, ...] = (
    ("Heron", "built by", "Kim Vale"),
    ("Heron", "launched on", Value("3 May 1931", "date", "1931-05-03")),
    ("Kim Vale", "works at", "Vale & Sons"),
)


def test_a_note_is_an_entity_with_links_properties_and_sources(tmp_path: Path) -> None:
    report = write_vault(graph(*BOATS), tmp_path / "v")
    assert (report.notes, report.written, report.unchanged, report.problems) == (3, 3, 0, [])
    text = (tmp_path / "v" / "Heron.md").read_text(encoding="utf-8")
    assert "- built by:: [[Kim Vale]]\n    - “Heron built by Kim Vale” (A page, file:///a.txt)\n" in text
    assert '- launched on:: 3 May 1931 %%{"datatype": "date", "normal": "1931-05-03"}%%\n' in text
    assert text.startswith("---\n")
    assert f'\nclew: "{entity_id("Heron")}"\n' in text
    assert sorted(files(tmp_path / "v")) == ["Heron.md", "Kim Vale.md", "Vale & Sons.md"]


def test_a_second_export_changes_only_what_changed(tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    before = files(tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.md")}
    again = write_vault(store, tmp_path)
    assert (again.written, again.unchanged) == (0, 3)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.md")} == stamps
    add(store, ("Kim Vale", "lives in", "Oban"), uri="file:///b.txt")
    more = write_vault(store, tmp_path)
    assert (more.written, more.unchanged) == (2, 2)
    after = files(tmp_path)
    assert after["Heron.md"] == before["Heron.md"]
    assert b"lives in:: [[Oban]]" in after["Kim Vale.md"]


def test_what_a_person_wrote_stays_byte_for_byte(tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    path = tmp_path / "Heron.md"
    raw = path.read_bytes()
    theirs = (
        b"rating: 5 # mine\r\n",
        b"My own words about [[Oban]]\t \r\n",
        "\n\nThe end, ünd so weiter".encode(),
    )
    raw = raw.replace(b"---\n# clew", b"---\n" + theirs[0] + b"# clew", 1)
    raw = raw.replace(b"\n<!-- clew:begin", b"\n" + theirs[1] + b"<!-- clew:begin", 1) + theirs[2]
    path.write_bytes(raw)
    assert write_vault(store, tmp_path).unchanged == 3
    add(store, ("Heron", "sold to", "Ada Lund"), uri="file:///b.txt")
    write_vault(store, tmp_path)
    new = path.read_bytes()
    assert all(each in new for each in theirs)
    assert new.endswith(theirs[2])
    assert b"sold to:: [[Ada Lund]]" in new
    store.remove([document.id for document in store.documents()])
    report = write_vault(store, tmp_path)
    assert report.removed == 4
    assert sorted(files(tmp_path)) == ["Heron.md"]
    left = path.read_bytes()
    assert all(each in left for each in theirs)
    assert b"clew" not in left


def test_a_line_that_a_person_wrote_between_the_marks_is_moved_and_kept(tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    path = tmp_path / "Heron.md"
    text = path.read_text(encoding="utf-8").replace(
        "- launched on:: 3 May", "mine: a note to self\n- launched on:: 4 May"
    )
    path.write_text(text.replace("clew: ", "colour: grey\nclew: "), encoding="utf-8")
    write_vault(store, tmp_path)
    new = path.read_text(encoding="utf-8")
    below = new.split("<!-- clew:end")[1]
    assert "mine: a note to self\n" in below
    assert "- launched on:: 4 May 1931" in below  # an edited line is a person's too
    assert "- launched on:: 3 May 1931" in new.split("<!-- clew:end")[0]
    assert "colour: grey\n" in new.split("# clew:end")[1].split("---")[0]
    assert write_vault(store, tmp_path).written == 0


def test_two_properties_that_a_person_wrote_between_the_marks_stand_in_place_of_ours() -> None:
    ours, theirs = ["clew: 1", 'aliases: ["Heron"]'], "colour: grey\naliases: [The Old Bird]\n"
    text = f"---\n{written(ours[:1], 'front')}---\n".replace("clew: 1\n", f"clew: 1\n{theirs}")
    new = _with_front(text, ours)
    assert theirs in new
    assert new.count("aliases: ") == 1


@pytest.mark.parametrize("cut", ["<!-- clew:end", "<!-- clew:begin", "# clew:end"])
def test_a_note_whose_marks_were_taken_out_is_left_as_it_is(cut: str, tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    path = tmp_path / "Heron.md"
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith(cut)]
    path.write_text("\n".join(lines), encoding="utf-8")
    before = path.read_bytes()
    report = write_vault(store, tmp_path)
    assert path.read_bytes() == before
    assert len(report.problems) == 1
    assert "left as it is" in report.problems[0]


def test_a_front_matter_that_another_program_wrote_anew_is_a_persons(tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    path = tmp_path / "Heron.md"
    text = path.read_text(encoding="utf-8")
    front = f"---\nclew: {entity_id('Heron')}\nrating: 5\n---\n"
    path.write_text(front + text.split("---\n", 2)[2], encoding="utf-8")
    path.rename(tmp_path / "The grey one.md")
    write_vault(store, tmp_path)
    new = (tmp_path / "The grey one.md").read_text(encoding="utf-8")
    assert f"clew: {entity_id('Heron')}\nrating: 5\n---\n" in new
    assert new.count("clew: ") == 1
    assert "Heron.md" not in files(tmp_path)


def test_a_renamed_or_moved_note_keeps_its_entity(tmp_path: Path) -> None:
    store = graph(*BOATS)
    write_vault(store, tmp_path)
    (tmp_path / "People").mkdir()
    (tmp_path / "Kim Vale.md").rename(tmp_path / "People" / "Kim the builder.md")
    report = write_vault(store, tmp_path)
    assert (report.written, report.unchanged) == (2, 1)  # its own title, and the link to it
    assert "[[Kim the builder|Kim Vale]]" in (tmp_path / "Heron.md").read_text(encoding="utf-8")
    assert 'title: "Kim Vale"' in (tmp_path / "People" / "Kim the builder.md").read_text(encoding="utf-8")


def test_a_persons_note_of_the_name_is_added_to(tmp_path: Path) -> None:
    own = "---\naliases: [Old Heron]\n---\r\n# Heron\r\nSeen at Oban."
    (tmp_path / "heron.md").write_bytes(own.encode())
    write_vault(graph(*BOATS), tmp_path)
    new = (tmp_path / "heron.md").read_bytes().decode()
    assert "aliases: [Old Heron]\n---\r\n# Heron\r\nSeen at Oban.\n" in new
    assert "built by:: [[Kim Vale]]" in new
    assert "Heron.md" not in files(tmp_path)


def test_bytes_that_are_no_text_and_links_out_are_left(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("mine", encoding="utf-8")
    vault = tmp_path / "v"
    vault.mkdir()
    (vault / "Heron.md").write_bytes(b"caf\xe9")
    (vault / "Kim Vale.md").symlink_to(outside)
    report = write_vault(graph(*BOATS), vault)
    assert (vault / "Heron.md").read_bytes() == b"caf\xe9"
    assert outside.read_text(encoding="utf-8") == "mine"
    assert any("UTF-8" in problem for problem in report.problems)
    assert len(files(vault)) == 4  # Kim's note goes by another name


NAMES = {
    "AC/DC": "AC-DC",
    "../../etc/passwd": "-..-etc-passwd",
    "C:\\Temp\\x": "C--Temp-x",
    "What? [draft] #1 ^a|b": "What- -draft- -1 -a-b",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    ".hidden": "hidden",
    "ends. ": "ends",
    "a\u202eb\x00c\nd": "abc d",
    "///": "---",
    " \u200b ": "entity",
    "README.md": "README-md",
    "50%41": "50-41",
    "a___b": "a_b",
    "e\u0301t": "ét",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_safe_as_files(name: str) -> None:
    assert file_stem(name) == NAMES[name]
    assert len(file_stem(name * 200).encode()) <= 120


def test_equal_names_and_names_of_one_fold_are_notes_apart(tmp_path: Path) -> None:
    names = ("AC/DC", "AC-DC", "AC_DC", "AC DC", "ac:dc", "Straße", "STRASSE?", "é", "e\u0301!")
    facts: list[Fact3] = [(name, "seen in", f"Place {n}") for n, name in enumerate(names)]
    store = graph(*facts)
    write_vault(store, tmp_path)
    stems = [folded(path.stem) for path in tmp_path.glob("*.md")]
    assert len(stems) == len(set(stems)) == sum(1 for _ in store.entities())
    assert write_vault(store, tmp_path).written == 0


ODD: tuple[Fact3, ...] = (
    ("Heron", "CEO of: the a::b", "AC/DC"),
    ("AC/DC", "links to", "Heron"),
    ("AC/DC", "named after", "Heron"),
    ("Heron", "links to", "AC/DC"),
    ("Heron", "motto", Value("a %% b [[c]] \\n `d` <e> -->", language="en")),
    ("Heron", "note", Value("two\nlines \r\n and \u2028 more ")),
    ("Heron", "size", Value("12", "number", "12")),
    ("Heron", "size", Value("12")),
    ("Heron", "since", Value("1931", "date", "1931")),
    ("Heron", "depends on", "Heron"),
    ("Heron", "see", Value("")),
    ("2026-02-11", "was", "A good day"),
    ("q|uote] [x", "is", "100%25 sure"),
    ("no fact of its own", "is", "Über alles"),
)


def test_the_way_back_gives_the_same_triples(open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path) -> None:
    store = graph(*ODD)
    add(store, ("Heron", "owned by", "Kim"), uri="file:///b.txt", flags=("negated",))
    add(store, ("Heron", "owned by", "Kim"), uri="file:///c.txt", flags=("past",))
    write_vault(store, tmp_path / "v")
    kg = open_kb("memory:")
    report = kg.ingest(tmp_path / "v")
    assert any("notes that clew export wrote" in note for note in report.notes)
    assert not report.problems
    assert said(kg.store) == said(store)
    again = write_vault(kg.store, tmp_path / "w")
    assert again.notes == len(files(tmp_path / "v"))


def test_a_persons_words_in_an_exported_note_are_read(
    open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path
) -> None:
    write_vault(graph(*BOATS), tmp_path)
    path = tmp_path / "Kim Vale.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nmarried to:: [[Ada Lund]]\n", encoding="utf-8")
    kg = open_kb("memory:")
    kg.ingest(tmp_path)
    facts = {(head, relation, tail) for head, relation, tail, _ in said(kg.store)}
    assert ("Kim Vale", "married to", "Ada Lund") in facts
    assert ("Kim Vale", "works at", "Vale & Sons") in facts
    assert not any(relation == "clew" for _, relation, _ in facts)


@pytest.mark.parametrize("tail", [Value("x]] y"), Value("%%"), Value(" a "), Value("\\"), "Note"])
@pytest.mark.parametrize("relation", ["is", "a:: b", "\\", "[x]", "%%"])
def test_a_line_says_its_fact_again(relation: str, tail: str | Value) -> None:
    fact = Fact(relation, tail, ("past",), {"verb": "was 100%%", "x": "]]\n"})
    front = '---\n# clew:begin\nclew: "i"\n# clew:end ' + " ".join(section_digests(['clew: "i"'])) + "\n---\n"
    found = told(front + written([fact_line(fact, "Shown")], "text"))
    assert found is not None
    assert found.facts == (fact,)


def section_digests(lines: list[str]) -> list[str]:
    return written(lines, "front").split("# clew:end ")[1].split()


def test_sections_tell_ours_from_theirs() -> None:
    text = "a\n" + written(["one", "two"], "text").replace("two\n", "two\nmine\n") + "b"
    found = section(text, "text")
    assert found is not None
    assert (found.before, found.lines, found.own, found.after) == ("a\n", ("one", "two"), ("mine",), "b")


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "t.csv"
    rows.write_text("head,relation,tail\nHeron,built by,Kim Vale\n", encoding="utf-8")
    assert main(["ingest", str(rows), "--triples", "--kb", str(tmp_path / "kb")]) == 0
    assert main(["export", str(tmp_path / "v"), "--format", "vault", "--kb", str(tmp_path / "kb")]) == 0
    assert "3 notes in" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "v"), "--format", "vault", "--kb", str(tmp_path / "kb")]) == 0
    assert "0 written, 3 unchanged" in capsys.readouterr().err


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(clew.ClewError):
        write_vault(graph(*BOATS), tmp_path / "file")
    assert isinstance(write_vault(open_store("memory:"), tmp_path / "empty"), VaultReport)
