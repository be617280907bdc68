"""The words of RDF's vocabularies that a file is read by."""

from __future__ import annotations

from typing import TypeAlias

from pyoxigraph import BlankNode, NamedNode

Node: TypeAlias = NamedNode | BlankNode

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SHACL = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_DC = ("http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.1/")
_SCHEMA = ("https://schema.org/", "http://schema.org/")
_FOAF = "http://xmlns.com/foaf/0.1/"

SAME_AS = f"{OWL}sameAs"
NAMES = (  # the first that a resource has names it
    f"{SKOS}prefLabel",
    f"{RDFS}label",
    *(f"{space}name" for space in _SCHEMA),
    f"{_FOAF}name",
    *(f"{space}title" for space in _DC),
)
ALIASES = (
    f"{SKOS}altLabel",
    f"{SKOS}hiddenLabel",
    *(f"{space}alternateName" for space in _SCHEMA),
    f"{_FOAF}nick",
)
DESCRIPTIONS = frozenset(
    (
        f"{RDFS}comment",
        f"{SKOS}definition",
        *(f"{space}description" for space in (*_DC, *_SCHEMA)),
        "http://dbpedia.org/ontology/abstract",
    )
)
META = (RDF, RDFS, OWL, SKOS)  # classes of these say what a resource is to RDF, not to people
NAMING = frozenset((*NAMES, *ALIASES))
DOMAIN = (f"{RDFS}domain", *(f"{space}domainIncludes" for space in _SCHEMA))
RANGE = (f"{RDFS}range", *(f"{space}rangeIncludes" for space in _SCHEMA))


def built_in(node: object) -> bool:
    """A term of RDF, RDF Schema, OWL, SHACL or XML Schema: a part of every schema, and told of by none."""
    return isinstance(node, NamedNode) and node.value.startswith((RDF, RDFS, OWL, SHACL, XSD))
