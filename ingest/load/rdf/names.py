"""What RDF's resources are called: names, aliases and types of entities, names of relations, ids.

A file's naming statements stand in a quad store, so that memory does not grow with the file; only owl:sameAs links
and blank nodes are held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode, Store
from pyoxigraph import Triple as Quoted

from clew.graph.rdf.terms import TYPE, Term
from clew.ingest.extract.types import TYPES
from clew.ingest.load.decode import clean
from clew.ingest.load.rdf.inference import Inference
from clew.ingest.load.rdf.vocabulary import ALIASES, DESCRIPTIONS, META, NAMES, SAME_AS

_LONGEST_NAME = 300
_SYNONYMS = {"ORGANIZATION": "ORGANISATION", "COMPANY": "ORGANISATION", "HUMAN": "PERSON", "LOCATION": "PLACE"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LAST = re.compile(r"[^/#:]+(?=[/#:]*$)")


class Names:
    """Names of the resources of one file. `blanks` are the ids of its blank nodes by label."""

    def __init__(self, held: Store, blanks: Mapping[str, str], same: Mapping[str, str], inference: Inference) -> None:
        self._held = held
        self._inference = inference
        self._blanks = blanks
        self._same = same
        self._members: dict[str, list[str]] = {}
        for iri, representative in same.items():
            self._members.setdefault(representative, []).append(iri)
        self.forms = lru_cache(maxsize=50_000)(self._forms)
        self.type = lru_cache(maxsize=50_000)(self._type)
        self.relation = lru_cache(maxsize=10_000)(self._relation)

    def id(self, resource: Term) -> str:
        """The id of the entity: its IRI, the smallest of those that owl:sameAs joins, or that of a blank node."""
        if isinstance(resource, BlankNode):
            label = f"_:{resource.value}"
            same = self._same.get(label, label)
            return self._blanks.get(same[2:], same[2:]) if same.startswith("_:") else same
        return self._same.get(str(resource.value), str(resource.value)) if isinstance(resource, NamedNode) else ""

    def name(self, resource: Term) -> str:
        """What the resource is called in one short line."""
        if isinstance(resource, Quoted):
            parts = (self.name(resource.subject), self.relation(resource.predicate), self.name(resource.object))
            return " ".join(parts)[:_LONGEST_NAME]
        if isinstance(resource, Literal):
            return line(resource.value)
        return self.forms(resource)[0]

    def _forms(self, resource: NamedNode | BlankNode) -> tuple[str, ...]:
        """The name, then the aliases, sorted."""
        names = self._labels(resource, NAMES)
        every = {label for labels in names for label in labels}
        every.update(label for labels in self._labels(resource, ALIASES) for label in labels)
        first = next((labels[0] for labels in names if labels), "") or self._made_up(resource)
        return (first, *sorted(every - {first}))

    def _labels(self, resource: NamedNode | BlankNode, predicates: tuple[str, ...]) -> list[list[str]]:
        """For each predicate the labels, English first, then those without a language, then by language."""
        found = []
        for predicate in predicates:
            labels = {
                ((quad.object.language or "") != "en", quad.object.language or "", label)
                for member in self._all(resource)
                for quad in self._held.quads_for_pattern(member, NamedNode(predicate), None)
                if isinstance(quad.object, Literal) and (label := line(quad.object.value))
            }
            found.append(list(dict.fromkeys(label for _, _, label in sorted(labels))))
        return found

    def _all(self, resource: NamedNode | BlankNode) -> Iterator[NamedNode | BlankNode]:
        """The resource and all that owl:sameAs says is the same."""
        key = _key(resource)
        members = self._members.get(self._same.get(key, ""), ())
        if not members:
            yield resource
        for member in members:
            yield BlankNode(member[2:]) if member.startswith("_:") else NamedNode(member)

    def _made_up(self, resource: NamedNode | BlankNode) -> str:
        if isinstance(resource, NamedNode):
            return line(local_name(resource.value)) or resource.value[:_LONGEST_NAME]
        for quad in sorted(self._held.quads_for_pattern(None, None, resource), key=str):
            if isinstance(quad.subject, NamedNode) and quad.predicate.value != SAME_AS:
                return f"{self.relation(quad.predicate)} of {self.name(quad.subject)}"[:_LONGEST_NAME]
        kind = self.type(resource)
        return f"{'thing' if kind == 'OTHER' else kind.lower()} {self.id(resource)[:6]}"

    def _type(self, resource: Term) -> str:
        """The class that the resource is of, the nearest of Clew's types where it or a more general one is such a
        type, else the most special one."""
        if not isinstance(resource, NamedNode | BlankNode):
            return "OTHER"
        classes = {
            quad.object
            for member in self._all(resource)
            for quad in self._held.quads_for_pattern(member, TYPE, None)
            if isinstance(quad.object, NamedNode) and not quad.object.value.startswith(META)
        } or set(self._inference.implied(resource))
        general = [(place, kind) for each in classes for place, kind in enumerate(self._inference.ancestors(each), 1)]
        above = {kind for _, kind in general}
        kinds = [(place, self.kind(kind)) for place, kind in [*((0, each) for each in classes - above), *general]]
        kinds += [(1, self.kind(each)) for each in classes & above]
        return min(kinds, key=lambda kind: (kind[1] not in TYPES, *kind), default=(0, "OTHER"))[1]

    def kind(self, class_: NamedNode) -> str:
        """The type of entity that this class stands for."""
        name = self.name(class_).upper().replace(" ", "_")
        return _SYNONYMS.get(name, name)

    def _relation(self, predicate: NamedNode) -> str:
        """The relation's name: its label, else its local name as words."""
        if predicate == TYPE:
            return "type"
        if predicate.value in DESCRIPTIONS:
            return "description"
        labels = next((labels for labels in self._labels(predicate, NAMES) if labels), None)
        return labels[0] if labels else words(local_name(predicate.value)) or predicate.value


def _key(resource: NamedNode | BlankNode) -> str:
    return f"_:{resource.value}" if isinstance(resource, BlankNode) else resource.value


def line(text: str) -> str:
    """The text in one line, cut to a name's length."""
    return " ".join(clean(text).split())[:_LONGEST_NAME]


def local_name(iri: str) -> str:
    """The last part of an IRI, readable: `http://example.org/Ada_Lovelace` -> `Ada Lovelace`."""
    found = _LAST.search(iri)
    return unquote(found[0]).replace("_", " ").strip() if found else iri


def words(name: str) -> str:
    """A name in one word as several: `birthPlace` -> `birth place`."""
    parts = _CAMEL.sub(" ", name).replace("-", " ").split()
    return " ".join(part if part.isupper() and len(part) > 1 else part[:1].lower() + part[1:] for part in parts)


class Same:
    """Resources that owl:sameAs joins (union-find): each class goes by its smallest IRI."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, one: Term, other: Term) -> None:
        """These are one."""
        if isinstance(one, NamedNode | BlankNode) and isinstance(other, NamedNode | BlankNode):
            first, second = self._root(_key(one)), self._root(_key(other))
            # "_" sorts after the letters' capitals, before small ones: an IRI always wins over a blank node.
            small, large = sorted((first, second), key=lambda key: (key.startswith("_:"), key))
            self._parent[large] = small

    def _root(self, key: str) -> str:
        self._parent.setdefault(key, key)
        while (parent := self._parent[key]) != key:
            self._parent[key] = self._parent[parent]
            key = parent
        return key

    def representatives(self) -> dict[str, str]:
        """The representative of every resource that was joined."""
        return {key: self._root(key) for key in sorted(self._parent)}
