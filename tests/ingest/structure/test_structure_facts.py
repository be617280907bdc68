"""Structure is read as structure: what key-value lines, lists and tables state, and what states nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.graph.model import Value
from clew.ingest.chunk import chunk
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import Chunked, RawTriple
from clew.ingest.load.items import Loaded
from clew.ingest.load.load import load

Fact = tuple[str, str, str]


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor()


def triples(extractor: SpacyExtractor, path: Path, text: str) -> tuple[str, list[RawTriple]]:
    """The text of the file's documents and their triples, whose spans lie in it."""
    path.write_text(text, encoding="utf-8")
    found: list[RawTriple] = []
    for item in load([path]):
        assert isinstance(item, Loaded), item
        chunks = chunk(item.document, sections=item.sections, blocks=item.blocks)
        (extraction,) = extractor([Chunked(item.document, chunks, item.blocks)])
        for mention in extraction.mentions:
            assert item.document.text[mention.start : mention.end] == mention.text
        for triple in extraction.triples:
            assert 0 <= triple.start < triple.end <= len(item.document.text)
        found += extraction.triples
    return text, found


def facts(extractor: SpacyExtractor, path: Path, text: str) -> set[Fact]:
    return {
        (t.head, t.relation, t.tail if isinstance(t.tail, str) else t.tail.text)
        for t in triples(extractor, path, text)[1]
    }


# Lists (defects/list-lines-joined)

CONTACTS = """# Contacts

- Escalation manager: Lena Fischer
- Product owner: Priya Nair
- Team Basalt: led by Omar Haddad, based in Porto
- Team Cobalt: led by Lena Fischer, based in Berlin
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.md", CONTACTS),
        ("r.md", CONTACTS.replace("- ", "* ")),
        ("r.md", CONTACTS.replace("- ", "1. ")),
        ("r.txt", CONTACTS.replace("# Contacts", "CONTACTS")),
        ("r.txt", CONTACTS.replace("# Contacts", "Contacts\n========")),
    ],
)
def test_items_never_join_and_are_said_of_what_they_begin_with(
    extractor: SpacyExtractor, tmp_path: Path, name: str, text: str
) -> None:
    head = "CONTACTS" if "CONTACTS" in text else "Contacts"
    assert facts(extractor, tmp_path / name, text) == {
        (head, "escalation manager", "Lena Fischer"),
        (head, "product owner", "Priya Nair"),
        ("Team Basalt", "led by", "Omar Haddad"),
        ("Team Basalt", "based in", "Porto"),
        ("Team Cobalt", "led by", "Lena Fischer"),
        ("Team Cobalt", "based in", "Berlin"),
    }


def test_lines_without_a_subject_are_said_of_their_section(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "# Ledger\n\n- Owned by Team Fern\n- Written in Go\n- Port: 7443\n"
    found = facts(extractor, tmp_path / "a.md", text)
    assert found == {("Ledger", "owned by", "Team Fern"), ("Ledger", "written in", "Go"), ("Ledger", "port", "7443")}


def test_names_below_an_aspect_are_what_it_says(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "# Ledger\n\nIt runs.\n\n## Dependencies\n\n- FraudShield\n- PostgreSQL 14\n"
    found = facts(extractor, tmp_path / "a.md", text)
    assert found == {("Ledger", "dependencies", "FraudShield"), ("Ledger", "dependencies", "PostgreSQL 14")}


# Key-value lines


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# Outage of 3 May\n\n**Severity**: 1\n**Commander:** Mia Strand\n"),
        ("a.md", "# Outage of 3 May\n\n- Severity: 1\n- Commander: Mia Strand\n"),
        ("a.md", "---\ntitle: Outage of 3 May\nseverity: 1\ncommander: Mia Strand\n---\nText.\n"),
        ("a.txt", "OUTAGE\n\nSeverity:   1\nCommander:  Mia Strand\n"),
        ("a.md", "# Outage of 3 May\n\nSeverity\n: 1\n\nCommander\n: Mia Strand\n"),
    ],
)
def test_a_key_value_line_is_a_fact_of_the_document(
    extractor: SpacyExtractor, tmp_path: Path, name: str, text: str
) -> None:
    head = "OUTAGE" if "OUTAGE" in text else "Outage of 3 May"
    assert facts(extractor, tmp_path / name, text) == {(head, "severity", "1"), (head, "commander", "Mia Strand")}


def test_values_are_typed_and_the_source_is_the_line(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "# Fern Hall\n\nOpened: 3 May 2011\nRooms: 1,200\nState: closed on Mondays\n"
    _, found = triples(extractor, tmp_path / "a.md", text)
    told = {triple.relation: triple for triple in found}
    assert {word: told[word].tail for word in told} == {
        "opened": Value("3 May 2011", "date", "2011-05-03"),
        "rooms": Value("1,200", "number", "1200"),
        "state": Value("closed on Mondays", "text"),
    }
    assert text.split("\n\n")[1].split("\n")[1] == "Rooms: 1,200"
    assert told["rooms"].end - told["rooms"].start == len("Rooms: 1,200")


def test_sections_described_alike_have_facts_of_their_own(extractor: SpacyExtractor, tmp_path: Path) -> None:
    pottery, weaving = "Leader: Dr Mia Strand. Credits: 20.", "Leader: Kim Lund. Credits: 10."
    text = f"# Courses\n\n## Pottery\n\n{pottery}\n\n## Weaving\n\n{weaving}\n"
    assert facts(extractor, tmp_path / "a.md", text) == {
        ("Pottery", "leader", "Mia Strand"),
        ("Pottery", "credits", "20"),
        ("Weaving", "leader", "Kim Lund"),
        ("Weaving", "credits", "10"),
    }


def test_a_sentence_behind_a_colon_is_no_fact_of_the_key(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "# Fern Hall\n\nExtended: the show stays open until May.\n\nReminder: wear ear protection.\n"
    assert not {relation for _, relation, _ in facts(extractor, tmp_path / "a.md", text)} & {"extended", "reminder"}


def test_an_empty_field_is_no_fact(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "Application form of Norrland Credit Union\n\nName of applicant:\nEmployer:\n"
    assert facts(extractor, tmp_path / "form.txt", text) == set()


def test_a_letter_is_from_somebody_and_quotes_somebody_else(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = (
        "From: Kim Lund\nTo: Ada Voss\nDate: Mon, 30 Sep 2024 11:04\nSubject: Re: Keys of the mill\n\n"
        "Hello,\n\nhere they are.\n\nKim\n\n> Priority: high\n> Owner: Ola Brandt\n"
    )
    assert facts(extractor, tmp_path / "a.txt", text) == {
        ("Keys of the mill", "from", "Kim Lund"),
        ("Keys of the mill", "to", "Ada Voss"),
        ("Keys of the mill", "date", "Mon, 30 Sep 2024 11:04"),
    }


# Code and struck text (defects/code-block-facts)


@pytest.mark.parametrize(
    "silent",
    [
        '```python\n# Marvin Gaye founded Motown in 1959\nowner = "Elvis Presley"\n```',
        "~~~\nMarvin Gaye founded Motown in 1959.\n~~~",
        "    Marvin Gaye founded Motown in 1959.",
        "~~Acme Corp is based in Paris.~~",
        "<!-- Acme Corp is based in Paris. -->",
    ],
)
def test_code_and_struck_text_state_nothing(extractor: SpacyExtractor, tmp_path: Path, silent: str) -> None:
    text = f"# Setup\n\nAcme Corp is based in Berlin.\n\n{silent}\n"
    assert facts(extractor, tmp_path / "r.md", text) == {("Acme Corp", "based in", "Berlin")}


# The subject of a document (defects/title-eats-name)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("acme.txt", "Acme Corporation is based in Berlin.", ("Acme Corporation", "based in", "Berlin")),
        ("hale.txt", "Robert Hale Sr. founded Hale Marine in 1951.", ("Robert Hale Sr", "founded", "Hale Marine")),
        ("paris.txt", "Paris Hilton was born in New York.", ("Paris Hilton", "born in", "New York")),
        ("x1.txt", "Acme Corporation is based in Berlin.", ("Acme Corporation", "based in", "Berlin")),
        ("acme.md", "Acme Corporation is based in Berlin.", ("Acme Corporation", "based in", "Berlin")),
    ],
)
def test_a_file_name_never_cuts_a_name(
    extractor: SpacyExtractor, tmp_path: Path, name: str, text: str, expected: Fact
) -> None:
    found = facts(extractor, tmp_path / name, text)
    assert expected in found
    assert {head for head, _, _ in found} == {expected[0]}


# Tables (defects/table-columns)

STAFF = [("employee", "manager", "department", "start_date"), ("Alice Moore", "Bob Stone", "Finance", "2021-04-03")]
STAFF += [("Carl Dean", "Alice Moore", "Finance", "2020-01-15")]
STATED = {
    ("Alice Moore", "manager", "Bob Stone"),
    ("Alice Moore", "department", "Finance"),
    ("Alice Moore", "start date", "2021-04-03"),
    ("Carl Dean", "manager", "Alice Moore"),
    ("Carl Dean", "department", "Finance"),
    ("Carl Dean", "start date", "2020-01-15"),
}


@pytest.mark.parametrize(("name", "parted"), [("s.csv", ","), ("s.csv", ";"), ("s.tsv", "\t")])
def test_a_row_gives_its_facts(extractor: SpacyExtractor, tmp_path: Path, name: str, parted: str) -> None:
    text = "\n".join(parted.join(row) for row in STAFF)
    assert facts(extractor, tmp_path / name, text) == STATED


def test_a_markdown_table_and_records_give_the_same(extractor: SpacyExtractor, tmp_path: Path) -> None:
    lines = ["| " + " | ".join(row) + " |" for row in STAFF]
    text = "\n".join(["# Staff", "", lines[0], "|---|---|---|---|", *lines[1:]])
    assert facts(extractor, tmp_path / "s.md", text) == STATED
    records = [dict(zip(STAFF[0], row, strict=True)) for row in STAFF[1:]]
    rows = "\n".join("{" + ", ".join(f'"{key}": "{value}"' for key, value in each.items()) + "}" for each in records)
    assert facts(extractor, tmp_path / "s.jsonl", rows) == STATED


def test_other_columns_of_a_record_are_facts_of_its_title(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "id,title,text,price,supplier\nP-200,Ember stove,The Ember is a gas stove.,59.90,Kalder Works\n"
    found = facts(extractor, tmp_path / "p.csv", text)
    assert {("Ember stove", "price", "59.90"), ("Ember stove", "supplier", "Kalder Works")} <= found
    assert ("Ember stove", "id", "P-200") in found


def test_the_source_of_a_cell_is_its_row(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text, found = triples(
        extractor, tmp_path / "s.csv", 'name,price\n"Kim\'s ""Fern"" tent","1,240.00"\nMoss tent,59.90\n'
    )
    told = {text[t.start : t.end]: t for t in found}
    assert told["Moss tent,59.90"].tail == Value("59.90", "number", "59.9")
    assert {t.head for t in found} == {'Kim\'s "Fern" tent', "Moss tent"}


def test_an_identifier_and_a_description_name_one_thing(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "no,machine,keeper\nPR-2,Folding press,Mia Strand\nCU-7,Cutter of the hall,Kim Lund\n\n"
    found = facts(extractor, tmp_path / "m.csv", text)
    assert ("PR-2", "keeper", "Mia Strand") in found
    assert ("PR-2", "machine", "Folding press") in found


def test_prose_in_a_column_is_said_of_the_row(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = (
        "strain,box,history\nWT,A1,Isolated from Lake Osmund by Ludmila Ferreira in 2015.\n"
        "R7,A4,Derived from the wild type and picked by Clara Bassett in 2021.\n"
    )
    found = facts(extractor, tmp_path / "s.csv", text)
    assert {("WT", "isolated from", "Lake Osmund"), ("R7", "picked by", "Clara Bassett")} <= found


def test_repeated_names_and_days_never_become_what_a_row_is_about(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "module,day,room\nGEO204,Tuesday,Hall B\nGEO204,Thursday,Hall C\nGEO310,Monday,Hall A\n"
    heads = {head for head, _, _ in facts(extractor, tmp_path / "t.csv", text)}
    assert heads == {"GEO204", "GEO310"}
    dated = "date,type,entry\n2021-06-17,claim,Particulars filed\n2021-08-02,defence,Defence filed\n"
    assert not {head for head, _, _ in facts(extractor, tmp_path / "r.csv", dated)} & {"2021-06-17", "2021-08-02"}


def test_things_may_stand_in_the_columns(extractor: SpacyExtractor, tmp_path: Path) -> None:
    text = "|  | Fern Plan | Moss Plan |\n|---|---|---|\n| price | 10 | 20 |\n| support | mail | telephone |\n"
    found = facts(extractor, tmp_path / "a.md", f"# Plans\n\n{text}")
    assert {("Fern Plan", "price", "10"), ("Moss Plan", "support", "telephone")} <= found


def test_a_table_of_three_hundred_rows_is_read_whole(extractor: SpacyExtractor, tmp_path: Path) -> None:
    rows = "".join(f"| Hut {n:03} | Ada Berg | {1900 + n % 100} |\n" for n in range(300))
    found = facts(extractor, tmp_path / "a.md", f"# Huts\n\n| Hut | Warden | Opened |\n|---|---|---|\n{rows}")
    assert len(found) == 600
    assert {("Hut 299", "warden", "Ada Berg"), ("Hut 299", "opened", "1999")} <= found


@pytest.mark.parametrize("rows", [",\n,\n", "a\nb\n", "1,2\n3,4\n", "a,b\n", '"x\ny",2\n"z",3\n', "a,a\n1,1\n"])
def test_odd_tables_are_no_error(extractor: SpacyExtractor, tmp_path: Path, rows: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(rows)
    for item in load([path]):
        if isinstance(item, Loaded):
            assert list(extractor([Chunked(item.document, chunk(item.document), item.blocks)]))
