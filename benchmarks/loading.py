"""How many of a file's words arrive in loading, in their order, from files that real programs wrote.

Stories (a title, prose, a table, a list, definitions) are written by python-docx, openpyxl, python-pptx and fpdf2 and,
where they are installed, by pandoc, LibreOffice and Chromium's print to PDF. The words of each story are compared with
the words loaded, by their longest matching stretches: a word counts that arrives, whole and in its place. Other files
hold what is not read, or is left out on purpose; each such loss must stand in the report's note.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path

import docx
from common import arguments, figure, note
from docx.oxml import parse_xml
from fpdf import FPDF
from loading_files import stories, written
from openpyxl import Workbook
from PIL import Image
from pptx import Presentation

from clew.ingest.load.load import Loaded, load

_WORD = re.compile(r"\w+")
_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def main() -> None:
    """The figures are printed."""
    parser = arguments("Share of the words of real writers' files that arrive in loading.")
    options = parser.parse_args()
    shares: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for program, story, path in written(folder, stories(options.limit or 4)):
            kept, whole = words_kept(story.words, path)
            shares[path.suffix.removeprefix(".")].append((kept, whole))
            note(f"{path.suffix} by {program}, story {story.number + 1}: {kept} of {whole} words")
        named = losses(folder)
    for kind, counts in sorted(shares.items()):
        figure(f"{kind} words kept", 100 * sum(kept for kept, _ in counts) / sum(whole for _, whole in counts))
    every = [count for counts in shares.values() for count in counts]
    note(f"{len(every)} files")
    figure("words kept", 100 * sum(kept for kept, _ in every) / sum(whole for _, whole in every))
    figure("losses named", 100 * sum(named) / len(named))


def words_kept(expected: str, path: Path) -> tuple[int, int]:
    """How many of the expected words the file's text holds in their order, and how many there are."""
    (loaded,) = load([path])
    wanted = _WORD.findall(expected.casefold())
    if not isinstance(loaded, Loaded):
        note(f"{path.name}: {loaded}")
        return 0, len(wanted)
    found = _WORD.findall(loaded.document.text.casefold())
    blocks = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks), len(wanted)


def losses(folder: Path) -> list[bool]:
    """For each file with a loss, whether its note says so."""
    picture = folder / "p.png"
    Image.new("RGB", (4, 4)).save(picture)
    cases = [*_in_word(folder, picture), *_in_others(folder, picture)]
    named = []
    for path, said in cases:
        (loaded,) = load([path])
        told = loaded.note if isinstance(loaded, Loaded) else loaded.reason
        named.append(said in told)
        note(f"{path.name}: {told!r} {'names' if named[-1] else 'DOES NOT NAME'} {said!r}")
    return named


def _in_word(folder: Path, picture: Path) -> list[tuple[Path, str]]:
    word = docx.Document()
    word.add_paragraph("A picture follows.")
    word.add_picture(str(picture))
    word.save(str(folder / "picture.docx"))
    word = docx.Document()
    paragraph = word.add_paragraph("The price is ")
    paragraph._p.append(parse_xml(f"<w:del {_SPACE}><w:r><w:delText>10</w:delText></w:r></w:del>"))
    paragraph.add_run("20 euros.")
    word.save(str(folder / "deleted.docx"))
    word = docx.Document()
    word.add_paragraph("Seen.").add_run("Unseen.").font.hidden = True
    word.save(str(folder / "hidden.docx"))
    return [
        (folder / "picture.docx", "1 pictures without a description"),
        (folder / "deleted.docx", "1 tracked deletions"),
        (folder / "hidden.docx", "1 hidden runs"),
    ]


def _in_others(folder: Path, picture: Path) -> list[tuple[Path, str]]:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    pdf.cell(0, 10, "Words.")
    pdf.add_page()
    pdf.image(str(picture), 10, 10)
    pdf.output(str(folder / "scan.pdf"))
    book = Workbook()
    book.active.append(["Sum", "=1+1"])
    book.active.append(["Other", 3])
    book.save(folder / "formula.xlsx")
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Title"
    shape = slide.shapes.add_picture(str(picture), 0, 0)
    shape._element.nvPicPr.cNvPr.set("descr", "")
    deck.save(str(folder / "picture.pptx"))
    page = '<nav>Home</nav><p>Text <img src="a.png"></p><iframe src="x"></iframe>'
    (folder / "a.html").write_text(page, encoding="utf-8")
    (folder / "latin.txt").write_bytes("Ein Café in Málaga, très bien, voilà".encode("cp1252"))
    return [
        (folder / "scan.pdf", "no text on page 2"),
        (folder / "formula.xlsx", "1 formulas without a stored value"),
        (folder / "picture.pptx", "1 pictures without a description"),
        (folder / "a.html", "1 words of navigation left out"),
        (folder / "a.html", "1 pictures without a description"),
        (folder / "a.html", "1 embedded frames"),
        (folder / "latin.txt", "is not UTF-8"),
    ]


if __name__ == "__main__":
    main()
