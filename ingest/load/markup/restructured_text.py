"""reStructuredText, by docutils: its words and structure without its marks. No file is included, nothing is run."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import Reporter

from clew.graph.errors import SourceError
from clew.ingest.load.decode import read_text
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.text_builder import TextBuilder, Words, words

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": Reporter.SEVERE_LEVEL + 1,
    "halt_level": Reporter.SEVERE_LEVEL + 1,
    "line_length_limit": 1_000_000,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "_disable_config": True,
}


def read(origin: Origin) -> Loaded:
    """One document of its words, with its blocks."""
    raw, note = read_text(origin.path)
    try:
        tree = publish_doctree(raw, settings_overrides=_SETTINGS)
    except Exception as error:  # docutils lets any error out that odd markup provokes
        raise SourceError(f"is broken reStructuredText: {error}") from error
    builder = TextBuilder()
    _Walk(builder, level=int(any(isinstance(node, nodes.title) for node in tree.children))).blocks(tree)
    return builder.loaded(origin, note=note)


@dataclass
class _Walk:
    builder: TextBuilder
    level: int = 0
    depth: int = 0
    quoted: int = 0
    mark: str = ""

    def blocks(self, parent: nodes.Element) -> None:
        """All blocks below the node are in the text."""
        for node in parent.children:
            reader = getattr(self, f"_{type(node).__name__}", None)
            if reader is not None:
                reader(node)
            elif isinstance(node, nodes.TextElement):
                self._paragraph(node)
            elif isinstance(node, nodes.Element):
                self.blocks(node)

    def _section(self, node: nodes.Element) -> None:
        self.level += 1
        self.blocks(node)
        self.level -= 1

    def _title(self, node: nodes.Element) -> None:
        self.builder.heading(words(node.astext()), max(self.level, 1))

    def _rubric(self, node: nodes.Element) -> None:
        self.builder.heading(words(node.astext()), self.level + 1)

    def _subtitle(self, node: nodes.Element) -> None:
        self.builder.heading(words(node.astext()), 2)

    def _paragraph(self, node: nodes.Element) -> None:
        said = words(node.astext())
        if self.mark:
            self.builder.item(said, level=self.depth, quoted=self.quoted, mark=self.mark)
            self.mark = ""
        else:
            self.builder.paragraph(said, quoted=self.quoted)

    def _list_item(self, node: nodes.Element) -> None:
        parent = node.parent
        ordered = isinstance(parent, nodes.enumerated_list)
        self.mark = f"{parent.index(node) + int(parent.get('start', 1))}." if ordered else "-"
        self.depth += 1
        self.blocks(node)
        self.depth -= 1
        self.mark = ""

    def _definition_list_item(self, node: nodes.Element) -> None:
        terms = [child for child in node.children if isinstance(child, nodes.term)]
        definitions = [child for child in node.children if isinstance(child, nodes.definition)]
        first = definitions[0].children[0] if definitions and definitions[0].children else None
        if terms and isinstance(first, nodes.paragraph):
            self.builder.pair(words(terms[0].astext()), words(first.astext()), quoted=self.quoted)
            definitions[0].remove(first)
        for definition in definitions:
            self.blocks(definition)

    def _field(self, node: nodes.Element) -> None:
        self.builder.pair(words(node.children[0].astext()), words(node.children[1].astext()), quoted=self.quoted)

    _option_list_item = _field

    def _docinfo(self, node: nodes.Element) -> None:
        for child in node.children:
            if isinstance(child, nodes.field):
                self._field(child)
            else:
                self.builder.pair(words(type(child).__name__.capitalize()), words(child.astext()))

    def _line_block(self, node: nodes.Element) -> None:
        said = "\n".join(line.astext() for line in node.findall(nodes.line))
        self.builder.paragraph(words(said, lines=True), quoted=self.quoted)

    def _block_quote(self, node: nodes.Element) -> None:
        self.quoted += 1
        self.blocks(node)
        self.quoted -= 1

    def _literal_block(self, node: nodes.Element) -> None:
        self.builder.code(node.astext())

    _doctest_block = _math_block = _literal_block

    def _table(self, node: nodes.Element) -> None:
        rows = list(node.findall(nodes.row))
        grid: list[list[Words | None]] = []
        below: dict[int, tuple[Words, int]] = {}
        for row in rows:
            line: list[Words | None] = []
            for entry in row.children:
                while len(line) in below:
                    said, more = below.pop(len(line))
                    if more > 1:
                        below[len(line)] = (said, more - 1)
                    line.append(said)
                said = words(" ".join(entry.astext().split()))
                for _ in range(entry.get("morecols", 0) + 1):
                    if entry.get("morerows", 0):
                        below[len(line)] = (said, entry["morerows"])
                    line.append(said)
            grid.append(line)
        self.builder.table(grid, header=sum(isinstance(row.parent, nodes.thead) for row in rows), quoted=self.quoted)

    def _image(self, node: nodes.Element) -> None:
        if node.get("alt"):
            self.builder.paragraph(words(node["alt"]))
        else:
            self.builder.losses["pictures without a description"] += 1

    def _comment(self, _: nodes.Element) -> None:
        """A comment is not for readers."""

    def _substitution_definition(self, _: nodes.Element) -> None:
        """It is read where it is used."""

    def _system_message(self, node: nodes.Element) -> None:
        """What docutils could not read, or would not include."""
        self.builder.losses["directives that are not read"] += 1
        for child in node.children:
            if isinstance(child, nodes.literal_block):
                self.builder.code(child.astext())

    def _problematic(self, node: nodes.Element) -> None:
        self.builder.paragraph(words(node.astext()), quoted=self.quoted)
