"""Ready triples: each row becomes a triple whose span is that row."""

from __future__ import annotations

from pathlib import Path

from clew.ingest.chunk import chunk
from clew.ingest.load.load import Fields, Loaded, Problem, count, load


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def split(items: list[Loaded | Problem]) -> tuple[list[Loaded], list[str]]:
    return [item for item in items if isinstance(item, Loaded)], [i.reason for i in items if isinstance(i, Problem)]


def test_a_header_makes_a_csv_ready_triples(tmp_path: Path) -> None:
    path = write(
        tmp_path / "kb.csv",
        "head,relation,tail,head_type,tail_type\nAda Lovelace,wrote,Notes,PERSON,WORK\n"
        '"Byron, Lord",father_of,Ada Lovelace,,\n',
    )
    (loaded,), problems = split(list(load([path])))
    assert not problems
    assert loaded.document.uri == path.as_uri() + "#rows=1-2000"
    rows = [loaded.document.text[triple.start : triple.end] for triple in loaded.triples]
    assert rows == ["Ada Lovelace,wrote,Notes,PERSON,WORK", '"Byron, Lord",father_of,Ada Lovelace,,']
    first, second = loaded.triples
    assert (first.head, first.relation, first.tail, first.head_type, first.tail_type) == (
        *("Ada Lovelace", "wrote", "Notes"),
        *("PERSON", "WORK"),
    )
    assert (second.head, second.tail_type) == ("Byron, Lord", "")


def test_columns_stand_in_any_order(tmp_path: Path) -> None:
    path = write(tmp_path / "kb.tsv", "tail\tHead\trelation\tyear\nNotes\tAda\twrote\t1843\n")
    (loaded,), _ = split(list(load([path])))
    assert (loaded.triples[0].head, loaded.triples[0].tail) == ("Ada", "Notes")


def test_a_file_without_a_header_is_read_on_request(tmp_path: Path) -> None:
    text = 'Kismet|directed_by|William Dieterle\n"Great Performances" Cats|has_tags|a, b, c, d\n'
    path = write(tmp_path / "kb.txt", text)
    for fields in (Fields(triples=True), Fields(triples=True, delimiter="|")):
        (loaded,), problems = split(list(load([path], fields=fields)))
        assert not problems
        assert [triple.head for triple in loaded.triples] == ["Kismet", '"Great Performances" Cats']
        assert loaded.triples[1].tail == "a, b, c, d"
        assert loaded.document.text == text.rstrip("\n")
    (prose,), _ = split(list(load([path])))
    assert not prose.triples


def test_rows_are_split_into_documents_whose_names_stay_when_the_file_grows(tmp_path: Path) -> None:
    path = write(tmp_path / "kb.txt", "".join(f"a{number}|r|b{number}\n" for number in range(4100)))
    fields = Fields(triples=True)
    before, _ = split(list(load([path], fields=fields)))
    assert [len(loaded.triples) for loaded in before] == [2000, 2000, 100]
    assert count([path], fields=fields) == 3
    with path.open("a", encoding="utf-8") as file:
        file.write("new|r|row\n")
    after, _ = split(list(load([path], fields=fields)))
    assert [loaded.document.id for loaded in after] == [loaded.document.id for loaded in before]
    changed = [old.document.content_hash != new.document.content_hash for old, new in zip(before, after, strict=True)]
    assert changed == [False, False, True]


def test_rows_that_are_no_triples_are_named_and_the_others_kept(tmp_path: Path) -> None:
    text = 'head,relation,tail\na,r,b\na,r\n\n,r,b\n"a,r,b\n' + f"{'x' * 20_000},r,b\nc,r,d\n"
    (loaded,), problems = split(list(load([write(tmp_path / "kb.csv", text)])))
    assert [triple.head for triple in loaded.triples] == ["a", "c"]
    assert loaded.document.text == "a,r,b\nc,r,d"
    assert len(problems) == 4
    assert "line 3 has 2 columns" in problems[0]
    assert "line 5 has no head" in problems[1]
    assert "line 6 has an open quotation mark" in problems[2]
    assert "line 7 has over 10,000 characters" in problems[3]


def test_spans_hold_when_the_text_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "kb.csv"
    path.write_bytes("\ufeffhead,relation,tail\r\nAnge\u0301lique,knows,Zoe\u0308\r\nb,r,c\r\n".encode())
    (loaded,), _ = split(list(load([path])))
    assert loaded.triples[0].head == "Angélique"
    spans = [loaded.document.text[triple.start : triple.end] for triple in loaded.triples]
    assert spans == ["Angélique,knows,Zoë", "b,r,c"]


def test_each_row_lies_in_one_chunk(tmp_path: Path) -> None:
    rows = "".join(f"St. Elmo's Fire! No. {number}. Part Two|has. tags|b {number}\n" for number in range(500))
    (loaded,), _ = split(list(load([write(tmp_path / "kb.txt", rows)], fields=Fields(triples=True))))
    chunks = chunk(loaded.document, size=300, rows=True)
    assert len(chunks) > 50
    for triple in loaded.triples:
        assert sum(piece.start <= triple.start and triple.end <= piece.end for piece in chunks) == 1


def test_a_file_of_a_header_alone_holds_no_rows(tmp_path: Path) -> None:
    assert split(list(load([write(tmp_path / "kb.csv", "head,relation,tail\n")]))) == ([], ["holds no rows"])
