"""PDF files: reading order, words parted at line ends, form values beside their labels, and what no text says."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject

from clew.ingest.load.load import Loaded, load

LEFT = (
    "Kestrel Works was founded in the harbour of Kiruna and makes weather instruments for ships. It employs four "
    "hundred people."
)
RIGHT = (
    "The board met six times this year. Its chairwoman was elected again for another period of two years, as was "
    "expected."
)


def read(path: Path) -> Loaded:
    (loaded,) = load([path])
    assert isinstance(loaded, Loaded), loaded
    return loaded


def blank() -> FPDF:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    return pdf


def pairs(loaded: Loaded) -> dict[str, str]:
    text = loaded.document.text
    return {text[slice(*block.key)]: text[slice(*block.value)] for block in loaded.blocks if block.kind == "pair"}


def with_fields(path: Path, fields: list[dict[str, object]]) -> Path:
    writer = PdfWriter(clone_from=PdfReader(path))
    places = ArrayObject()
    for field in fields:
        box = ArrayObject(FloatObject(number) for number in field["box"])  # type: ignore[attr-defined]
        made = {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Widget")}
        made |= {NameObject("/T"): TextStringObject(str(field["name"])), NameObject("/Rect"): box}
        made |= {NameObject("/F"): NumberObject(4), NameObject("/FT"): NameObject(str(field.get("kind", "/Tx")))}
        if "checked" in field:
            made |= {NameObject(key): NameObject("/Yes" if field["checked"] else "/Off") for key in ("/V", "/AS")}
        else:
            made[NameObject("/V")] = TextStringObject(str(field["value"]))
        places.append(writer._add_object(DictionaryObject(made)))
    writer.pages[0][NameObject("/Annots")] = places
    form = DictionaryObject({NameObject("/Fields"): places})
    writer._root_object[NameObject("/AcroForm")] = writer._add_object(form)
    with path.open("wb") as file:
        writer.write(file)
    return path


def test_form_values_stand_with_their_labels(tmp_path: Path) -> None:
    pdf = blank()
    for text in ("Application form of Norrland Credit Union", "Name of applicant:", "Employer:"):
        pdf.cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "form.pdf"))
    fields = [
        {"name": "applicant", "value": "Tove Lindgren", "box": (200, 765, 400, 780)},
        {"name": "employer", "value": "Kiruna Mining AB", "box": (200, 737, 400, 752)},
        {"name": "form1.accountNumber", "value": "88-1", "box": (200, 300, 400, 315)},
    ]
    loaded = read(with_fields(tmp_path / "form.pdf", fields))
    assert pairs(loaded) == {
        "Name of applicant": "Tove Lindgren",
        "Employer": "Kiruna Mining AB",
        "account Number": "88-1",
    }


def test_a_label_is_found_by_its_name_where_boxes_stand_askew(tmp_path: Path) -> None:
    pdf = blank()
    for text in ("Name of applicant:", "Employer:"):
        pdf.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "form.pdf"))
    fields = [
        {"name": "applicant", "value": "Tove Lindgren", "box": (200, 720, 400, 735)},
        {"name": "employer", "value": "Kiruna Mining AB", "box": (200, 700, 400, 715)},
    ]
    loaded = read(with_fields(tmp_path / "form.pdf", fields))
    assert loaded.document.text == "Name of applicant: Tove Lindgren\nEmployer: Kiruna Mining AB"


def test_boxes_say_whether_they_are_ticked(tmp_path: Path) -> None:
    pdf = blank()
    for text in ("    Smoker", "    Vegetarian"):
        pdf.cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "form.pdf"))
    fields: list[dict[str, object]] = [
        {"name": "a", "kind": "/Btn", "checked": False, "box": (20, 794, 30, 806)},
        {"name": "b", "kind": "/Btn", "checked": True, "box": (20, 766, 30, 778)},
    ]
    assert read(with_fields(tmp_path / "form.pdf", fields)).document.text == "☐ Smoker\n\n☒ Vegetarian"


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    pdf = blank()
    pdf.set_font(size=18)
    pdf.cell(0, 12, "The annual report of Kestrel Works in this long year", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(size=12)
    top = pdf.get_y()
    pdf.multi_cell(85, text=LEFT)
    pdf.set_xy(105, top)
    pdf.multi_cell(85, text=RIGHT)
    pdf.output(str(tmp_path / "a.pdf"))
    loaded = read(tmp_path / "a.pdf")
    assert loaded.document.text == f"The annual report of Kestrel Works in this long year\n\n{LEFT}\n\n{RIGHT}"
    assert loaded.document.title == "The annual report of Kestrel Works in this long year"


def test_rows_of_a_table_stay_rows(tmp_path: Path) -> None:
    pdf = blank()
    pdf.cell(0, 10, "Staff", new_x="LMARGIN", new_y="NEXT")
    with pdf.table() as table:
        for row in (("Name", "Role", "Phone"), ("Selma Aydin", "Director", "101"), ("Rui Costa", "Head nurse", "102")):
            table.row(row)
    pdf.output(str(tmp_path / "a.pdf"))
    loaded = read(tmp_path / "a.pdf")
    (block,) = [block for block in loaded.blocks if block.kind == "table"]
    rows = [[loaded.document.text[slice(*cell)] for cell in row] for row in block.rows]
    assert rows == [["Name", "Role", "Phone"], ["Selma Aydin", "Director", "101"], ["Rui Costa", "Head nurse", "102"]]
    assert block.header == 1


def test_columns_above_a_table_with_a_wrapped_cell(tmp_path: Path) -> None:
    pdf = blank()
    top = pdf.get_y()
    pdf.multi_cell(85, text=LEFT)
    pdf.set_xy(105, top)
    pdf.multi_cell(85, text=RIGHT)
    pdf.ln(10)
    top = pdf.get_y()
    for row, cells in enumerate((("Name", "Role"), ("Copa", "Cup"), ("Selma Aydin", "Director"))):
        for column, cell in enumerate(cells):
            pdf.text(12 + 60 * column, top + 10 * row + (5 if row > 1 else 0), cell)
        if row == 1:
            pdf.text(12, top + 15, "Libertadores")
    pdf.output(str(tmp_path / "a.pdf"))
    loaded = read(tmp_path / "a.pdf")
    assert loaded.document.text.startswith(f"{LEFT}\n\n{RIGHT}\n\n")
    assert loaded.document.text.endswith("\n\nName | Role\nCopa Libertadores | Cup\nSelma Aydin | Director")


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("The sur-", "geon came.", "The surgeon came."),
        ("A long-", "standing friend.", "A long-standing friend."),
        ("He drives a Rolls-", "Royce to work.", "He drives a Rolls-Royce to work."),
        ("The o\ufb03ces were", "e\ufb03cient.", "The offices were efficient."),
    ],
)
def test_words_are_whole_again(tmp_path: Path, first: str, second: str, whole: str) -> None:
    pdf = FPDF()
    pdf.add_page()
    fonts = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if fonts:
        pdf.add_font("dejavu", fname=str(fonts[0]))
        pdf.set_font("dejavu", size=12)
    elif not first.isascii():
        pytest.skip("no font with ligatures is installed")
    else:
        pdf.set_font("helvetica", size=12)
    for line in (first, second):
        pdf.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(tmp_path / "a.pdf"))
    assert read(tmp_path / "a.pdf").document.text == whole


def test_turned_pages_are_read_like_others(tmp_path: Path) -> None:
    for angle in (90, 180, 270):
        pdf = blank()
        with pdf.rotation(angle, x=100, y=150):
            for number, line in enumerate(("The pump was repaired by Ada Holm.", "It runs again since Monday.")):
                pdf.text(80, 150 + 6 * number, line)
        pdf.output(str(tmp_path / f"{angle}.pdf"))
        text = read(tmp_path / f"{angle}.pdf").document.text
        assert " ".join(text.split()) == "The pump was repaired by Ada Holm. It runs again since Monday.", angle


def test_running_heads_do_not_part_sentences(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for number, line in enumerate(
        ("The committee has decided that the", "old harbour shall be closed for ships of", "more than twelve metres.")
    ):
        pdf.add_page()
        pdf.text(10, 10, "Minutes of the harbour committee")
        pdf.text(10, 30, line)
        pdf.text(100, 290, f"Page {number + 1} of 3")
    pdf.output(str(tmp_path / "a.pdf"))
    loaded = read(tmp_path / "a.pdf")
    sentence = "The committee has decided that the old harbour shall be closed for ships of more than twelve metres."
    assert loaded.document.text == f"Minutes of the harbour committee\n\n{sentence}"
    pages = [(section.title, loaded.document.text[section.start :][:10]) for section in loaded.sections]
    assert pages == [("page 1", "Minutes of"), ("page 2", "old harbou"), ("page 3", "more than ")]
    assert loaded.note == "5 running heads and page numbers left out"


def test_a_page_without_text_is_named(tmp_path: Path) -> None:
    pdf = blank()
    pdf.cell(0, 10, "Some words.")
    pdf.add_page()
    pdf.output(str(tmp_path / "a.pdf"))
    assert read(tmp_path / "a.pdf").note == "no text on page 2"
