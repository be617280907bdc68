"""One function for each format of a single document; what needs a library is in a file of its own."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from clew.graph.errors import SourceError, require
from clew.graph.model import Document
from clew.ingest.load.apart.reader import KINDS, read_apart
from clew.ingest.load.decode import open_bytes, read_text
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.ready_triples import is_triples, read_triples
from clew.ingest.load.threads.transcript import transcript
from clew.ingest.structure.build import sections
from clew.ingest.structure.markdown import read_markdown
from clew.ingest.structure.plain import read_plain


def read_txt(origin: Origin) -> Iterator[Loaded | Problem]:
    """Plain text: one document, or ready triples where its header or the caller says so."""
    if is_triples(origin):
        yield from read_triples(origin)
        return
    text, note = read_text(origin.path)
    yield text_document(text, origin.uri, origin.stem, plain=origin.plain, note=note)


def text_document(text: str, uri: str, title: str, *, plain: bool = False, note: str = "") -> Loaded:
    """The document of a plain text: a conversation where it is one, unless `plain`; else prose with its structure."""
    talk = None if plain else transcript(text, uri, title)
    if talk is not None:
        return talk
    blocks = tuple(read_plain(text))
    document = Document.make(uri, text, title=title)
    return Loaded(document, sections=sections(text, blocks), note=note, blocks=blocks)


def read_md(origin: Origin) -> Iterator[Loaded | Problem]:
    """Markdown: one document of its words, with its headings as sections and its front matter as metadata too."""
    raw, note = read_text(origin.path)
    built = read_markdown(raw)
    text, blocks, headings = built.text, tuple(built.blocks), built.sections
    if not text or text.isspace():
        raise SourceError("is empty")
    pairs = [block for block in blocks if block.place == "front matter"]
    metadata = {block.name.lower(): text[slice(*block.value)] for block in reversed(pairs)}
    title = metadata.pop("title", "") or (headings[0].title if headings else origin.stem)
    document = Document.make(origin.uri, text, title=title, metadata=metadata)
    yield Loaded(document, sections=headings, note=note, blocks=blocks)


# Formats with a reader of their own, `read(origin)`; what such a reader imports is loaded only for them.
SINGLE = {
    "html": "clew.ingest.load.markup.html",
    "epub": "clew.ingest.load.markup.epub",
    "rst": "clew.ingest.load.markup.restructured_text",
    "org": "clew.ingest.load.markup.org",
    "tex": "clew.ingest.load.markup.tex",
    "code": "clew.ingest.load.markup.source_code",
    "pdf": "clew.ingest.load.pdf.read",
    "docx": "clew.ingest.load.office.docx",
    "pptx": "clew.ingest.load.office.pptx",
    "xlsx": "clew.ingest.load.office.xlsx",
    "opendocument": "clew.ingest.load.office.opendocument",
}

_LARGE_PAGE = 1 << 20  # bytes; the tree of a page takes fifty times as many


def read_single(origin: Origin) -> Iterator[Loaded | Problem]:
    """One document of the file, by the reader of its format; in a process of its own where that is native code, or
    takes memory that is many times the file's length."""
    if origin.kind in KINDS or (origin.kind == "html" and _may_be_large(origin.path)):
        yield read_apart(origin)
        return
    loaded: Loaded = importlib.import_module(SINGLE[origin.kind]).read(origin)
    yield loaded


def _may_be_large(path: Path) -> bool:
    return path.suffix.lower() == ".gz" or path.stat().st_size > _LARGE_PAGE


def read_rdf(origin: Origin) -> Iterator[Loaded | Problem]:
    """RDF in any of its syntaxes: a document for every 1,000 statements."""
    require("pyoxigraph", "Oxigraph", "rdf")
    from clew.ingest.load.rdf.records import read_rdf

    yield from read_rdf(origin)


def count_rdf(origin: Origin) -> int:
    """About how many documents an RDF file makes: 1,000 statements each, of some 70 bytes where they are no lines."""
    with open_bytes(origin.path) as stream:
        if origin.kind in {"ntriples", "nquads"}:
            return -(-sum(not line.isspace() for line in stream) // 1000)
        length = 0
        while block := stream.read(1 << 20):
            length += len(block)
    return max(1, length // 70_000)
