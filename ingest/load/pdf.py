"""PDF files, by pypdf."""

from __future__ import annotations

import io
import logging
import re

from pypdf import PdfReader
from pypdf.errors import DependencyError

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean, read_bytes
from clew.ingest.load.items import Loaded, Origin, Section

# pypdf logs every oddity of a file it can read all the same; what cannot be read is reported as a problem.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"', ")")


def read(origin: Origin) -> Loaded:
    """One document of the text of all pages; each page is a section of level 0."""
    reader = _open(read_bytes(origin.path))
    sections: list[Section] = []
    unread: list[int] = []
    parts: list[str] = []
    length = 0
    for number, page in enumerate(reader.pages, start=1):
        try:
            words = flow(clean(page.extract_text()))
        except Exception:  # a page of untrusted bytes can fail in any way; the other pages are still of use
            words = ""
        if not words:
            unread.append(number)
            continue
        gap = "" if not parts else "\n\n" if parts[-1].endswith(_SENTENCE_END) else "\n"
        sections.append(Section(length + len(gap), f"page {number}", 0))
        parts += [gap, words]
        length += len(gap) + len(words)
    text = "".join(parts)
    if not text:
        raise SourceError("holds no text, only pictures perhaps:", hint="run text recognition (OCR) on it first")
    note = f"no text on page {', '.join(map(str, unread[:20]))}" if unread else ""
    document = Document.make(origin.uri, text, title=_title(reader) or origin.stem)
    return Loaded(document, sections=tuple(sections), note=note)


def _open(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many are encrypted with an empty password, which every viewer tries.
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError("is encrypted:", hint="remove the password")
        if not len(reader.pages):
            raise SourceError("is a PDF without pages")
        return reader
    except SourceError:
        raise
    except DependencyError as error:
        raise SourceError("is encrypted in a way that is not read:", hint="remove the password") from error
    except Exception as error:  # pypdf lets any error out that broken bytes provoke
        raise SourceError(f"is a broken PDF: {str(error) or type(error).__name__}") from error


def flow(text: str) -> str:
    """A page's lines as running text: words parted at a line end are whole again, and a full line goes on in the
    next; short lines (headings, the last line of a paragraph) keep their end."""
    lines = [line.strip() for line in _HYPHEN.sub("", text).split("\n")]
    longest = max(map(len, lines), default=0)
    joined: list[str] = []
    for place, line in enumerate(lines):
        joined.append(line)
        after = lines[place + 1] if place + 1 < len(lines) else ""
        goes_on = line and after and (after[0].islower() or (len(line) > 0.6 * longest and not line.endswith(".")))
        joined.append(" " if goes_on else "\n")
    return re.sub(r"\n{3,}", "\n\n", "".join(joined)).strip()


def _title(reader: PdfReader) -> str:
    try:
        title = reader.metadata.title if reader.metadata else None
        return clean(title).strip() if isinstance(title, str) else ""
    except Exception:  # the title is not worth losing the document for
        return ""
