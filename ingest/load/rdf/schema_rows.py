"""A file's schema as documents: its statements as rows for people and search, and as N-Triples in the metadata, from
which exports and ontologies take it again. It holds no mention and no triple: a schema is no data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from pyoxigraph import Triple as Quoted

from clew.graph.model import Document
from clew.graph.rdf.terms import SCHEMA, TYPE, Term
from clew.graph.store import DocumentRecord
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.rdf.expressions import Expressions
from clew.ingest.load.rdf.inference import members
from clew.ingest.load.rdf.names import Names, line, local_name, words
from clew.ingest.load.rdf.schema import Schema
from clew.ingest.load.rdf.vocabulary import NAMING, OWL

STATEMENTS = 1000
_LONGEST_LITERAL = 20_000
_IMPORTS, _MEMBERS = f"{OWL}imports", (f"{OWL}members", f"{OWL}distinctMembers")

_TRAITS = tuple(
    f"{name}Property"
    for name in ("Functional", "InverseFunctional", "Symmetric", "Asymmetric", "Transitive", "Reflexive", "Irreflexive")
)


@dataclass
class SchemaRows:
    """The statements of a file's schema on their way to documents."""

    origin: Origin
    schema: Schema
    names: Names
    blanks: Mapping[str, str]
    rows: list[str] = field(default_factory=list)
    quads: list[str] = field(default_factory=list)
    _documents: int = 0

    def __post_init__(self) -> None:
        self._expressions = Expressions(self.schema.held, self.names)

    def add(self, quad: Quad) -> Iterator[Loaded]:
        """The statement is in; yields a document that is full."""
        self.quads.append(f"{' '.join(self._written(part) for part in (quad.subject, quad.predicate, quad.object))} .")
        self.rows += [" | ".join(row) for row in self._row(quad)]
        if len(self.rows) >= STATEMENTS:
            yield self._document()

    def rest(self) -> Iterator[Loaded]:
        """The document of what is left."""
        if self.quads:
            yield self._document()

    def _row(self, quad: Quad) -> Iterator[tuple[str, str, str]]:
        subject, said = quad.subject, quad.object
        if quad.predicate.value in _MEMBERS:
            kinds = [each.object for each in self.schema.held.quads_for_pattern(subject, TYPE, None)]
            kind = words(local_name(str(kinds[0].value))) if kinds and isinstance(kinds[0], NamedNode) else "together"
            yield self._listed(said), "are", kind
        if not isinstance(subject, NamedNode):
            return
        name = self.names.name(subject)
        if quad.predicate.value in NAMING and isinstance(said, Literal):
            if (label := line(said.value)) and label != name:
                yield name, "also called", label
        elif isinstance(said, Literal):
            yield name, self.names.relation(quad.predicate), " ".join(said.value[:_LONGEST_LITERAL].split())
        elif quad.predicate == TYPE and isinstance(said, NamedNode):
            if said.value.removeprefix(OWL) in _TRAITS:  # that a class is a class says nothing to people
                yield name, "type", words(local_name(said.value))
        else:
            yield name, self.names.relation(quad.predicate), self._expressions.said(said)

    def _listed(self, cell: Term) -> str:
        return ", ".join(self._expressions.said(each) for each in members(self.schema.held, cell))

    def _written(self, part: Any) -> str:
        """The term in N-Triples; blank nodes go by ids that the file's order does not change."""
        if isinstance(part, BlankNode):
            return f"_:b{self.blanks.get(part.value, part.value)}"
        if isinstance(part, Quoted):
            return f"<<( {' '.join(map(self._written, (part.subject, part.predicate, part.object)))} )>>"
        return str(part)

    def _document(self) -> Loaded:
        first = self._documents * STATEMENTS + 1
        self._documents += 1
        text = "\n".join(self.rows) or "A schema without names"
        uri = f"{self.origin.uri}#schema={first}-{first + STATEMENTS - 1}"
        document = Document.make(
            uri, text, title=f"{self.origin.stem}, schema", metadata={SCHEMA: "\n".join(self.quads) + "\n"}
        )
        note = self._note() if self._documents == 1 else ""
        self.rows, self.quads = [], []
        return Loaded(
            document, note=note, read=lambda document, chunks: DocumentRecord(document, tuple(chunks)), rows=True
        )

    def _note(self) -> str:
        """What the file's schema holds, for the report."""
        classes, properties = (
            sum(isinstance(node, NamedNode) for node in nodes)
            for nodes in (self.schema.classes, self.schema.properties)
        )
        told = (
            f"is a schema of {_plural(classes, 'class', 'classes')} and {_plural(properties, 'property', 'properties')}"
        )
        imported = sorted(
            line(str(quad.object.value))
            for quad in self.schema.held.quads_for_pattern(None, NamedNode(_IMPORTS), None)
            if isinstance(quad.object, NamedNode | Literal)
        )
        return f"{told}; what it imports is not fetched ({', '.join(imported[:5])})" if imported else told


def _plural(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
