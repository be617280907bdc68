"""What a file's schema lets follow from what the file says of things: more general classes and properties, inverses,
and the classes of domains and ranges (a small part of OWL 2 RL)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from pyoxigraph import BlankNode, NamedNode, Store

from clew.graph.rdf.terms import TYPE, Term
from clew.ingest.load.rdf.schema import Schema
from clew.ingest.load.rdf.vocabulary import DOMAIN, OWL, RANGE, RDF, RDFS, Node, built_in

_SUBCLASS, _SUBPROPERTY = NamedNode(f"{RDFS}subClassOf"), NamedNode(f"{RDFS}subPropertyOf")
_EQUIVALENT, _SAME_PROPERTY = NamedNode(f"{OWL}equivalentClass"), NamedNode(f"{OWL}equivalentProperty")
_INVERSE, _SYMMETRIC = NamedNode(f"{OWL}inverseOf"), NamedNode(f"{OWL}SymmetricProperty")
_UNION, _INTERSECTION = NamedNode(f"{OWL}unionOf"), NamedNode(f"{OWL}intersectionOf")
_DISJOINT_UNION = NamedNode(f"{OWL}disjointUnionOf")
_FIRST, _REST = NamedNode(f"{RDF}first"), NamedNode(f"{RDF}rest")
_MOST_LOOKED_AT = 200  # statements about a resource that has no class

_Above = dict[Term, set[Term]]


class Inference:
    """The trees of classes and properties in one file, and which properties are inverse to which."""

    def __init__(self, schema: Schema) -> None:
        self._held = schema.held
        self._schema = schema
        self._classes = _class_tree(schema.held)
        self._properties = _property_tree(schema.held)
        self._inverse: _Above = defaultdict(set)
        for quad in schema.held.quads_for_pattern(None, _INVERSE, None):
            self._inverse[quad.subject].add(quad.object)
            self._inverse[quad.object].add(quad.subject)
        for quad in schema.held.quads_for_pattern(None, TYPE, _SYMMETRIC):
            self._inverse[quad.subject].add(quad.subject)

    def ancestors(self, kind: Term) -> list[NamedNode]:
        """The classes by name that this one is a kind of, itself not among them; nearest first."""
        return _upwards(kind, self._classes)

    def above(self, predicate: NamedNode) -> list[NamedNode]:
        """The properties that hold wherever this one does, itself not among them; nearest first."""
        return _upwards(predicate, self._properties)

    def inverses(self, predicate: NamedNode) -> list[NamedNode]:
        """The properties that hold the other way round wherever this one does."""
        found = (each for each in self._inverse.get(predicate, ()) if isinstance(each, NamedNode))
        return sorted(found, key=str)

    def implied(self, resource: Node) -> list[NamedNode]:
        """The classes that domains and ranges put this resource in."""
        if not self._schema.properties:
            return []
        found: set[NamedNode] = set()
        for quad in islice(self._held.quads_for_pattern(resource, None, None), _MOST_LOOKED_AT):
            found.update(self._only(quad.predicate, DOMAIN))
        for quad in islice(self._held.quads_for_pattern(None, None, resource), _MOST_LOOKED_AT):
            found.update(self._only(quad.predicate, RANGE))
        return sorted(found, key=str)

    def _only(self, predicate: NamedNode, places: Iterable[str]) -> Iterator[NamedNode]:
        """The class there, where it is one: several hold together in RDF Schema, and are a choice at schema.org."""
        if predicate in self._schema.properties:
            named = {
                quad.object
                for place in places
                for quad in self._held.quads_for_pattern(predicate, NamedNode(place), None)
            }
            (only,) = named if len(named) == 1 else (None,)
            if isinstance(only, NamedNode) and not built_in(only):
                yield only


def members(held: Store, cell: Term) -> list[Term]:
    """The members of an RDF list, up to where it breaks."""
    found: list[Term] = []
    seen: set[Term] = set()
    while isinstance(cell, BlankNode | NamedNode) and cell not in seen:
        seen.add(cell)
        first = next(held.quads_for_pattern(cell, _FIRST, None), None)
        rest = next(held.quads_for_pattern(cell, _REST, None), None)
        if first is None or rest is None:
            break
        found.append(first.object)
        cell = rest.object
    return found


def _class_tree(held: Store) -> _Above:
    """By class, those that it is a kind of. A class is a kind of whatever it is an intersection of, and the members
    of a union are kinds of it; expressions stand in the tree by their blank nodes."""
    above: _Above = defaultdict(set)
    for quad in held.quads_for_pattern(None, _SUBCLASS, None):
        above[quad.subject].add(quad.object)
    for quad in held.quads_for_pattern(None, _EQUIVALENT, None):
        above[quad.subject].add(quad.object)
        above[quad.object].add(quad.subject)
    for predicate in (_UNION, _DISJOINT_UNION):
        for quad in held.quads_for_pattern(None, predicate, None):
            for member in members(held, quad.object):
                above[member].add(quad.subject)
    for quad in held.quads_for_pattern(None, _INTERSECTION, None):
        above[quad.subject].update(members(held, quad.object))
    return above


def _property_tree(held: Store) -> _Above:
    above: _Above = defaultdict(set)
    for quad in held.quads_for_pattern(None, _SUBPROPERTY, None):
        above[quad.subject].add(quad.object)
    for quad in held.quads_for_pattern(None, _SAME_PROPERTY, None):
        above[quad.subject].add(quad.object)
        above[quad.object].add(quad.subject)
    return above


def _upwards(start: Term, above: Mapping[Term, set[Term]]) -> list[NamedNode]:
    seen, level, found = {start}, [start], []
    while level:
        level = sorted({each for node in level for each in above.get(node, ())} - seen, key=str)
        seen.update(level)
        found += [each for each in level if isinstance(each, NamedNode) and not built_in(each)]
    return found
