"""An ontology out of OWL or RDF Schema (W3C): classes, properties, domains, ranges, labels and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from clew.graph.rdf.parse import format_of, quads
from clew.ingest.ontology.ontology import Class, Ontology, Problem, Relation

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_CLASSES = {f"{_OWL}Class", f"{_RDFS}Class"}
_DATATYPE = f"{_OWL}DatatypeProperty"
_PROPERTIES = {f"{_OWL}ObjectProperty", _DATATYPE, f"{_RDF}Property"}
_ANYTHING = {f"{_OWL}Thing", f"{_RDFS}Resource"}
_VALUES = {
    **dict.fromkeys((f"{_XSD}{name}" for name in ("date", "dateTime", "gYear", "gYearMonth", "dateTimeStamp")), "date"),
    **dict.fromkeys(
        (
            f"{_XSD}{name}"
            for name in (
                "integer", "decimal", "float", "double", "int", "long", "short", "nonNegativeInteger", "positiveInteger"
            )
        ),
        "number",
    ),
    **dict.fromkeys(
        (f"{_XSD}string", f"{_RDFS}Literal", f"{_RDF}langString", f"{_XSD}anyURI", f"{_XSD}boolean"), "text"
    ),
}  # fmt: skip
_LOCAL = re.compile(r"[^/#:]+(?=[/#]*$)")

_Node = NamedNode | BlankNode
_Facts = dict[str, dict[str, list[object]]]


def from_rdf(stream: IO[bytes], name: str) -> tuple[Ontology, list[Problem]]:
    """What the file says of classes and relations, and what of it cannot be read."""
    return from_quads(quads(stream, format_of(name), base="file:///ontology"))


def from_quads(found: Iterable[Quad | str]) -> tuple[Ontology, list[Problem]]:
    """What these statements say of classes and relations; a string among them is a problem."""
    facts: _Facts = {}
    problems: list[Problem] = []
    for quad in found:
        if isinstance(quad, Quad):
            facts.setdefault(_id(quad.subject), {}).setdefault(quad.predicate.value, []).append(quad.object)
        else:
            place = re.match(r"line (\d+) ", quad)
            problems.append(Problem(quad[place.end() :] if place else quad, int(place[1]) if place else 0))
    names = {node: _name(node, parts) for node, parts in facts.items()}
    kinds = {node: {_id(kind) for kind in parts.get(f"{_RDF}type", ())} for node, parts in facts.items()}
    classes = tuple(
        Class(
            names[node],
            _others(parts, names[node]),
            tuple(_classes(facts, names, parts.get(f"{_RDFS}subClassOf", ()), parents=True)),
            _comment(parts),
            node,
        )
        for node, parts in facts.items()
        if kinds[node] & _CLASSES and not node.startswith("_:") and node not in _ANYTHING
    )
    relations = tuple(
        Relation(
            names[node],
            tuple(_classes(facts, names, parts.get(f"{_RDFS}domain", ()))),
            tuple(_classes(facts, names, parts.get(f"{_RDFS}range", ())))
            or (("text",) if _DATATYPE in kinds[node] else ()),
            _others(parts, names[node]),
            tuple(_inverses(facts, names, node)),
            _comment(parts),
            node,
        )
        for node, parts in facts.items()
        if kinds[node] & _PROPERTIES and not node.startswith("_:")
    )
    return Ontology(classes, relations), problems


def _id(node: object) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(getattr(node, "value", node))


def _texts(values: Iterable[object]) -> list[str]:
    """The texts in English or no language; those of other languages where there are no such ones."""
    found = [value for value in values if isinstance(value, Literal)]
    ours = [value for value in found if not value.language or value.language.lower().startswith("en")]
    return sorted({" ".join(value.value.split()) for value in ours or found} - {""})


def _labels(parts: dict[str, list[object]]) -> list[str]:
    return [
        text
        for label in (f"{_RDFS}label", f"{_SKOS}prefLabel", f"{_SKOS}altLabel")
        for text in _texts(parts.get(label, ()))
    ]


def _name(node: str, parts: dict[str, list[object]]) -> str:
    local = _LOCAL.search(node)
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local[0].replace("_", " ")) if local else node
    return next(iter(_labels(parts)), plain)


def _others(parts: dict[str, list[object]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in _labels(parts) if label != name))


def _comment(parts: dict[str, list[object]]) -> str:
    return " ".join(_texts(parts.get(f"{_RDFS}comment", ())))[:1000]


def _classes(facts: _Facts, names: dict[str, str], values: Iterable[object], *, parents: bool = False) -> Iterator[str]:
    """The names of these classes, of a union its members; what is no class by name (a restriction) is left out."""
    for value in values:
        node = _id(value)
        if node in _ANYTHING:
            continue
        if node.startswith("_:"):
            if not parents:
                for union in facts.get(node, {}).get(f"{_OWL}unionOf", ()):
                    yield from _classes(facts, names, _members(facts, _id(union)))
            continue
        local = _LOCAL.search(node)
        yield _VALUES.get(node) or names.get(node) or (local[0] if local else node)


def _members(facts: _Facts, node: str) -> Iterator[object]:
    seen: set[str] = set()
    while node in facts and node not in seen:
        seen.add(node)
        yield from facts[node].get(f"{_RDF}first", ())
        node = next((_id(rest) for rest in facts[node].get(f"{_RDF}rest", ())), "")


def _inverses(facts: _Facts, names: dict[str, str], node: str) -> Iterator[str]:
    """Names of what this is the inverse of, whichever of the two says so."""
    mine = [_id(each) for each in facts[node].get(f"{_OWL}inverseOf", ())]
    theirs = [
        other for other, parts in facts.items() if any(_id(each) == node for each in parts.get(f"{_OWL}inverseOf", ()))
    ]
    for other in dict.fromkeys(mine + theirs):
        if other in names:
            yield names[other]
            yield from _labels(facts[other])[1:]
