"""Web pages, by Beautiful Soup and Python's own parser."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean, closed_comments, read_text
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.markup.html_blocks import Page
from clew.ingest.load.text_builder import TextBuilder, told

_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"\w+")


def read(origin: Origin) -> Loaded:
    """One document of the words a visitor sees, with its blocks; navigation is left out and counted."""
    raw, note = read_text(origin.path, html=True)
    builder = TextBuilder()
    title = write_page(raw, builder)
    if not builder.text:
        left_out = told(builder.losses)
        raise SourceError(f"holds no text that can be read: {left_out}" if left_out else "holds no text")
    top = next((section.title for section in builder.sections if section.level == 1), "")
    said = set(_WORDS.findall(builder.text.casefold()))
    borne_out = any(word in said for word in _WORDS.findall(title.casefold()))
    return builder.loaded(origin, note=note, title=title if title and (borne_out or not top) else top or origin.stem)


def write_page(raw: str, builder: TextBuilder) -> str:
    """The page's words are in the builder; returns its title. Raises SourceError where it is beyond repair."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            soup = BeautifulSoup(_closed(raw), "html.parser")
        Page(builder, has_main=soup.find(["main", "article"]) is not None).walk(soup)
    except (AssertionError, ValueError, RecursionError) as error:  # what html.parser raises on markup beyond repair
        raise SourceError(f"is broken HTML: {error}") from error
    return clean(_SPACES.sub(" ", soup.title.get_text()).strip()) if soup.title else ""


def _closed(raw: str) -> str:
    """The page without tags and comments that never end, on which Python's parser takes quadratic time."""
    before, end, after = closed_comments(raw).rpartition(">")
    return before + end + after.replace("<", "&lt;")
