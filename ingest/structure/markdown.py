"""Markdown to plain text and blocks, by markdown-it-py: the marks go, the structure stays as blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from clew.ingest.load.decode import closed_comments
from clew.ingest.structure.blocks import Span
from clew.ingest.structure.build import Builder
from clew.ingest.structure.front_matter import write_front_matter

_LONGEST_INLINE = 4_000  # longer paragraphs keep their marks: reading marks takes more than linear time
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read_markdown(markdown: str, *dialects: Callable[[MarkdownIt], None]) -> Builder:
    """The words of a Markdown text with its blocks. Front matter stands at the beginning as it is, code where it was;
    targets of links and comments are gone. Each of the `dialects` adds its rules to the parser; the `content` of a
    token that it makes is shown."""
    reader, parser = _Reader(), _parser()
    for dialect in dialects:
        parser.use(dialect)
    reader.read(parser.parse(closed_comments(markdown)))
    return reader.built


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state: StateCore) -> None:
    """The rule of the same name, but for paragraphs too long for it."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if len(token.content) > _LONGEST_INLINE:
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


@dataclass
class _Words:
    """The words of inline tokens, with what is struck in them as offsets."""

    text: str = ""
    silent: list[Span] = field(default_factory=list)


@dataclass
class _Reader:
    built: Builder = field(default_factory=Builder)
    lists: list[str] = field(default_factory=list)  # the mark of each list that is open; "" once it was used
    quoted: int = 0
    heading: int = 0
    rows: list[list[str]] = field(default_factory=list)
    header: int = 0
    cell: bool = False
    part: str = ""  # "dt" or "dd" while one is open
    term: str = ""

    def read(self, tokens: Sequence[Token]) -> None:
        """Each token is dealt with by the method of its name; those without one show nothing."""
        for token in tokens:
            handler = getattr(self, f"_{token.type}", None)
            if handler is not None:
                handler(token)

    def _front_matter(self, token: Token) -> None:
        write_front_matter(self.built, token.content)

    def _heading_open(self, token: Token) -> None:
        self.heading = int(token.tag[1:])

    def _heading_close(self, _: Token) -> None:
        self.heading = 0

    def _list_item_open(self, token: Token) -> None:
        self.lists.append(f"{token.info}{token.markup} " if token.info else "- ")

    def _list_item_close(self, _: Token) -> None:
        self.lists.pop()

    def _blockquote_open(self, _: Token) -> None:
        self.quoted += 1

    def _blockquote_close(self, _: Token) -> None:
        self.quoted -= 1

    def _fence(self, token: Token) -> None:
        if token.content.strip():
            self.built.code(token.content.rstrip("\n"))

    _code_block = _fence

    def _html_block(self, token: Token) -> None:
        words = html.unescape(_TAG.sub(" ", _COMMENT.sub("", closed_comments(token.content))))
        for part in re.split(r"\n\s*\n", words):
            if part.strip():
                self.built.paragraph(part.strip(), quoted=self.quoted)

    def _table_open(self, _: Token) -> None:
        self.rows, self.header = [], 0

    def _tr_open(self, _: Token) -> None:
        self.rows.append([])

    def _thead_close(self, _: Token) -> None:
        self.header = len(self.rows)

    def _th_open(self, _: Token) -> None:
        self.cell = True
        self.rows[-1].append("")

    _td_open = _th_open

    def _th_close(self, _: Token) -> None:
        self.cell = False

    _td_close = _th_close

    def _table_close(self, _: Token) -> None:
        if any(map(any, self.rows)):
            empty = self.header and not any(map(any, self.rows[: self.header]))
            rows = self.rows[self.header :] if empty else self.rows
            self.built.table(rows, header=0 if empty else self.header, quoted=self.quoted)

    def _dt_open(self, _: Token) -> None:
        self.part = "dt"

    def _dt_close(self, _: Token) -> None:
        self.part = ""

    def _dd_open(self, _: Token) -> None:
        self.part = "dd"

    _dd_close = _dt_close

    def _inline(self, token: Token) -> None:
        words = inline_words(token.children or [])
        if self.cell:
            self.rows[-1][-1] = words.text
        elif not words.text.strip():
            return
        elif self.heading:
            self.built.heading(" ".join(words.text.split()), self.heading)
        elif self.part == "dt":
            self.term = " ".join(words.text.split())
        elif self.part == "dd" and self.term:
            self.built.pair(self.term, " ".join(words.text.split()), quoted=self.quoted)
        else:
            self._prose(words)

    def _prose(self, words: _Words) -> None:
        mark, level = (self.lists[-1], len(self.lists)) if self.lists else ("", 0)
        if mark:
            self.lists[-1] = ""
            self.built.item(words.text, level=level, mark=mark, quoted=self.quoted, silent=words.silent)
        else:
            self.built.paragraph(words.text, quoted=self.quoted, silent=words.silent)


def inline_words(tokens: Sequence[Token]) -> _Words:
    """The words that inline tokens show; what is struck stays, and is known."""
    words, struck = _Words(), -1
    for token, shown in _shown(tokens):
        if token.type == "s_open":
            struck = len(words.text)
        elif token.type == "s_close" and struck >= 0:
            words.silent.append((struck, len(words.text)))
            struck = -1
        words.text += shown
    left = len(words.text) - len(words.text.lstrip())
    words.text = words.text.strip()
    size = len(words.text)
    words.silent = [(max(a - left, 0), min(b - left, size)) for a, b in words.silent if b > left]
    return words


def _shown(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield token, "\n"
        elif token.type == "image":
            yield token, inline_words(token.children or []).text
        elif token.type == "html_inline":
            yield token, "\n" if token.content.startswith("<br") else ""
        elif token.type == "footnote_ref":
            yield token, ""
        else:
            yield token, token.content


__all__ = ["inline_words", "read_markdown"]
