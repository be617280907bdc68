"""Word documents, by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as Word
from docx.table import Table

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean, read_bytes
from clew.ingest.load.items import Loaded, Origin, Section

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 1 << 29
_HEADING = re.compile(r"(?:heading|überschrift|titre) (\d)", re.IGNORECASE)


def read(origin: Origin) -> Loaded:
    """One document of all paragraphs and tables in their order, a line for each table row; headings are sections."""
    data = read_bytes(origin.path)
    try:
        _check(data)
        word = docx.Document(io.BytesIO(data))
        parts = list(_parts(word))
        title = clean(word.core_properties.title or "").strip()
    except SourceError:
        raise
    except Exception as error:  # python-docx and lxml let any error out that broken bytes provoke
        raise SourceError(f"is a broken Word document: {str(error) or type(error).__name__}") from error
    sections, length = [], 0
    for words, level in parts:
        if level:
            sections.append(Section(length, words, level))
        length += len(words) + 2
    text = "\n\n".join(words for words, _ in parts)
    if not text:
        raise SourceError("is empty")
    title = title or (sections[0].title if sections else origin.stem)
    return Loaded(Document.make(origin.uri, text, title=title), sections=tuple(sections))


def _check(data: bytes) -> None:
    if data.startswith(_OLD_OFFICE):
        raise SourceError("is encrypted or in Word's old format:", hint="save it as .docx without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
            raise SourceError("unpacks to over 512 MiB")


def _parts(word: Word) -> Iterator[tuple[str, int]]:
    """Paragraphs and tables that are not blank, with the level of those that are headings (else 0)."""
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            words, level = "\n".join(filter(None, _rows(block))), 0
        else:
            words = clean(block.text).strip()
            name = (block.style.name if block.style is not None else "") or ""
            match = _HEADING.match(name)
            level = 1 if name == "Title" else int(match.group(1)) if match else 0
        if words:
            yield words, level


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = {id(cell._tc): clean(cell.text).strip().replace("\n", " ") for cell in row.cells}  # merged ones once
        yield " | ".join(filter(None, cells.values()))
