"""One function for each format of a single document; what needs a library is in a file of its own."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.apart.reader import KINDS, read_apart
from clew.ingest.load.decode import closed_comments, open_bytes, read_text
from clew.ingest.load.items import Loaded, Origin, Problem, Section
from clew.ingest.load.ready_triples import is_triples, read_triples
from clew.ingest.load.threads.transcript import transcript

_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_CLOSING = re.compile(r"[ \t]#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_IMAGE = re.compile(r"!\[([^\[\]]{0,2000})\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,200}\])")
_LINK = re.compile(
    r"\[([^\[\]]{1,2000})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[[^\[\]]{0,200}\])"
)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_STARS = re.compile(r"(\*{1,3})(?=[^\s*])([^*\n]{1,1000}?)(?<=[^\s*])\1")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_\n]{1,1000}?)(?<=[^\s_])\1(?!\w)")
_CODE = re.compile(r"`([^`\n]{1,1000})`")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_][\w-]*):[ \t]+(\S.*)")


def read_txt(origin: Origin) -> Iterator[Loaded | Problem]:
    """Plain text: one document, or ready triples where its header or the caller says so."""
    if is_triples(origin):
        yield from read_triples(origin)
        return
    text, note = read_text(origin.path)
    talk = None if origin.plain else transcript(origin, text)
    yield talk or Loaded(Document.make(origin.uri, text, title=origin.stem), note=note)


def read_md(origin: Origin) -> Iterator[Loaded | Problem]:
    """Markdown: one document of its words, with its headings as sections and its front matter as metadata."""
    raw, note = read_text(origin.path)
    metadata, body = _front_matter(raw)
    text, sections = plain(body)
    if not text or text.isspace():
        raise SourceError("is empty")
    title = metadata.pop("title", "") or (sections[0].title if sections else origin.stem)
    yield Loaded(Document.make(origin.uri, text, title=title, metadata=metadata), sections=sections, note=note)


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


def read_single(origin: Origin) -> Iterator[Loaded | Problem]:
    """One document of the file, by the reader of its format; in a process of its own where that is native code."""
    if origin.kind in KINDS:
        yield read_apart(origin)
        return
    loaded: Loaded = importlib.import_module(SINGLE[origin.kind]).read(origin)
    yield loaded


def read_rdf(origin: Origin) -> Iterator[Loaded | Problem]:
    """RDF in any of its syntaxes: a document for every 1,000 statements."""
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


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The simple `key: value` lines of the front matter, and the text below it."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    pairs = (_PAIR.match(line) for line in match.group(1).split("\n"))
    return {pair.group(1).lower(): pair.group(2).strip().strip("\"'") for pair in pairs if pair}, text[match.end() :]


def plain(markdown: str) -> tuple[str, tuple[Section, ...]]:
    """The words of a Markdown text without its marks, line by line, and its headings. Fenced code stays as it is.

    Not a full Markdown reader: it takes away what would hide a sentence from its reader (marks of headings and
    emphasis, targets of links, comments) and leaves everything else. Takes linear time.
    """
    lines: list[str] = []
    sections: list[Section] = []
    length = 0
    for line, level in _lines(_COMMENT.sub("", closed_comments(markdown)).split("\n")):
        if level:
            sections.append(Section(length, line, level))
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines), tuple(sections)


def _lines(raw: list[str]) -> Iterator[tuple[str, int]]:
    """Lines without their marks, with the level of those that are headings (else 0)."""
    fence = ""
    following: Iterable[str] = [*raw[1:], ""]
    underlined = False
    for line, after in zip(raw, following, strict=True):
        opened = _FENCE.match(line)
        if underlined:
            underlined = False
            continue
        if opened and (not fence or opened.group(1) == fence):
            fence = "" if fence else opened.group(1)
            continue
        heading = None if fence else _HEADING.match(line)
        rule = None if fence or heading or not line.strip() or line.lstrip()[0] in "-*+>|#" else _UNDERLINE.match(after)
        if heading:
            yield _words(_CLOSING.sub("", heading.group(2)).strip()), len(heading.group(1))
        elif rule:
            underlined = True
            yield _words(line.strip()), 1 if rule.group(1)[0] == "=" else 2
        else:
            yield (line if fence else _words(line)), 0


def _words(line: str) -> str:
    for pattern, kept in ((_IMAGE, r"\1"), (_LINK, r"\1"), (_AUTOLINK, r"\1"), (_CODE, r"\1")):
        line = pattern.sub(kept, line)
    return _UNDERSCORES.sub(r"\2", _STARS.sub(r"\2", line))
