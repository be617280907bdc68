"""Web pages, by Beautiful Soup and Python's own parser."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean, closed_comments, read_text
from clew.ingest.load.items import Loaded, Origin, Section

_NEVER_SEEN = "script style nav noscript template svg iframe object head title button select textarea"
_APART = """
address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer
form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody tfoot thead tr ul
"""
_UNSEEN = frozenset(_NEVER_SEEN.split())
_BLOCKS = frozenset(_APART.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile(r"\s+")


def read(origin: Origin) -> Loaded:
    """One document of the words a visitor sees, a blank line between blocks; headings are sections."""
    raw, note = read_text(origin.path, html=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            soup = BeautifulSoup(_closed(raw), "html.parser")
        blocks = _Blocks()
        blocks.walk(soup)
    except (AssertionError, ValueError, RecursionError) as error:  # what html.parser raises on markup beyond repair
        raise SourceError(f"is broken HTML: {error}") from error
    text, sections = blocks.text()
    if not text:
        raise SourceError("holds no text")
    top = next((section.title for section in sections if section.level == 1), "")
    title = clean(_SPACES.sub(" ", soup.title.get_text()).strip()) if soup.title else ""
    document = Document.make(origin.uri, text, title=title or top or origin.stem)
    return Loaded(document, sections=sections, note=note)


class _Blocks:
    """Collects runs of text, each the content of one block."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, int]] = []
        self._run: list[str] = []
        self._level = 0

    def walk(self, root: Tag) -> None:
        """Goes through the tree with a stack of its own: pages may be nested deeper than Python's."""
        stack: list[PageElement | str] = list(reversed(root.contents))
        while stack:
            node = stack.pop()
            if isinstance(node, str) and not isinstance(node, NavigableString):
                self._end()  # a block's closing mark
            elif isinstance(node, NavigableString):
                if not isinstance(node, PreformattedString):
                    self._run.append(str(node))
            elif isinstance(node, Tag) and not _hidden(node):
                self._open(node, stack)

    def _open(self, tag: Tag, stack: list[PageElement | str]) -> None:
        if tag.name == "br":
            self._run.append(" ")
        elif tag.name in {"td", "th"} and self._run:
            self._run.append(" | ")
        if tag.name in _BLOCKS:
            self._end()
            self._level = _HEADINGS.get(tag.name, 0)
            stack.append("")
        stack.extend(reversed(tag.contents))

    def _end(self) -> None:
        words = clean(_SPACES.sub(" ", "".join(self._run)).strip())
        if words and any(letter.isalnum() for letter in words):
            self._blocks.append((words, self._level))
        self._run.clear()
        self._level = 0

    def text(self) -> tuple[str, tuple[Section, ...]]:
        """All blocks as one text, and the headings among them."""
        self._end()
        sections, length = [], 0
        for words, level in self._blocks:
            if level:
                sections.append(Section(length, words, level))
            length += len(words) + 2
        return "\n\n".join(words for words, _ in self._blocks), tuple(sections)


def _closed(raw: str) -> str:
    """The page without tags and comments that never end, on which Python's parser takes quadratic time."""
    before, end, after = closed_comments(raw).rpartition(">")
    return before + end + after.replace("<", "&lt;")


def _hidden(tag: Tag) -> bool:
    style = tag.get("style")
    shown = not (isinstance(style, str) and re.search(r"display\s*:\s*none", style, re.IGNORECASE))
    return tag.name in _UNSEEN or tag.has_attr("hidden") or not shown
