"""Quads to statements by name: lists are opened, reified statements become qualifiers, labels become aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store
from pyoxigraph import Triple as Quoted

from clew.graph.model import Value
from clew.graph.rdf.terms import TYPE, Term
from clew.ingest.load.rdf.expressions import Expressions
from clew.ingest.load.rdf.inference import Inference
from clew.ingest.load.rdf.names import Names, line
from clew.ingest.load.rdf.schema import Schema
from clew.ingest.load.rdf.statements import End, Statement
from clew.ingest.load.rdf.values import datatype, value
from clew.ingest.load.rdf.vocabulary import META, NAMING, OWL, RDF, SAME_AS

REIFIES, FIRST, REST, NIL, SUBJECT, PREDICATE, OBJECT = (
    NamedNode(RDF + name) for name in ("reifies", "first", "rest", "nil", "subject", "predicate", "object")
)
_ANNOTATED = tuple(NamedNode(f"{OWL}annotated{name}") for name in ("Source", "Property", "Target"))
_STATEMENTS = {NamedNode(RDF + "Statement"), NamedNode(f"{OWL}Axiom")}
_DENIED = tuple(NamedNode(OWL + name) for name in ("sourceIndividual", "assertionProperty"))
_DENIED_ENDS = tuple(NamedNode(OWL + name) for name in ("targetIndividual", "targetValue"))
_SILENT = {
    *(SAME_AS, REIFIES.value, FIRST.value, REST.value, SUBJECT.value, PREDICATE.value, OBJECT.value),
    *(name.value for name in (*_ANNOTATED, *_DENIED, *_DENIED_ENDS)),
}
INFERRED = "inferred"  # the qualifier that says how a statement follows
_MOST_MEMBERS = 100_000
_CONFIDENCE = {"confidence", "certainty", "probability", "has confidence"}
_FROM = {"start date", "start time", "valid from", "since"}
_TO = {"end date", "end time", "valid to", "until"}


def reify(held: Store) -> bool:
    """Statements in the words of RDF 1.1 (rdf:subject, rdf:predicate, rdf:object) and OWL (owl:annotatedSource and the
    like) are in RDF 1.2's too; true where any statement is said of another."""
    find = held.quads_for_pattern
    for subject, predicate, object_ in ((SUBJECT, PREDICATE, OBJECT), _ANNOTATED):
        for told in list(find(None, subject, None)):
            if isinstance(told.object, Literal):
                continue
            predicates, objects = (
                [quad.object for quad in find(told.subject, name, None)] for name in (predicate, object_)
            )
            if len(predicates) == len(objects) == 1 and isinstance(predicates[0], NamedNode):
                held.add(Quad(told.subject, REIFIES, Quoted(told.object, predicates[0], objects[0])))
    return next(find(None, REIFIES, None), None) is not None


@dataclass
class Rows:
    """Statements of quads, by the names and the scratch store of their file; `wrong` says which lists are broken."""

    held: Store
    names: Names
    reified: bool
    schema: Schema
    inference: Inference
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._expressions = Expressions(self.held, self.names)

    def of(self, quad: Quad) -> Iterator[Statement]:
        """What one quad states."""
        predicate = quad.predicate.value
        if predicate in _SILENT or isinstance(quad.subject, Quoted):
            return
        if predicate in NAMING and isinstance(quad.object, Literal):
            yield from self._alias(quad.subject, quad.object)
            return
        if quad.predicate == TYPE and isinstance(quad.object, NamedNode) and quad.object.value.startswith(META):
            return
        if self.reified and next(self.held.quads_for_pattern(quad.subject, REIFIES, None), None) is not None:
            return  # it is told as a qualifier
        facts = self._facts(quad.subject, quad.predicate, quad.object) if self.reified else {}
        graph = "" if isinstance(quad.graph_name, DefaultGraph) else self.names.id(quad.graph_name)
        for place, member in self._members(quad):
            position = {"position": str(place)} if place else {}
            told = self._statement(quad.subject, quad.predicate, member, graph=graph, qualifiers=position, **facts)
            yield told
            yield from self._implied(quad, member, told)

    def _implied(self, quad: Quad, said: Term, told: Statement) -> Iterator[Statement]:
        """What follows by the schema and is not stated itself; how it follows stands with it."""
        if quad.predicate == TYPE:
            for above in self.inference.ancestors(said):
                if not self._stated(quad.subject, TYPE, above):
                    why = f"{self._expressions.said(said)} is a kind of {self.names.name(above)}"
                    yield replace(told, tail=self._tail(above), qualifiers={**told.qualifiers, INFERRED: why})
            return
        name = told.relation
        for above in self.inference.above(quad.predicate):
            if not self._stated(quad.subject, above, said):
                why = f"{name} is a kind of {self.names.relation(above)}"
                yield replace(told, relation=self.names.relation(above), qualifiers={**told.qualifiers, INFERRED: why})
        if isinstance(told.tail, End):
            for inverse in self.inference.inverses(quad.predicate):
                if not self._stated(said, inverse, quad.subject):
                    how = {**told.qualifiers, INFERRED: f"inverse of {name}"}
                    relation = self.names.relation(inverse)
                    yield replace(told, head=told.tail, relation=relation, tail=told.head, qualifiers=how)

    def _stated(self, subject: Term, predicate: NamedNode, said: Term) -> bool:
        if not isinstance(subject, NamedNode | BlankNode):
            return False
        return next(self.held.quads_for_pattern(subject, predicate, said), None) is not None

    def denied(self) -> Iterator[Statement]:
        """What OWL's negative assertions deny."""
        find = self.held.quads_for_pattern
        for one in sorted(find(None, _DENIED[0], None), key=str):
            for predicate in find(one.subject, _DENIED[1], None):
                for end in (quad for name in _DENIED_ENDS for quad in find(one.subject, name, None)):
                    if isinstance(predicate.object, NamedNode):
                        yield self._statement(one.object, predicate.object, end.object, flags=("negated",))

    def unasserted(self) -> Iterator[Statement]:
        """Statements that others speak of and nobody makes; they are flagged as hedged."""
        quoted = {quad.object for quad in self.held.quads_for_pattern(None, REIFIES, None)}
        for triple in sorted((one for one in quoted if isinstance(one, Quoted)), key=str):
            subject, predicate, object_ = triple.subject, triple.predicate, triple.object
            if isinstance(subject, Quoted) or next(self.held.quads_for_pattern(subject, predicate, object_), None):
                continue
            facts = self._facts(subject, predicate, object_)
            yield self._statement(subject, predicate, object_, flags=("hedged",), **facts)

    def _alias(self, subject: Term, called: Literal) -> Iterator[Statement]:
        head, label = self._end(subject), line(called.value)
        if label and label != head.name:
            yield Statement(head, "", Value(label))

    def _end(self, resource: Any) -> End:
        return End(self.names.id(resource), self.names.name(resource), self.names.type(resource))

    def _statement(self, subject: Term, predicate: NamedNode, object_: Term, **facts: Any) -> Statement:
        tail: End | Value
        qualifiers = {**facts.pop("told", {}), **facts.pop("qualifiers", {})}
        if isinstance(object_, Literal):
            tail = value(object_)
            if kind := datatype(object_):
                qualifiers["datatype"] = kind
        elif isinstance(object_, Quoted):
            tail = Value(self.names.name(object_))
        else:
            tail = self._tail(object_)
        return Statement(self._end(subject), self.names.relation(predicate), tail, qualifiers=qualifiers, **facts)

    def _tail(self, resource: Term) -> End | Value:
        """The entity at the end; a class is a value there, unless the file tells of it as of a thing."""
        if self.schema.is_class(resource) and not self.schema.is_thing(resource):
            return Value(self._expressions.said(resource))
        return self._end(resource)

    def _facts(self, subject: Term, predicate: NamedNode, object_: Term) -> dict[str, Any]:
        """What is said of a statement: qualifiers, confidence, validity."""
        facts: dict[str, Any] = {"told": {}}
        quoted = Quoted(subject, predicate, object_)  # type: ignore[arg-type]
        for told in sorted(self.held.quads_for_pattern(None, REIFIES, quoted), key=lambda quad: str(quad.subject)):
            for quad in sorted(self.held.quads_for_pattern(told.subject, None, None), key=str):
                if quad.predicate.value not in _SILENT and quad.object not in _STATEMENTS:
                    self._qualify(facts, self.names.relation(quad.predicate), quad.object)
        return facts

    def _qualify(self, facts: dict[str, Any], name: str, said: Term) -> None:
        text = self.names.name(said)
        typed = value(said) if isinstance(said, Literal) else None
        if name in _CONFIDENCE and typed and typed.datatype == "number" and 0 <= float(typed.normal) <= 1:
            facts["confidence"] = float(typed.normal)
        elif name in _FROM and "valid_from" not in facts:
            facts["valid_from"] = typed.normal or text if typed else text
        elif name in _TO and "valid_to" not in facts:
            facts["valid_to"] = typed.normal or text if typed else text
        else:
            facts["told"][name] = f"{facts['told'][name]}; {text}" if name in facts["told"] else text

    def _members(self, quad: Quad) -> Iterator[tuple[int, Term]]:
        """The object, as number 0; or the members of the list that it begins, from 1."""
        cell: Term = quad.object
        first = self._one(cell, FIRST) if isinstance(cell, BlankNode) else None
        if first is None:
            if cell != NIL:
                yield 0, cell
            return
        seen: set[Term] = set()
        while cell != NIL:
            first, rest = self._one(cell, FIRST), self._one(cell, REST)
            if first is None or rest is None or cell in seen or len(seen) >= _MOST_MEMBERS:
                what = "comes back to itself" if cell in seen else "has no end"
                named = f"{self.names.name(quad.subject)} {self.names.relation(quad.predicate)}"
                self.wrong.append(f"has a list that {what} ({named}); its {len(seen):,} first members are kept")
                return
            seen.add(cell)
            yield len(seen), first
            cell = rest

    def _one(self, cell: Term, predicate: NamedNode) -> Term | None:
        if not isinstance(cell, BlankNode | NamedNode):
            return None
        return next((quad.object for quad in self.held.quads_for_pattern(cell, predicate, None)), None)
