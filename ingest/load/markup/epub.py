"""E-books in the EPUB format: their chapters in reading order, read as web pages."""

from __future__ import annotations

from urllib.parse import unquote

from clew.graph.errors import SourceError
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.markup.html import write_page
from clew.ingest.load.office.package import archive_of, attribute, beside, local, opened, parsed
from clew.ingest.load.text_builder import TextBuilder

_PAGES = {"application/xhtml+xml", "text/html"}


def read(origin: Origin) -> Loaded:
    """One document of all chapters; the table of contents, which repeats their titles, is left out."""
    builder, named = opened(origin, "EPUB", "e-book", _read)
    return builder.loaded(origin, title=named)


def _read(data: bytes) -> tuple[TextBuilder, str]:
    builder = TextBuilder()
    with archive_of(data) as part:
        if part("META-INF/rights.xml"):
            raise SourceError("is protected against copying and cannot be read")
        roots = [node for node in parsed(part("META-INF/container.xml")).iter() if local(node) == "rootfile"]
        if not roots:
            raise SourceError("is an e-book without contents")
        place = attribute(roots[0], "full-path")
        book = parsed(part(place))
        items = {attribute(node, "id"): node for node in book.iter() if local(node) == "item"}
        for reference in (node for node in book.iter() if local(node) == "itemref"):
            item = items.get(attribute(reference, "idref"))
            if item is None or "nav" in attribute(item, "properties").split():
                continue
            page = part(beside(place, unquote(attribute(item, "href"))))
            if attribute(item, "media-type") in _PAGES and page:
                write_page(page.decode("utf-8-sig", "replace"), builder)
            else:
                builder.losses["chapters of a kind that is not read"] += 1
    title = next((node.text or "" for node in book.iter() if local(node) == "title"), "")
    return builder, " ".join(title.split())
