"""Word documents: what their reader sees arrives, what was deleted does not, and what is left out is counted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from clew.ingest.load.load import Loaded, Problem, load

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def read(path: Path) -> Loaded:
    (loaded,) = load([path])
    assert isinstance(loaded, Loaded), loaded
    return loaded


def cells(loaded: Loaded, place: int = 0) -> list[list[str]]:
    tables = [block for block in loaded.blocks if block.kind == "table"]
    return [[loaded.document.text[start:end] for start, end in row] for row in tables[place].rows]


def of_kind(loaded: Loaded, kind: str) -> list[str]:
    return [loaded.document.text[block.start : block.end] for block in loaded.blocks if block.kind == kind]


def staff_plan(path: Path) -> Path:
    word = docx.Document()
    word.core_properties.title = "Word Document"
    word.sections[0].header.paragraphs[0].text = "Oakridge Clinic - Confidential"
    word.sections[0].footer.paragraphs[0].text = "Prepared by Dr. Selma Aydin"
    word.add_heading("Staff plan of Oakridge Clinic", 0)
    founded = word.add_paragraph("Oakridge Clinic was founded by ")
    for xml in (
        f'<w:del {W} w:id="1" w:author="x"><w:r><w:delText>Otto Falsch</w:delText></w:r></w:del>',
        f'<w:ins {W} w:id="2" w:author="x"><w:r><w:t>Maria Lindqvist</w:t></w:r></w:ins>',
    ):
        founded._p.append(parse_xml(xml))
    founded.add_run(" in 1987.")
    founded._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    link = word.add_paragraph("The director of Oakridge Clinic is ")
    link._p.append(parse_xml(f'<w:hyperlink {W} w:anchor="a"><w:r><w:t>Selma Aydin</w:t></w:r></w:hyperlink>'))
    control = "<w:sdtContent><w:p><w:r><w:t>Oakridge Clinic is located in Uppsala.</w:t></w:r></w:p></w:sdtContent>"
    word.element.body.insert(-1, parse_xml(f"<w:sdt {W}><w:sdtPr/>{control}</w:sdt>"))
    table = word.add_table(rows=4, cols=3)
    rows = [("Name", "Role", "Phone"), ("Selma Aydin", "Director", "101"), ("", "Head nurse", "102"), ("", "", "103")]
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(3, 0)).text = "Rui Costa"
    word.add_paragraph("Rui Costa was born in Braga.", style="List Bullet")
    box = "<w:txbxContent><w:p><w:r><w:t>The ward is led by Jonas Berg.</w:t></w:r></w:p></w:txbxContent>"
    old, new = f"<w:pict>{box}</w:pict>", f"<w:drawing>{box}</w:drawing>"
    choices = f'<mc:Choice Requires="wps">{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
    both = f"<mc:AlternateContent {MC}>{choices}</mc:AlternateContent>"
    word.element.body.insert(-1, parse_xml(f"<w:p {W}><w:r>{both}</w:r></w:p>"))
    joined = word.add_paragraph().add_run("Elin")
    joined._r.append(parse_xml(f"<w:noBreakHyphen {W}/>"))
    joined._r.append(parse_xml(f"<w:t {W}>Marie Strand married Jonas Berg.</w:t>"))
    word.save(str(path))
    return with_footnote(path, "Maria Lindqvist was born in Kiruna.")


def with_footnote(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types, relations = "[Content_Types].xml", "word/_rels/document.xml.rels"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{FOOTNOTES}"/></Types>'
    relation = f'<Relationship Id="rIdF" Type="{RELATION}" Target="footnotes.xml"/></Relationships>'
    parts[types] = parts[types].replace(b"</Types>", override.encode())
    parts[relations] = parts[relations].replace(b"</Relationships>", relation.encode())
    note = f'<w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    parts["word/footnotes.xml"] = f"<w:footnotes {W}>{note}</w:footnotes>".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_every_story_of_a_word_document_is_read(tmp_path: Path) -> None:
    loaded = read(staff_plan(tmp_path / "notes.docx"))
    assert loaded.document.title == "Staff plan of Oakridge Clinic"
    assert loaded.document.text.split("\n\n") == [
        "Oakridge Clinic - Confidential",
        "Staff plan of Oakridge Clinic",
        "Oakridge Clinic was founded by Maria Lindqvist in 1987.",
        "Maria Lindqvist was born in Kiruna.",
        "The director of Oakridge Clinic is Selma Aydin",
        "Oakridge Clinic is located in Uppsala.",
        "Name | Role | Phone\nSelma Aydin | Director | 101\nRui Costa | Head nurse | 102\n103",
        "- Rui Costa was born in Braga.",
        "The ward is led by Jonas Berg.",
        "Elin-Marie Strand married Jonas Berg.",
        "Prepared by Dr. Selma Aydin",
    ]
    assert cells(loaded)[2:] == [["Rui Costa", "Head nurse", "102"], ["Rui Costa", "", "103"]]
    assert of_kind(loaded, "item") == ["Rui Costa was born in Braga."]
    assert loaded.note == "1 tracked deletions left out"


def test_comments_are_said_to_be_comments(tmp_path: Path) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("The budget is 10,000 euros.")
    word.add_comment(paragraph.runs, text="Is this still right?", author="Ines Roth")
    word.save(str(tmp_path / "a.docx"))
    loaded = read(tmp_path / "a.docx")
    assert loaded.document.text == "The budget is 10,000 euros.\n\nComment by Ines Roth:\n\nIs this still right?"
    assert [block.quoted for block in loaded.blocks] == [0, 1, 1]


def test_what_is_hidden_struck_or_a_picture_is_known_to_be(tmp_path: Path) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("Ask ")
    paragraph.add_run("Otto Falsch").font.strike = True
    paragraph.add_run(" Maria Lindqvist.")
    paragraph.add_run("a secret").font.hidden = True
    from PIL import Image

    Image.new("RGB", (2, 2)).save(tmp_path / "p.png")
    word.add_picture(str(tmp_path / "p.png"))
    word.add_picture(str(tmp_path / "p.png"))
    word.element.body.xpath("//wp:docPr")[1].set("descr", "A plan of the ward")
    word.save(str(tmp_path / "a.docx"))
    loaded = read(tmp_path / "a.docx")
    assert loaded.document.text == "Ask Otto Falsch Maria Lindqvist.\n\nA plan of the ward"
    assert [loaded.document.text[slice(*span)] for span in loaded.blocks[0].silent] == ["Otto Falsch"]
    assert loaded.note == "1 hidden runs of text left out; 1 pictures without a description"


@pytest.mark.parametrize(("named", "title"), [("Plan of 2024", "Plan of 2024"), ("Document1", "Plan of 2024 for all")])
def test_the_title_is_one_that_the_text_bears_out(tmp_path: Path, named: str, title: str) -> None:
    word = docx.Document()
    word.core_properties.title = named
    word.add_heading("Plan of 2024 for all", 1)
    word.add_paragraph("All are well.")
    word.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").document.title == title


def test_a_heading_is_known_by_its_outline_whatever_its_style_is_called(tmp_path: Path) -> None:
    word = docx.Document()
    style = word.styles.add_style("Kapitel", 1)
    style.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    word.add_paragraph("Scope", style="Kapitel")
    word.add_paragraph("All of it.")
    word.save(str(tmp_path / "a.docx"))
    assert [(section.title, section.level) for section in read(tmp_path / "a.docx").sections] == [("Scope", 2)]


def test_a_table_that_only_arranges_text_is_no_table(tmp_path: Path) -> None:
    word = docx.Document()
    table = word.add_table(rows=1, cols=2)
    for cell, who in zip(table.rows[0].cells, ("Anna Ray", "Ben Ozols"), strict=True):
        cell.text = who
        cell.add_paragraph("Engineer")
        cell.add_paragraph("Lives in Riga.")
    word.save(str(tmp_path / "cv.docx"))
    text = "Anna Ray\n\nEngineer\n\nLives in Riga.\n\nBen Ozols\n\nEngineer\n\nLives in Riga."
    assert read(tmp_path / "cv.docx").document.text == text


SAID = "Acme Corp was founded by Bob Hill."
V = 'xmlns:v="urn:schemas-microsoft-com:vml"'
DRAWN = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'


def with_body(path: Path, xml: str) -> Path:
    word = docx.Document()
    word.element.body.insert(0, parse_xml(xml))
    word.save(path)
    return path


@pytest.mark.parametrize(
    "run",
    [
        f"<w:pict><v:shape {V}><v:textbox><w:txbxContent><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict>",
        f'<w:pict><v:shape {V}><v:textpath string="{SAID}"/></v:shape></w:pict>',
        f'<w:drawing><wp:inline {DRAWN}><wp:docPr id="1" name="x" descr="{SAID}"/></wp:inline></w:drawing>',
    ],
)
def test_a_document_whose_words_stand_in_a_shape_is_not_empty(run: str, tmp_path: Path) -> None:
    assert read(with_body(tmp_path / "a.docx", f"<w:p {W}><w:r>{run}</w:r></w:p>")).document.text == SAID


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<w:p><w:r><w:t> </w:t></w:r></w:p>", "is empty"),
        ("<w:p><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>", "1 tracked deletions left out"),
        (f"<w:p><w:r><w:pict><v:shape {V}><v:imagedata/></v:shape></w:pict></w:r></w:p>", "1 pictures without"),
        ("<w:p><w:r><w:object/></w:r></w:p>", "1 embedded objects not read"),
        ("<w:altChunk/>", "1 embedded files not read"),
    ],
)
def test_only_what_is_empty_is_told_to_be(inside: str, told: str, tmp_path: Path) -> None:
    path = with_body(tmp_path / "a.docx", f"<w:sdt {W}><w:sdtContent>{inside}</w:sdtContent></w:sdt>")
    (problem,) = load([path])
    assert isinstance(problem, Problem)
    assert told in problem.reason
    assert told == "is empty" or "holds no text that can be read" in problem.reason


@pytest.mark.parametrize("value", ['"Acme"', 'SYSTEM "file:///etc/passwd"'])
def test_what_follows_an_entity_is_read_and_the_entity_is_not(value: str, tmp_path: Path) -> None:
    path = with_body(tmp_path / "a.docx", f"<w:p {W}><w:r><w:t>{SAID}</w:t></w:r></w:p>")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(tmp_path / "b.docx", "w") as after:
        for name in before.namelist():
            data = before.read(name).decode("utf-8", "surrogateescape")
            if name == "word/document.xml":
                data = data.replace("<w:document", f"<!DOCTYPE w [<!ENTITY x {value}>]><w:document", 1)
                data = data.replace(SAID, f"&x; {SAID}")
            after.writestr(name, data.encode("utf-8", "surrogateescape"))
    loaded = read(tmp_path / "b.docx")
    assert loaded.document.text == SAID
    assert "1 entities of the file's own not read" in loaded.note
