"""RDF's words for Clew's: the vocabulary, the IRIs of nouns, and strings and numbers as literals.

Every IRI can be read back: an entity whose id is an IRI keeps it, anything else lives under `urn:clew:`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from pyoxigraph import BlankNode, Literal, NamedNode
from pyoxigraph import Triple as Quoted

from clew.graph.model import Value

Subject: TypeAlias = NamedNode | BlankNode | Quoted
Term: TypeAlias = NamedNode | BlankNode | Literal | Quoted

CLEW = "urn:clew:def#"
PREFIXES: Mapping[str, str] = {
    "clew": CLEW,
    "rel": "urn:clew:relation:",
    "ent": "urn:clew:entity:",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
BASE = NamedNode("urn:clew:base")
SCHEMA = "clew:schema"  # the key in a document's metadata: a schema as N-Triples
_OWN = "urn:clew:"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATES = (
    (re.compile(r"\d{4}"), "gYear"),
    (re.compile(r"\d{4}-\d\d"), "gYearMonth"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "date"),
)
_HEX = re.compile("(?:-[0-9A-F]{2})+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@lru_cache(maxsize=256)
def term(prefix: str, name: str) -> NamedNode:
    """The term of this name in the vocabulary of this prefix."""
    return NamedNode(PREFIXES[prefix] + name)


@lru_cache(maxsize=256)
def clew(name: str) -> NamedNode:
    """The term of this name in Clew's own vocabulary."""
    return NamedNode(CLEW + name)


TYPE = term("rdf", "type")
ESCAPED = clew("escaped")


def node(kind: str, id_: str) -> NamedNode:
    """The IRI of a document, chunk, mention, triple or source with this id."""
    return NamedNode(f"{_OWN}{kind}:{quote(id_, safe='', errors='surrogatepass')}")


def id_of(iri: Term) -> str:
    """The id that `node` made this IRI of."""
    return unquote(value_of(iri).split(":", 3)[3], errors="surrogatepass")


def entity_node(id_: str) -> NamedNode:
    """The IRI of the entity: its id where that is an IRI, else one under `urn:clew:entity:`."""
    if _IRI.fullmatch(id_) and not id_.startswith(_OWN):
        try:
            return NamedNode(id_)
        except ValueError:
            pass
    return node("entity", id_)


def entity_of(iri: Term) -> str:
    """The id of the entity with this IRI."""
    return id_of(iri) if value_of(iri).startswith(_OWN) else value_of(iri)


@lru_cache(maxsize=1 << 16)
def relation_node(name: str) -> NamedNode:
    """The IRI of the relation: spaces as `_`, other signs in hexadecimal, so that it is a name in any syntax."""
    local = "".join(map(_sign, name))
    return NamedNode(f"{PREFIXES['rel']}{local if local[:1].isalpha() else 'r.' + local}")


def _sign(sign: str) -> str:
    if sign == " ":
        return "_"
    if sign.isascii() and sign.isalnum():
        return sign
    return "".join(f"-{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def relation_of(iri: Term) -> str:
    """The name of the relation with this IRI."""
    local = value_of(iri).removeprefix(PREFIXES["rel"]).removeprefix("r.").replace("_", " ")
    return _HEX.sub(lambda run: bytes.fromhex(run[0].replace("-", "")).decode("utf-8", "surrogatepass"), local)


def text(value: str) -> Literal:
    """The string as a literal; one with characters that XML or UTF-8 cannot carry is written in JSON's escapes."""
    return Literal(json.dumps(value), datatype=ESCAPED) if _UNPRINTABLE.search(value) else Literal(value)


def listed(value: Any) -> Literal:
    """A list or mapping of strings, in order, as JSON in a literal."""
    return Literal(json.dumps(value))


def real(value: float) -> Literal:
    """The number as a literal that reads back to the same float."""
    return Literal(repr(float(value)), datatype=term("xsd", "double"))


def whole(value: int) -> Literal:
    """The integer as a literal."""
    return Literal(str(value), datatype=term("xsd", "integer"))


def text_of(literal: Term) -> str:
    """The string that `text` wrote."""
    if isinstance(literal, Literal) and literal.datatype == ESCAPED:
        return str(json.loads(literal.value))
    return value_of(literal)


def value_of(term_: Term) -> str:
    """The IRI or lexical form."""
    if isinstance(term_, Quoted):
        return str(term_)
    return term_.value


def literal(value: Value) -> Literal:
    """The value as a typed or tagged literal, equal for values of one meaning: dates, decimals, strings."""
    normal = value.normal or value.text
    if value.datatype == "date":
        kind = next((name for pattern, name in _DATES if pattern.fullmatch(normal)), "")
        return Literal(normal, datatype=term("xsd", kind)) if kind else _odd(normal, "date")
    if value.datatype == "number":
        return (
            Literal(normal, datatype=term("xsd", "decimal")) if _DECIMAL.fullmatch(normal) else _odd(normal, "number")
        )
    if value.datatype != "text":
        return _odd(normal, value.datatype)
    if _LANGUAGE.fullmatch(value.language) and not _UNPRINTABLE.search(normal):
        return Literal(normal, language=value.language)
    return text(normal)


def _odd(normal: str, datatype: str) -> Literal:
    return Literal(json.dumps([datatype, normal]), datatype=clew("value"))
