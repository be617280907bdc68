"""What of an RDF file is its schema (RDF Schema, OWL 2 and SHACL of the W3C): classes, properties and their rules,
apart from the things that the file tells of.

A class that facts are told of as of a thing (OWL 2 calls it punning) is a thing as well. Concepts of SKOS are things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from clew.graph.rdf.terms import TYPE, Term
from clew.ingest.load.rdf.vocabulary import (
    DESCRIPTIONS,
    DOMAIN,
    META,
    NAMING,
    OWL,
    RANGE,
    RDF,
    RDFS,
    SHACL,
    SKOS,
    Node,
    built_in,
)

_CLASS_TYPES = (
    *(OWL + name for name in ("Class", "Restriction", "DeprecatedClass", "DataRange")),
    *(RDFS + name for name in ("Class", "Datatype")),
)
_PROPERTY_TYPES = (
    f"{RDF}Property",
    f"{RDFS}ContainerMembershipProperty",
    *(f"{OWL}{kind}Property" for kind in ("Object", "Datatype", "Annotation", "Ontology", "Deprecated")),
    *(f"{OWL}{kind}Property" for kind in ("Functional", "InverseFunctional", "Symmetric", "Asymmetric")),
    *(f"{OWL}{kind}Property" for kind in ("Transitive", "Reflexive", "Irreflexive")),
)
_OTHER_TYPES = (
    *(OWL + name for name in ("Ontology", "AllDisjointClasses", "AllDisjointProperties", "AllDifferent")),
    *(SHACL + name for name in ("NodeShape", "PropertyShape")),
)
# Which ends of a statement are classes (c) or properties (p), by its predicate; what stands at "-" may be a thing.
_ENDS = {
    **dict.fromkeys((f"{RDFS}subClassOf", *(OWL + name for name in ("equivalentClass", "disjointWith"))), "cc"),
    **dict.fromkeys((OWL + name for name in ("complementOf", "someValuesFrom", "allValuesFrom", "onClass")), "cc"),
    **dict.fromkeys((OWL + name for name in ("unionOf", "intersectionOf", "disjointUnionOf", "oneOf")), "c-"),
    **dict.fromkeys((f"{RDFS}subPropertyOf", *(OWL + name for name in ("equivalentProperty", "inverseOf"))), "pp"),
    **dict.fromkeys((*DOMAIN, *RANGE), "pc"),
    f"{OWL}propertyDisjointWith": "pp",
    f"{OWL}propertyChainAxiom": "p-",
    f"{OWL}hasKey": "c-",
    f"{OWL}onProperty": "cp",
}
_ANNOTATION = NamedNode(f"{OWL}AnnotationProperty")
_ABOUT_TERMS = (  # vocabularies whose properties speak about a term, not of a thing
    *META,
    SHACL,
    *("http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.1/", "http://purl.org/vocab/vann/"),
    *("http://www.w3.org/2003/06/sw-vocab-status/ns#", "http://www.geneontology.org/formats/oboInOwl#"),
    "http://www.w3.org/ns/prov#",
)


class Schema:
    """The schema in the statements of one file."""

    def __init__(self, held: Store) -> None:
        self.held = held
        self.classes: set[Term] = set(self._typed(_CLASS_TYPES))
        self.properties: set[Term] = set(self._typed(_PROPERTY_TYPES))
        for predicate, ends in _ENDS.items():
            for quad in held.quads_for_pattern(None, NamedNode(predicate), None):
                for end, node in zip(ends, (quad.subject, quad.object), strict=True):
                    if isinstance(node, NamedNode | BlankNode) and end != "-" and not built_in(node):
                        (self.classes if end == "c" else self.properties).add(node)
        self.ontologies = set(self._typed((f"{OWL}Ontology",)))
        self._nodes = self.classes | self.properties | set(self._typed(_OTHER_TYPES))
        for quad in held.quads_for_pattern(None, NamedNode(f"{OWL}annotatedSource"), None):
            if quad.object in self._nodes:
                self._nodes.add(quad.subject)
        self._annotations = {quad.subject for quad in held.quads_for_pattern(None, TYPE, _ANNOTATION)}
        self._inner = self._parts()
        self.is_class = lru_cache(maxsize=50_000)(self._is_class)
        self.is_thing = lru_cache(maxsize=50_000)(self._is_thing)

    def _typed(self, kinds: Iterable[str]) -> Iterator[Node]:
        for kind in kinds:
            for quad in self.held.quads_for_pattern(None, TYPE, NamedNode(kind)):
                if isinstance(quad.subject, NamedNode | BlankNode) and not built_in(quad.subject):
                    yield quad.subject

    def _parts(self) -> set[Term]:
        """Blank nodes that only help to say what a class or property is: expressions, lists, notes."""
        found: set[Term] = set()
        waiting = [node for node in self._nodes if isinstance(node, NamedNode | BlankNode)]
        while waiting:
            for quad in self.held.quads_for_pattern(waiting.pop(), None, None):
                part = quad.object
                if isinstance(part, BlankNode) and part not in found and self._is_about_terms(quad.predicate):
                    found.add(part)
                    waiting.append(part)
        return found

    def _is_about_terms(self, predicate: NamedNode) -> bool:
        return predicate.value.startswith(_ABOUT_TERMS) or predicate.value in _ENDS or predicate in self._annotations

    def says(self, quad: Quad) -> bool:
        """The statement is one of the schema, not one of a thing."""
        subject, predicate = quad.subject, quad.predicate
        if not self._nodes or (predicate.value in _ENDS or subject in self._inner):
            return bool(self._nodes)
        if subject not in self._nodes:
            return False
        if not self.is_thing(subject) or quad.object in self._inner:
            return True
        if predicate == TYPE:
            return isinstance(quad.object, NamedNode) and built_in(quad.object)
        return predicate.value.startswith((OWL, RDFS)) and predicate.value not in NAMING | DESCRIPTIONS

    def _is_class(self, node: Term) -> bool:
        """The resource is a class, declared or by its members."""
        if node in self.classes:
            return True
        return isinstance(node, NamedNode) and next(self.held.quads_for_pattern(None, TYPE, node), None) is not None

    def _is_thing(self, node: Term) -> bool:
        """The file tells facts of this class or property as of a thing, or it is a concept of SKOS."""
        if not isinstance(node, NamedNode) or built_in(node):
            return False
        declared = node in self._nodes
        for quad in self.held.quads_for_pattern(node, None, None):
            if quad.predicate == TYPE:
                kind = str(getattr(quad.object, "value", ""))
                found = kind == f"{SKOS}Concept" or not (declared or kind.startswith(META))
            else:
                speaks = self._is_about_terms(quad.predicate) or quad.predicate.value in NAMING | DESCRIPTIONS
                found = not speaks and (not declared or self._is_told_of(quad.object))
            if found:
                return True
        return any(
            quad.predicate != TYPE
            and not self._is_about_terms(quad.predicate)
            and quad.subject not in self._nodes
            and quad.subject not in self._inner
            for quad in self.held.quads_for_pattern(None, None, node)
        )

    def _is_told_of(self, node: Term) -> bool:
        """The file says something of this resource, and not as of a part of its schema."""
        if not isinstance(node, NamedNode) or node in self._nodes:
            return False
        return next(self.held.quads_for_pattern(node, None, None), None) is not None
