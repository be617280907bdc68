"""Links and task boxes in Markdown: found while it is parsed, so none in code, and placed in the plain text after it.

While the text is put together, a link is written between characters that Unicode keeps for no text at all; when it is
whole, they are taken out again, and where each link stands is known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from clew.ingest.structure.blocks import Block, Span

_OPEN, _SHOWN, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_SIGN = re.compile("[\ufdd0-\ufdd2]")
_MARK = re.compile("\ufdd0(\\d{1,9})\ufdd1|\ufdd2")
_LONGEST = 1_000
_RAW = re.compile(r"(!?)\[\[([^\[\]\n]{1,1000})\]\]")
_CHECKBOX = "task-list-item-checkbox"
_BLOCK_ID = re.compile(r"[ \t]\^[\w-]{1,40}[ \t]*$")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,300}?)(?<=\S)==")


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` is what a link shows. `target` is what it names, `kind` is `link`, `embed`, `path` (a relative
    link of plain Markdown), `page` (one to the web) or `task` (a box, of which `target` is the sign in it)."""

    kind: str
    target: str
    start: int = 0
    end: int = 0


@dataclass
class Marks:
    """A plug-in for one parse, and what it found."""

    found: list[Mark] = field(default_factory=list)

    def __call__(self, parser: MarkdownIt) -> None:
        """The parser reads wikilinks, and says where links and task boxes stand."""
        parser.inline.ruler.before("link", "wikilink", self._wikilink)
        parser.core.ruler.push("placed_links", self._placed)

    def _wikilink(self, state: StateInline, silent: bool) -> bool:
        embed = state.src.startswith("![[", state.pos)
        start = state.pos + (3 if embed else 2)
        if not embed and not state.src.startswith("[[", state.pos):
            return False
        end = state.src.find("]]", start, start + _LONGEST)
        inside = state.src[start:end] if end > 0 else ""
        if not inside.strip() or "\n" in inside or "[[" in inside:
            return False
        if not silent:
            token = state.push("wikilink", "", 0)
            token.content = self._written("embed" if embed else "link", *parts(inside))
        state.pos = end + 2
        return True

    def _written(self, kind: str, target: str, shown: str) -> str:
        self.found.append(Mark(kind, target))
        return f"{_OPEN}{len(self.found) - 1}{_SHOWN}{shown}{_CLOSE}"

    def _raw(self, match: re.Match[str]) -> str:
        """A link in a paragraph that was too long to be parsed."""
        return self._written("embed" if match.group(1) else "link", *parts(match.group(2)))

    def _placed(self, state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline" and token.children:
                self._children(token.children)

    def _children(self, tokens: list[Token]) -> None:
        opened = False
        for place, token in enumerate(tokens):
            last = place + 1 == len(tokens) or tokens[place + 1].type in {"softbreak", "hardbreak"}
            if token.type == "link_open":
                mark = _of_address(str(token.attrGet("href") or ""))
                opened = mark is not None
                if mark is not None:
                    self.found.append(mark)
                    token.content = f"{_OPEN}{len(self.found) - 1}{_SHOWN}"
            elif token.type == "link_close" and opened:
                token.content = _CLOSE
                opened = False
            elif token.type == "html_inline" and _CHECKBOX in token.content:
                done = "checked" in token.content.replace(_CHECKBOX, "").replace("checkbox", "")
                tokens[place] = Token("task", "", 0, content=self._written("task", "x" if done else " ", ""))
            elif token.type == "text":
                words = _BLOCK_ID.sub("", token.content) if last else token.content
                token.content = _RAW.sub(self._raw, _HIGHLIGHT.sub(r"\1", words))


def parts(inside: str) -> tuple[str, str]:
    """What a wikilink means and what it shows: `a|b` means a and shows b; `a#heading` shows a."""
    target, bar, shown = inside.partition("|")
    target = target.rstrip("\\").strip()
    own = re.split(r"[#^]", target, maxsplit=1)
    return target, (shown.strip() if bar and shown.strip() else own[0].rsplit("/", 1)[-1].strip() or target)


def _of_address(address: str) -> Mark | None:
    place = unquote(address)
    if place.startswith("[[") and place.endswith("]]"):
        return Mark("link", place[2:-2])
    scheme = urlsplit(address).scheme if ":" in address else ""
    if scheme:
        return Mark("page", address) if scheme in {"http", "https"} else None
    return Mark("path", place) if place and not place.startswith("#") else None


def without_signs(text: str) -> str:
    """The text, in which nothing can be taken for a mark of ours."""
    return _SIGN.sub("\ufffd", text)


class Placed:
    """A text without the marks: `text`, `marks` with their places, and `block` to move blocks of the marked text."""

    def __init__(self, marked: str, found: list[Mark]) -> None:
        self._from: list[int] = []  # places in the marked text behind which something was taken out
        self._cut: list[int] = []  # how much, all in all
        self.marks: list[Mark] = []
        pieces: list[str] = []
        at = cut = 0
        opened: list[tuple[int, int]] = []
        for match in _MARK.finditer(marked):
            pieces.append(marked[at : match.start()])
            place = match.start() - cut
            if match.group(1) is not None:
                opened.append((int(match.group(1)), place))
            elif opened:
                number, start = opened.pop()
                self.marks.append(replace(found[number], start=start, end=place))
            at = match.end()
            cut += match.end() - match.start()
            self._from.append(match.end())
            self._cut.append(cut)
        pieces.append(marked[at:])
        self.text = "".join(pieces)
        self.marks.sort(key=lambda mark: (mark.start, mark.end))

    def place(self, offset: int) -> int:
        """Where the character at this offset of the marked text stands."""
        number = bisect_left(self._from, offset + 1)
        return offset - (self._cut[number - 1] if number else 0)

    def span(self, span: Span) -> Span:
        """The span without the marks."""
        return self.place(span[0]), self.place(span[1])

    def block(self, block: Block) -> Block:
        """The block at its place in the text without marks."""
        start, end = self.span((block.start, block.end))
        return replace(
            block,
            start=start,
            end=end,
            key=self.span(block.key),
            value=self.span(block.value),
            rows=tuple(tuple(self.span(cell) for cell in row) for row in block.rows),
            silent=tuple(self.span(span) for span in block.silent),
        )


def raw_links(text: str) -> list[Mark]:
    """Links that stand in a text as they were written, as in front matter."""
    found = []
    for match in _RAW.finditer(text):
        target, shown = parts(match.group(2))
        start = text.find(shown, match.start(2), match.end(2))
        found.append(Mark("embed" if match.group(1) else "link", target, start, start + len(shown)))
    return found


__all__ = ["Mark", "Marks", "Placed", "parts", "raw_links", "without_signs"]
