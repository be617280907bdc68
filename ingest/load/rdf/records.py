"""RDF files: what they state becomes documents of ready triples, what Clew exported the documents that it was.

A file is read twice. First its statements go, in order, to a scratch file, and those that name things to a scratch
quad store; then the scratch file is read statement by statement, when all names are known. Memory holds 1,000
statements, the blank nodes and the owl:sameAs links. Nothing is fetched, and no other file is opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any

from pyoxigraph import BlankNode, Literal, Quad, RdfFormat, Store, parse
from pyoxigraph import Triple as Quoted

from clew.graph.model import Document
from clew.graph.rdf.exchange import Exported, scratch
from clew.graph.rdf.parse import quads
from clew.graph.rdf.terms import CLEW
from clew.ingest.load.decode import open_bytes
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.rdf.blank_nodes import Blanks
from clew.ingest.load.rdf.inference import Inference
from clew.ingest.load.rdf.names import Names, Same
from clew.ingest.load.rdf.rows import Rows, reify
from clew.ingest.load.rdf.schema import Schema
from clew.ingest.load.rdf.schema_rows import SchemaRows
from clew.ingest.load.rdf.statements import Statement, record
from clew.ingest.load.rdf.vocabulary import SAME_AS

STATEMENTS = 1000
_LONGEST_LITERAL = 1_000_000
_WRITTEN = 10_000  # quads handed to the scratch store at a time


def read_rdf(origin: Origin) -> Iterator[Loaded | Problem]:
    """Documents of 1,000 statements each in the order of the file, and a problem for each that cannot be read."""
    size = origin.path.stat().st_size * (8 if origin.path.suffix.lower() == ".gz" else 1)
    with scratch(size) as held, tempfile.TemporaryFile() as ordered:
        file = _File(origin, held, ordered)
        problems = 0
        for wrong in file.read():
            problems += 1
            yield Problem(f"{origin.uri}#{problems}", wrong)
        if Exported.is_in(held):
            yield from _exported(Exported(held))
        elif file.count:
            yield from file.documents()
        elif not problems:
            yield Problem(origin.uri, "holds no statements")


def _exported(found: Exported) -> Iterator[Loaded]:
    for kept in found.records():
        yield Loaded(kept.document, read=lambda *_, kept=kept: replace(kept, document=_without_text(kept.document)))


def _without_text(document: Document) -> Document:
    return replace(document, text="")


@dataclass
class _File:
    """One file on its way: the statements in `ordered`, those that name, list or reify in `held`."""

    origin: Origin
    held: Store
    ordered: IO[bytes]
    count: int = 0
    blanks: Blanks = field(default_factory=Blanks)
    same: Same = field(default_factory=Same)
    reified: bool = False
    numbers: dict[str, BlankNode] = field(default_factory=dict)

    def read(self) -> Iterator[str]:
        """All statements are in their places; yields what is wrong with the file."""
        with open_bytes(self.origin.path) as stream:
            found = quads(stream, self.origin.kind, base=self.origin.uri)
            kept: list[Quad] = []
            for quad in found:
                if isinstance(quad, str):
                    yield quad
                    continue
                if _is_huge(quad):
                    yield f"has a literal of over {_LONGEST_LITERAL:,} characters ({quad.predicate}); it is left out"
                    continue
                self._sort(quad, kept)
                if len(kept) >= _WRITTEN:
                    self.held.bulk_extend(kept)
                    kept.clear()
            self.held.bulk_extend(kept)
        self.reified = reify(self.held)

    def _sort(self, quad: Quad, kept: list[Quad]) -> None:
        self.count += 1
        quad = self._numbered(quad)
        self.blanks.see(quad)
        self.ordered.write(f"{quad} .\n".encode())
        kept.append(quad)
        if quad.predicate.value == SAME_AS:
            self.same.join(quad.subject, quad.object)

    def _numbered(self, quad: Quad) -> Quad:
        """The quad with its blank nodes numbered in order of appearance: the parser's own labels are random."""
        if not any(isinstance(part, BlankNode | Quoted) for part in (quad.subject, quad.object, quad.graph_name)):
            return quad
        subject, object_, graph = (self._number(part) for part in (quad.subject, quad.object, quad.graph_name))
        return Quad(subject, quad.predicate, object_, graph)

    def _number(self, part: Any) -> Any:
        if isinstance(part, BlankNode):
            return self.numbers.setdefault(part.value, BlankNode(f"b{len(self.numbers)}"))
        if isinstance(part, Quoted):
            return Quoted(self._number(part.subject), part.predicate, self._number(part.object))
        return part

    def documents(self) -> Iterator[Loaded | Problem]:
        """The statements in order, 1,000 to a document, those of the schema in documents of their own; then the
        problems met in them."""
        schema = Schema(self.held)
        inference = Inference(schema)
        blanks = self.blanks.ids()
        names = Names(self.held, blanks, self.same.representatives(), inference)
        rows = Rows(self.held, names, self.reified, schema, inference)
        apart = SchemaRows(self.origin, schema, names, blanks)
        waiting: list[Statement] = []
        first = 1
        for found in self._told(rows, schema):
            if isinstance(found, Quad):
                yield from apart.add(found)
                continue
            waiting.append(found)
            if len(waiting) == STATEMENTS:
                yield self._document(waiting, first)
                first += STATEMENTS
                waiting = []
        if waiting:
            yield self._document(waiting, first)
        yield from apart.rest()
        for number, wrong in enumerate(rows.wrong, start=1):
            yield Problem(f"{self.origin.uri}#list-{number}", wrong)

    def _told(self, rows: Rows, schema: Schema) -> Iterator[Statement | Quad]:
        """What the file tells of things, and the quads of its schema as they are."""
        self.ordered.seek(0)
        for quad in parse(self.ordered, RdfFormat.N_QUADS, lenient=True):
            if schema.says(quad):
                yield quad
            else:
                yield from rows.of(quad)
        yield from rows.unasserted()
        yield from rows.denied()

    def _document(self, rows: list[Statement], first: int) -> Loaded:
        """A document named by its place, so that a longer file has the same ones."""
        uri = f"{self.origin.uri}#statements={first}-{first + STATEMENTS - 1}"
        title = f"{self.origin.stem}, statements {first} to {first + len(rows) - 1}"
        document = Document.make(uri, "\n".join(told.row for told in rows), title=title)
        return Loaded(document, read=partial(record, statements=tuple(rows)), rows=True)


def _is_huge(quad: Quad) -> bool:
    said = quad.object
    return (
        isinstance(said, Literal)
        and len(said.value) > _LONGEST_LITERAL
        and not quad.predicate.value.startswith(CLEW)  # what Clew exported is taken back as it was
    )
