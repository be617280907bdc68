"""Stories, and the programs that write them into files of every kind, for `loading.py`."""

from __future__ import annotations

import html
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
from fpdf import FPDF
from fpdf.fonts import FontFace
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

from clew.demo_data import demo_folder

_PASSAGES = 8  # of each story
_STYLE = """<style>.two{column-count:2;text-align:justify;hyphens:auto} td,th{border:1px solid;padding:4px}</style>"""
_TIME = 120  # seconds for one program


@dataclass(frozen=True)
class Story:
    """A document as a writer sees it; `words` reads it as a person would."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    items: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """All of its text in reading order."""
        rows = "\n".join(" ".join(row) for row in self.rows)
        terms = "\n".join(f"{term} {said}" for term, said in self.terms)
        return "\n".join([self.title, *self.paragraphs, rows, *self.items, terms])

    @property
    def page(self) -> str:
        """It as a web page, its prose in two columns."""
        prose = "".join(f"<p>{html.escape(text)}</p>" for text in self.paragraphs)
        rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows[1:])
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in self.rows[0])
        items = "".join(f"<li>{html.escape(item)}</li>" for item in self.items)
        terms = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(said)}</dd>" for term, said in self.terms)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(self.title)}</title>'
            f"{_STYLE}</head><body><nav>Home Search Login</nav><h1>{html.escape(self.title)}</h1>"
            f'<div class="two">{prose}</div>'
            f"<table><thead><tr>{head}</tr></thead>{rows}</table><ul>{items}</ul><dl>{terms}</dl></body></html>"
        )


def stories(count: int) -> list[Story]:
    """Stories of the demonstration's passages, none used twice."""
    lines = (demo_folder() / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    passages = [json.loads(line) for line in lines]
    made = []
    for number in range(count):
        mine = passages[number * _PASSAGES : (number + 1) * _PASSAGES]
        texts = [" ".join(passage["text"].split()) for passage in mine]
        named = [passage["title"] for passage in mine]
        rows = (
            ("Name", "Length", "Place"),
            *(
                (name, str(len(text)), f"shelf {at}")
                for at, (name, text) in enumerate(zip(named[:4], texts, strict=False))
            ),
        )
        terms = (("Keeper", named[5]), ("Second keeper", named[6]))
        made.append(
            Story(number, f"Report {number + 1} on {named[0]}", tuple(texts[:6]), rows, tuple(named[4:]), terms)
        )
    return made


def by_python_docx(story: Story, path: Path) -> None:
    """A Word document."""
    word = docx.Document()
    word.add_heading(story.title, 0)
    for text in story.paragraphs:
        word.add_paragraph(text)
    table = word.add_table(len(story.rows), len(story.rows[0]))
    for row, cells in enumerate(story.rows):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    for item in story.items:
        word.add_paragraph(item, style="List Bullet")
    for term, said in story.terms:
        word.add_paragraph(f"{term}: {said}")
    word.save(str(path))


def by_python_pptx(story: Story, path: Path) -> None:
    """A presentation, a slide for each part."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = story.title
    slide.shapes.add_textbox(0, Inches(2), Inches(9), Inches(5)).text_frame.text = "\n".join(story.paragraphs)
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(len(story.rows), len(story.rows[0]), 0, 0, Inches(9), Inches(3)).table
    for row, cells in enumerate(story.rows):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    lines = [*story.items, *(f"{term}: {said}" for term, said in story.terms)]
    slide.shapes.add_textbox(0, Inches(4), Inches(9), Inches(3)).text_frame.text = "\n".join(lines)
    deck.save(str(path))


def by_openpyxl(story: Story, path: Path) -> None:
    """A workbook: the story's lines, then its table."""
    book = Workbook()
    sheet = book.active
    for text in (story.title, *story.paragraphs):
        sheet.append([text])
    sheet.append([])
    for row in story.rows:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    sheet.append([])
    for item in story.items:
        sheet.append([item])
    sheet.append([])
    for term in story.terms:
        sheet.append(list(term))
    book.save(path)


def by_fpdf(story: Story, path: Path) -> None:
    """A PDF with two columns of prose, every second one on a page that is turned."""
    pdf = FPDF(orientation="landscape" if story.number % 2 else "portrait")
    pdf.add_page()
    font = next(iter(sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))), None)
    if font is not None:
        pdf.add_font("dejavu", fname=str(font))
    pdf.set_font("dejavu" if font is not None else "helvetica", size=18)
    pdf.multi_cell(0, text=_plain(story.title, font), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(size=10)
    half = len(story.paragraphs) // 2
    with pdf.text_columns(ncols=2, gutter=8, text_align="J") as columns:
        for text in story.paragraphs[:half]:
            columns.write(_plain(text, font) + "\n\n")
        columns.new_column()
        for text in story.paragraphs[half:]:
            columns.write(_plain(text, font) + "\n\n")
    pdf.ln()
    with pdf.table(headings_style=FontFace(emphasis=None)) as table:
        for row in story.rows:
            table.row([_plain(cell, font) for cell in row])
    for line in (*story.items, *(f"{term}: {said}" for term, said in story.terms)):
        pdf.multi_cell(0, text=_plain(line, font), new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))


def _plain(text: str, font: Path | None) -> str:
    return text if font is not None else text.encode("latin-1", "replace").decode("latin-1")


def by_hand(story: Story, path: Path) -> None:
    """A web page."""
    path.write_text(story.page, encoding="utf-8")


def by_pandoc(story: Story, path: Path) -> None:
    """What pandoc makes of the page."""
    page = path.with_name(f"{path.stem}-of-pandoc.htm_")
    page.write_text(story.page.replace("<nav>Home Search Login</nav>", ""), encoding="utf-8")
    _run("pandoc", "--standalone", "--from=html", str(page), "--output", str(path))


def by_chromium(story: Story, path: Path) -> None:
    """The page as Chromium prints it."""
    page = path.with_suffix(".htm_.html")
    page.write_text(story.page.replace("<nav>Home Search Login</nav>", ""), encoding="utf-8")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    options = ["--headless", *sandbox, "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
    _run("chromium", *options, page.as_uri())
    page.unlink()


def by_libreoffice(write: Callable[[Story, Path], None], suffix: str) -> Callable[[Story, Path], None]:
    """A writer that lets LibreOffice change the kind of what another writer, whose files end in `suffix`, wrote."""

    def writer(story: Story, path: Path) -> None:
        source = path.with_suffix(suffix)
        write(story, source)
        kind = path.suffix.removeprefix(".")
        _run("soffice", "--headless", "--convert-to", kind, "--outdir", str(path.parent), str(source))
        source.unlink()

    return writer


# Kind of file, program, and what writes it.
WRITERS: tuple[tuple[str, str, Callable[[Story, Path], None]], ...] = (
    ("html", "", by_hand),
    ("docx", "", by_python_docx),
    ("docx", "pandoc", by_pandoc),
    ("docx", "soffice", by_libreoffice(by_pandoc, ".odt")),
    ("pptx", "", by_python_pptx),
    ("xlsx", "", by_openpyxl),
    ("ods", "soffice", by_libreoffice(by_openpyxl, ".xlsx")),
    ("odp", "soffice", by_libreoffice(by_python_pptx, ".pptx")),
    ("odt", "pandoc", by_pandoc),
    ("odt", "soffice", by_libreoffice(by_python_docx, ".docx")),
    ("epub", "pandoc", by_pandoc),
    ("rst", "pandoc", by_pandoc),
    ("org", "pandoc", by_pandoc),
    ("tex", "pandoc", by_pandoc),
    ("pdf", "", by_fpdf),
    ("pdf", "soffice", by_libreoffice(by_python_docx, ".docx")),
    ("pdf", "chromium", by_chromium),
)


def written(folder: Path, made: list[Story]) -> Iterator[tuple[str, Story, Path]]:
    """Every story in every kind of file whose program is installed, with the program's name."""
    for place, (kind, program, write) in enumerate(WRITERS):
        if program and shutil.which(program) is None:
            continue
        for story in made:
            path = folder / f"{place}-{story.number}.{kind}"
            write(story, path)
            yield program or write.__name__.removeprefix("by_"), story, path


def _run(program: str, *options: str) -> None:
    found = shutil.which(program)
    if found is not None:
        subprocess.run([found, *options], check=True, timeout=_TIME, capture_output=True)
