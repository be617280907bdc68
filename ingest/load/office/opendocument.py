"""OpenDocument files (odt, ods, odp) of LibreOffice and others: text, tables, slides, notes and comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clew.graph.errors import SourceError
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.office.package import Element, archive_of, attribute, local, opened, parsed
from clew.ingest.load.text_builder import TextBuilder, Words, words

_INLINE = {"span", "a", "meta", "ruby", "ruby-base", "meta-field", "title", "user-defined", "date", "time"}
_THROUGH = {
    "section",
    "index-body",
    "text",
    "group",
    "g",
    "spreadsheet",
    "presentation",
    "drawing",
    "text-box",
    "custom-shape",
}
_SKIPPED = {"tracked-changes", "sequence-decls", "forms", "ruby-text", "shapes", "dde-connection-decls", "settings"}
_HANGING = {"note", "annotation", "frame", "custom-shape", "text-box", "g"}
_CONTENTS = ("table-of-content", "illustration-index", "table-index", "alphabetical-index", "bibliography")
_WIDEST = 200  # times a cell or row is taken to be repeated
_DEEPEST = 40


def read(origin: Origin) -> Loaded:
    """One document of all that the file shows, with its blocks; tracked deletions are left out."""
    builder, named = opened(origin, "OpenDocument", "file", _read)
    return builder.loaded(origin, named)


def _read(data: bytes) -> tuple[TextBuilder, str]:
    builder = TextBuilder()
    with archive_of(data) as part:
        if b"encryption-data" in part("META-INF/manifest.xml"):
            raise SourceError("is encrypted:", hint="save it anew without a password")
        content = parsed(part("content.xml"))
        styles = parsed(part("styles.xml")) if part("styles.xml") else None
        meta = parsed(part("meta.xml")) if part("meta.xml") else None
    story = _Story(builder, _struck(content))
    margins = [] if styles is None else [node for node in styles.iter() if local(node) in {"header", "footer"}]
    _margins(story, [node for node in margins if local(node) == "header"])
    for body in (node for node in content if local(node) == "body"):
        for kind in body:
            story.blocks(kind)
    _margins(story, [node for node in margins if local(node) == "footer"])
    titles = [] if meta is None else [node.text or "" for node in meta.iter() if local(node) == "title"]
    return builder, next(iter(titles), "")


def _margins(story: _Story, nodes: list[Element]) -> None:
    """Headers or footers, each text once."""
    seen: set[str] = set()
    for node in nodes:
        said = " ".join("".join(node.itertext()).split())
        if said not in seen and sum(letter.isalpha() for letter in said) > 3:
            seen.add(said)
            story.blocks(node)


def _struck(content: Element) -> frozenset[str]:
    """The names of the styles that strike text through."""
    found = set()
    for style in content.iter():
        if local(style) == "style":
            lines = [attribute(one, "text-line-through-style") for one in style.iter()]
            if any(line not in {"", "none"} for line in lines):
                found.add(attribute(style, "name"))
    return frozenset(found)


@dataclass
class _Story:
    builder: TextBuilder
    struck: frozenset[str]
    quoted: int = 0
    depth: int = 0
    _nested: int = 0
    _hanging: list[Element] = field(default_factory=list)

    def blocks(self, container: Element) -> None:
        """All blocks of the container are in the text, in order."""
        self._nested += 1
        if self._nested > _DEEPEST:
            self.builder.losses["parts nested too deeply, left out"] += 1
        else:
            for element in container:
                self._block(element)
        self._nested -= 1

    def _block(self, element: Element) -> None:
        name = local(element)
        if name in _SKIPPED:
            self.builder.losses["tracked deletions left out"] += sum(local(one) == "deletion" for one in element.iter())
        elif name == "h":
            level = attribute(element, "outline-level")
            self.builder.heading(self._said(element), int(level) if level.isdigit() else 1)
        elif name == "p":
            self._paragraph(element)
        elif name in {"list", "list-item", "list-header"}:
            self.depth += name == "list"
            self.blocks(element)
            self.depth -= name == "list"
        elif name == "table":
            self._table(element)
        elif name == "page":
            self.builder.place(attribute(element, "name") or "slide")
            self._slide(element)
        elif name in _CONTENTS:
            self.builder.code("\n".join(" ".join("".join(one.itertext()).split()) for one in _of(element, "p")))
        elif name in {"frame", "note", "annotation"}:
            self._hang(element)
        elif name in _THROUGH or name in {"notes", "header", "footer"}:
            self.blocks(element)
            return
        self._hung()

    def _slide(self, page: Element) -> None:
        """The title of a slide is a heading, whatever frame it stands in."""
        titles = [frame for frame in page if attribute(frame, "class") == "title"]
        for frame in titles:
            for paragraph in _of(frame, "p"):
                self.builder.heading(self._said(paragraph), 1)
        for element in page:
            if not any(element is title for title in titles) and local(element) != "forms":
                self._block(element)

    def _paragraph(self, element: Element) -> None:
        said = self._said(element)
        if attribute(element, "style-name").casefold() == "title":
            self.builder.heading(said, 1)
        elif self.depth:
            self.builder.item(said, level=self.depth, quoted=self.quoted)
        else:
            self.builder.paragraph(said, quoted=self.quoted)

    def _hung(self) -> None:
        waiting, self._hanging = self._hanging, []
        for element in waiting:
            self._hang(element)

    def _hang(self, element: Element) -> None:
        """A note, comment, picture or text box, after the block that it hangs on."""
        name, depth = local(element), self.depth
        self.depth = 0
        if name == "annotation":
            author = next((one.text or "" for one in element if local(one) == "creator"), "")
            self.quoted += 1
            self.builder.paragraph(words(f"Comment by {author}:" if author else "Comment:"), quoted=self.quoted)
            self.blocks([one for one in element if local(one) in {"p", "list"}])
            self.quoted -= 1
        elif name == "note":
            for body in (one for one in element if local(one) == "note-body"):
                self.blocks(body)
        else:
            self._frame(element)
        self.depth = depth

    def _frame(self, element: Element) -> None:
        self.blocks([one for one in element if local(one) in {"text-box", "table"} or name_is_text(one)])
        shown = [" ".join((one.text or "").split()) for one in element if local(one) in {"desc", "title"}]
        kinds = {local(one) for one in element}
        if any(shown):
            self.builder.paragraph(words(next(filter(None, reversed(shown)))), quoted=self.quoted)
        elif "image" in kinds and not kinds & {"object", "text-box", "table"}:
            self.builder.losses["pictures without a description"] += 1
        if kinds & {"object", "object-ole"} and "table" not in kinds:
            self.builder.losses["embedded objects not read"] += 1

    def _said(self, element: Element) -> Words:
        """The words of a paragraph; what hangs on it waits."""
        said = Words(lines=True)
        stack: list[tuple[Element | str, bool]] = [(element, False)]
        while stack:
            node, struck = stack.pop()
            if isinstance(node, str):
                said.add(node, silent=struck)
                continue
            inner = self._inline(node, said, top=node is element)
            struck = struck or attribute(node, "style-name") in self.struck
            following: list[tuple[Element | str, bool]] = []
            if inner:
                following.append((node.text or "", struck))
                for child in node:
                    following += [(child, struck), (child.tail or "", struck)]
            stack += reversed(following)
        return said

    def _inline(self, node: Element, said: Words, *, top: bool) -> bool:
        """Whether the words inside the node are words of the paragraph."""
        name = local(node)
        if name in _HANGING and not top:
            self._hanging.append(node)
            return False
        if name in {"s", "tab"}:
            said.add(" ")
        elif name == "line-break":
            said.add("\n")
        return name not in _SKIPPED and name not in {"note", "change-start", "change-end", "change"} and bool(name)

    def _table(self, table: Element) -> None:
        name = attribute(table, "name")
        rows = list(_rows(table))
        sheet = local(table.getparent()) == "spreadsheet" if table.getparent() is not None else False
        if sheet:
            self.builder.place(name)
        grid: list[list[Words | None]] = []
        below: dict[int, tuple[Words, int]] = {}
        for row in rows:
            grid.append(self._row(row, below))
        header = sum(1 for row in rows if local(row.getparent()) == "table-header-rows")
        self.builder.table(grid, header=header or 1, quoted=self.quoted)

    def _row(self, row: Element, below: dict[int, tuple[Words, int]]) -> list[Words | None]:
        line: list[Words | None] = []
        for cell in row:
            if local(cell) == "covered-table-cell":
                said, more = below.get(len(line), (None, 0))
                if more > 1:
                    below[len(line)] = (said, more - 1)  # type: ignore[assignment]
                else:
                    below.pop(len(line), None)
                line.append(said if said is not None else line[-1] if line else None)
            elif local(cell) == "table-cell":
                said = self._cell(cell)
                high = _count(cell, "number-rows-spanned")
                for _ in range(_count(cell, "number-columns-spanned") if high > 1 else 0):
                    below[len(line)] = (said, high - 1)
                line += [said if said.text else None] * _count(cell, "number-columns-repeated")
        return line

    def _cell(self, cell: Element) -> Words:
        said = Words()
        for paragraph in _of(cell, "p", "h"):
            said.add(" " if said.text else "")
            one = self._said(paragraph)
            at = 0
            for start, end in [*one.silent, (len(one.text), len(one.text))]:
                said.add(one.text[at:start])
                said.add(one.text[start:end], silent=True)
                at = end
        return said


def name_is_text(element: Element) -> bool:
    """Whether a frame shows the element's paragraphs itself."""
    return local(element) in {"p", "list"}


def _of(element: Element, *names: str) -> Iterator[Element]:
    """The outermost elements of these names, within tables and lists too."""
    stack = list(reversed(element))
    while stack:
        node = stack.pop()
        if local(node) in names:
            yield node
        elif local(node) not in {"annotation", "note"}:
            stack += reversed(node)


def _rows(table: Element) -> Iterator[Element]:
    """The rows that say anything, those in groups and headers included."""
    stack = list(reversed(table))
    while stack:
        node = stack.pop()
        if local(node) == "table-row":
            if "".join(node.itertext()).strip():
                yield node
        elif local(node) in {"table-header-rows", "table-rows", "table-row-group"}:
            stack += reversed(node)


def _count(cell: Element, name: str) -> int:
    value = attribute(cell, name)
    return min(int(value), _WIDEST) if value.isdigit() and int(value) > 0 else 1
