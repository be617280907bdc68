"""The blocks of a web page as a visitor sees them: headings, paragraphs, lists, definitions, tables, forms, code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from clew.ingest.load.decode import clean
from clew.ingest.load.markup.html_tables import cells_of, is_layout
from clew.ingest.load.text_builder import TextBuilder, Words, words

_APART = """
address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer
form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre search section summary table
tbody td tfoot th thead tr ul
"""
_NEVER_SEEN = "script style noscript template head title button datalist rp rt annotation annotation-xml"
_INPUTS = "text email number date tel url search month week time datetime-local color range"
_UNSEEN = frozenset(_NEVER_SEEN.split())
_EMBEDDED = frozenset({"iframe", "object", "embed", "canvas", "video", "audio", "applet"})
_TYPED = frozenset(_INPUTS.split())
_BLOCKS = frozenset(_APART.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STRUCK = frozenset({"del", "s", "strike"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_SHELLS = frozenset({"header", "footer", "aside"})
_CONTENT = frozenset({"main", "article"})
_GUIDES = frozenset(["navigation", "search", "menu", "menubar", "toolbar", "tablist"])
_SPACES = re.compile(r"\s+")
_LEAST_LINKS = 3  # of a list that is nothing but links
_Kind = Literal["", "heading", "item", "dt", "dd"]


@dataclass
class _State:
    """What holds where the walk is; a tag that changes it puts the old one back when it ends."""

    kind: _Kind = ""
    level: int = 0
    mark: str = "-"
    depth: int = 0
    quoted: int = 0
    silent: bool = False
    content: bool = False
    shell: bool = False


@dataclass
class Page:
    """Reads a page into the builder, with a stack of its own: pages may be nested deeper than Python's."""

    builder: TextBuilder
    has_main: bool = False
    state: _State = field(default_factory=_State)
    said: Words = field(default_factory=lambda: Words(lines=True))
    term: Words = field(default_factory=Words)
    _numbers: list[int] = field(default_factory=list)

    def walk(self, root: Tag) -> None:
        """All that the tag holds is read."""
        stack: list[PageElement | Callable[[], None]] = list(reversed(root.contents))
        while stack:
            node = stack.pop()
            if isinstance(node, NavigableString):
                if not isinstance(node, PreformattedString):
                    self.said.add(_SPACES.sub(" ", str(node)), silent=self.state.silent)
            elif isinstance(node, Tag):
                if not self._left_out(node):
                    self._open(node, stack)
            elif callable(node):
                node()
        self._end()

    def _left_out(self, tag: Tag) -> bool:
        if tag.name in _UNSEEN or is_hidden(tag):
            return True
        if tag.name in _EMBEDDED:
            self.builder.losses["embedded frames, films or sounds not read"] += 1
            return True
        if tag.name == "nav" or tag.get("role") in _GUIDES or self._only_links(tag):
            self.builder.losses["words of navigation left out"] += len(tag.get_text(" ").split())
            return True
        return False

    def _only_links(self, tag: Tag) -> bool:
        """Whether this is a list outside of the page's content that is nothing but links."""
        state = self.state
        outside = not state.content and (self.has_main or state.shell)
        if tag.name not in _LISTS or not outside or state.depth:
            return False
        links = tag.find_all("a", href=True)
        linked = sum(len("".join(link.get_text().split())) for link in links)
        return len(links) >= _LEAST_LINKS and linked >= len("".join(tag.get_text().split()))

    def _open(self, tag: Tag, stack: list[PageElement | Callable[[], None]]) -> None:
        reader = getattr(self, f"_{tag.name}", None)
        if tag.name == "pre":
            self._code(tag)
        elif tag.name == "table" and not is_layout(tag):
            self._end()
            for caption in tag.find_all("caption", limit=1):
                self.builder.paragraph(self._cell(caption), quoted=self.state.quoted)
            rows, header = cells_of(tag, self._cell)
            self.builder.table(rows, header=header, quoted=self.state.quoted)
        elif reader is not None:
            reader(tag)
        else:
            self._enter(tag, stack)

    def _enter(self, tag: Tag, stack: list[PageElement | Callable[[], None]]) -> None:
        """What the tag holds is read next, in the state that it brings about."""
        apart, before = tag.name in _BLOCKS, self.state
        if apart:
            self._end()
            self.state = self._inside(tag)
        elif tag.name in _STRUCK:
            self.state = _State(**{**vars(before), "silent": True})
        if tag.name in _LISTS:
            self._numbers.append(_number(tag.get("start"), 1) if tag.name == "ol" else -1)

        def leave() -> None:
            if apart:
                self._end()
            if tag.name in _LISTS:
                self._numbers.pop()
            self.state = before

        stack.append(leave)
        stack.extend(reversed(tag.contents))

    def _inside(self, tag: Tag) -> _State:
        """The state within the block."""
        state = _State(**vars(self.state))
        if tag.name in _HEADINGS:
            state.kind, state.level = "heading", _HEADINGS[tag.name]
        elif tag.get("role") == "heading":
            state.kind, state.level = "heading", _number(tag.get("aria-level"), 2)
        elif tag.name == "li":
            state.kind, state.mark = "item", self._next_mark()
        elif tag.name in {"dt", "dd"}:
            state.kind = "dt" if tag.name == "dt" else "dd"
        elif tag.name in _LISTS:
            state.depth, state.kind = state.depth + 1, ""
        elif tag.name == "blockquote":
            state.quoted += 1
        elif tag.name in {"table", "td", "th"}:
            state.kind = ""
        state.content = state.content or tag.name in _CONTENT
        state.shell = state.shell or tag.name in _SHELLS
        return state

    def _next_mark(self) -> str:
        if not self._numbers or self._numbers[-1] < 0:
            return "-"
        self._numbers[-1] += 1
        return f"{self._numbers[-1] - 1}."

    def _end(self) -> None:
        """The words so far are a block."""
        said, state = self.said, self.state
        self.said = Words(lines=True)
        if not said:
            return
        if state.kind == "heading":
            self.builder.heading(said, state.level)
        elif state.kind == "item":
            self.builder.item(said, level=max(state.depth, 1), quoted=state.quoted, mark=state.mark)
            self.state.kind = ""  # a second paragraph of an item has no mark
        elif state.kind == "dt":
            self.term = said
        elif state.kind == "dd" and self.term:
            self.builder.pair(self.term, said, quoted=state.quoted)
        else:
            self.builder.paragraph(said, quoted=state.quoted)

    def _code(self, tag: Tag) -> None:
        self._end()
        self.builder.code(clean(tag.get_text()))

    def _br(self, _: Tag) -> None:
        self.said.add("\n")

    def _wbr(self, _: Tag) -> None:
        """A place where a word may be parted is no gap."""

    def _img(self, tag: Tag) -> None:
        shown = str(tag.get("alt") or "").strip()
        if shown:
            self.said.add(f" {shown} ", silent=self.state.silent)
        elif tag.get("alt") is None and tag.get("role") not in {"presentation", "none"}:
            self.builder.losses["pictures without a description"] += 1

    def _input(self, tag: Tag) -> None:
        kind = str(tag.get("type") or "text").casefold()
        if kind in {"checkbox", "radio"}:
            self.said.add("☒ " if tag.has_attr("checked") else "☐ ")
        elif kind in _TYPED:
            self._filled(str(tag.get("value") or ""))

    def _textarea(self, tag: Tag) -> None:
        self._filled(tag.get_text())

    def _select(self, tag: Tag) -> None:
        options = tag.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        self._filled(", ".join(option.get_text().strip() for option in chosen))

    def _filled(self, value: str) -> None:
        """What is filled in stands behind the words before it, its label."""
        if not value.strip():
            return
        label, self.said = self.said, Words(lines=True)
        self.builder.pair(label, words(value), quoted=self.state.quoted)

    def _cell(self, tag: Tag) -> Words:
        """The words of a table's cell, what stands in blocks of its own apart by blanks."""
        page = Page(TextBuilder(self.builder.losses), has_main=True)
        page.state = _State(silent=self.state.silent, content=True)
        page.walk(tag)
        said = Words()
        for block in page.builder.blocks:
            said.add(" " if said.text else "")
            at = block.start
            for start, end in [*block.silent, (block.end, block.end)]:
                said.add(page.builder.text[at:start])
                said.add(page.builder.text[start:end], silent=True)
                at = end
        return said


def is_hidden(tag: Tag) -> bool:
    """Whether the page says itself that the tag is not shown."""
    style = tag.get("style")
    return tag.has_attr("hidden") or (
        isinstance(style, str) and re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", style, re.I) is not None
    )


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else otherwise
