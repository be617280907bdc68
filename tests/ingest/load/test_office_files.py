"""Presentations, workbooks, OpenDocument files and e-books: all of their words, tables as tables."""

# ruff: noqa: E501 - the XML of a part is easier to read in whole elements

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from clew.ingest.load.load import Loaded, Problem, load


def read(path: Path) -> Loaded:
    (loaded,) = load([path])
    assert isinstance(loaded, Loaded), loaded
    return loaded


def tables(loaded: Loaded) -> list[list[list[str]]]:
    text = loaded.document.text
    found = [block.rows for block in loaded.blocks if block.kind == "table"]
    return [[[text[start:end] for start, end in row] for row in rows] for rows in found]


def test_presentation(tmp_path: Path) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Harbour plan"
    slide.placeholders[1].text = "Dredging\nLighting"
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    slide.notes_slide.notes_text_frame.text = "Ada Holm signs the contract."
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Costs"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, Inches(1), Inches(2), Inches(1)).text_frame.text = "All in thousands."
    table = slide.shapes.add_table(3, 2, 0, Inches(3), Inches(4), Inches(2)).table
    for place, text in enumerate(["Item", "Cost", "Crane", "120", "", "30"]):
        table.cell(place // 2, place % 2).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    chart = CategoryChartData()
    chart.categories = ["2023", "2024"]
    chart.add_series("Ships", (410, 455.5))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, Inches(5), Inches(4), Inches(2), chart)
    deck.save(str(tmp_path / "a.pptx"))
    loaded = read(tmp_path / "a.pptx")
    assert loaded.document.title == "Harbour plan"
    assert loaded.document.text.split("\n\n") == [
        "Harbour plan",
        "- Dredging\n  - Lighting",
        "Ada Holm signs the contract.",
        "Costs",
        "All in thousands.",
        "Item | Cost\nCrane | 120\n30",
        "Ships\n2023 | 410\n2024 | 455.5",
    ]
    assert tables(loaded)[0][2] == ["Crane", "30"]
    places = [
        (section.title, loaded.document.text[section.start :][:7]) for section in loaded.sections if not section.level
    ]
    assert places == [("slide 1", "Harbour"), ("slide 2", "Costs\n\n")]


def test_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Staff"
    sheet.append(["Staff of Kestrel Works"])
    sheet.append([])
    sheet.append(["Name", "Since", "Share", "Pay"])
    sheet.append(["Ada Holm", datetime.date(2019, 4, 1), 0.25, 5200])
    sheet.append(["Ben Ozols", datetime.datetime(2020, 1, 2, 8, 30), 0.5, 4100.5])
    for row in (4, 5):
        sheet.cell(row, 3).number_format = "0%"
        sheet.cell(row, 4).number_format = '"€" #,##0.00'
    sheet.cell(5, 1).comment = Comment("On leave until May.", "Ines")
    sheet.cell(6, 4).value = "=SUM(D4:D5)"
    other = book.create_sheet("Rooms")
    other.append(["Room", "Floor"])
    other.append(["Alpha", "first"])
    other.append(["Beta", None])
    other.merge_cells("B2:B3")
    other.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    loaded = read(tmp_path / "a.xlsx")
    assert tables(loaded) == [
        [
            ["Name", "Since", "Share", "Pay"],
            ["Ada Holm", "2019-04-01", "25%", "€ 5200"],
            ["Ben Ozols", "2020-01-02 08:30", "50%", "€ 4100.5"],
        ],
        [["Room", "Floor"], ["Alpha", "first"], ["Beta", "first"]],
    ]
    assert "Staff of Kestrel Works" in loaded.document.text
    assert "Comment by Ines on A5: On leave until May." in loaded.document.text
    assert loaded.note == "1 formulas without a stored value left out; 1 hidden sheets read too"
    assert [section.title for section in loaded.sections if not section.level] == ["Staff", "Rooms"]


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "text", "table", "style", "drawing"))


def open_document(path: Path, body: str, kind: str = "text") -> Path:
    content = (
        f'<office:document-content {SPACES} xmlns:draw="{OFFICE}drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:svg="{OFFICE}svg-compatible:1.0"><office:automatic-styles><style:style style:name="T1">'
        f'<style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles>'
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    return path


def test_open_document_text(tmp_path: Path) -> None:
    body = """
<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Minutes</text:h>
<text:p>The board met<text:s/>in <text:span>Riga</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Capital of Latvia.</text:p></text:note-body></text:note> on <text:change text:change-id="1"/>Monday.<office:annotation><dc:creator>Ines</dc:creator><text:p>Sure?</text:p></office:annotation></text:p>
<text:p>Ask <text:span text:style-name="T1">Otto</text:span> Ada.</text:p>
<text:list><text:list-item><text:p>One</text:p><text:list><text:list-item><text:p>Inner</text:p></text:list-item></text:list></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell><table:table-cell><text:p>Role</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Ada</text:p></table:table-cell><table:table-cell><text:p>Chair</text:p></table:table-cell></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell><text:p>Treasurer</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p>A box.</text:p></draw:text-box></draw:frame><draw:frame><draw:image/><svg:desc>A map</svg:desc></draw:frame><draw:frame><draw:image/></draw:frame></text:p>"""
    loaded = read(open_document(tmp_path / "a.odt", body))
    assert loaded.document.text.split("\n\n") == [
        "Minutes",
        "The board met in Riga on Monday.",
        "Capital of Latvia.",
        "Comment by Ines:",
        "Sure?",
        "Ask Otto Ada.",
        "- One\n  - Inner",
        "Name | Role\nAda | Chair\nTreasurer",
        "A box.",
        "A map",
    ]
    assert tables(loaded)[0][2] == ["Ada", "Treasurer"]
    assert loaded.note == "1 pictures without a description; 1 tracked deletions left out"
    silent = [loaded.document.text[slice(*span)] for block in loaded.blocks for span in block.silent]
    assert silent == ["Otto"]


def test_open_document_sheet_and_slides(tmp_path: Path) -> None:
    cells = '<table:table-cell table:number-columns-repeated="16000"/>'
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell><table:table-cell><text:p>{b}</text:p>"
        f"</table:table-cell>{cells}</table:table-row>"
        for a, b in (("Room", "Floor"), ("Alpha", "1"))
    )
    empty = f'<table:table-row table:number-rows-repeated="1048000">{cells}</table:table-row>'
    sheet = f'<table:table table:name="Rooms">{rows}{empty}</table:table>'
    loaded = read(open_document(tmp_path / "a.ods", sheet, "spreadsheet"))
    assert tables(loaded) == [[["Room", "Floor"], ["Alpha", "1"]]]
    assert [section.title for section in loaded.sections] == ["Rooms"]
    page = '<draw:page draw:name="Start"><draw:frame><draw:text-box><text:p>Welcome</text:p></draw:text-box></draw:frame></draw:page>'
    loaded = read(open_document(tmp_path / "a.odp", page, "presentation"))
    assert (loaded.document.text, [section.title for section in loaded.sections]) == ("Welcome", ["Start"])


def test_e_book(tmp_path: Path) -> None:
    container = '<container xmlns="urn:x"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    book = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>The Harbour</dc:title></metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/b%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"""
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("OEBPS/book.opf", book)
        archive.writestr("OEBPS/nav.xhtml", "<html><body><ol><li>First</li></ol></body></html>")
        archive.writestr("OEBPS/text/a.xhtml", "<html><body><h1>First</h1><p>Ada came.</p></body></html>")
        archive.writestr("OEBPS/text/b b.xhtml", "<html><body><h1>Second</h1><p>Ben left.</p></body></html>")
    loaded = read(tmp_path / "a.epub")
    assert loaded.document.title == "The Harbour"
    assert loaded.document.text == "First\n\nAda came.\n\nSecond\n\nBen left."


def test_broken_packages_are_named(tmp_path: Path) -> None:
    for name in ("a.pptx", "a.xlsx", "a.odt", "a.epub"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    problems = list(load([tmp_path]))
    assert len(problems) == 5
    reasons = {Path(problem.uri).name: problem.reason for problem in problems if isinstance(problem, Problem)}
    assert reasons["old.xlsx"].startswith("is encrypted or in Excel's old format")
    assert all(reason.startswith("is a broken ") for name, reason in reasons.items() if name != "old.xlsx"), reasons
