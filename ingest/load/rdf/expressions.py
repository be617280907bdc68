"""Classes without a name in words, much as OWL's Manchester syntax (W3C, 2012) has them: `driven by some Motor`."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from clew.graph.rdf.terms import Term
from clew.ingest.load.rdf.inference import members
from clew.ingest.load.rdf.names import Names
from clew.ingest.load.rdf.vocabulary import OWL

_LONGEST = 300
_DEEPEST = 8
_JOINED = {"unionOf": " or ", "intersectionOf": " and "}
_LIMITS = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value", "hasSelf": "itself"}
_COUNTS = {
    **dict.fromkeys(("minCardinality", "minQualifiedCardinality"), "min"),
    **dict.fromkeys(("maxCardinality", "maxQualifiedCardinality"), "max"),
    **dict.fromkeys(("cardinality", "qualifiedCardinality"), "exactly"),
}


class Expressions:
    """What classes are called in one file, with a name or without."""

    def __init__(self, held: Store, names: Names) -> None:
        self._held = held
        self._names = names

    def said(self, node: Term, depth: int = 0) -> str:
        """The resource's name; where it has none, what it is made of."""
        if not isinstance(node, BlankNode) or depth > _DEEPEST:
            return "…" if isinstance(node, BlankNode) else self._names.name(node)
        text = next(self._parts(node, depth), "")
        return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or "…"

    def _parts(self, node: BlankNode, depth: int) -> Iterator[str]:
        inner = depth + 1
        for name, word in _JOINED.items():
            for each in self._of(node, name):
                said = word.join(self._bracketed(member, inner) for member in members(self._held, each))
                yield said
        for each in self._of(node, "complementOf"):
            yield f"not {self._bracketed(each, inner)}"
        for each in self._of(node, "oneOf"):
            yield f"{{{', '.join(self.said(member, inner) for member in members(self._held, each))}}}"
        for each in self._of(node, "inverseOf"):
            yield f"inverse of {self._relation(each)}"
        relation = next((self._relation(each) for each in self._of(node, "onProperty")), "")
        for name, word in _LIMITS.items():
            for each in self._of(node, name):
                yield f"{relation} {word}" if name == "hasSelf" else f"{relation} {word} {self._bracketed(each, inner)}"
        for name, word in _COUNTS.items():
            for each in self._of(node, name):
                kinds = [self._bracketed(kind, inner) for kind in self._of(node, "onClass", "onDataRange")]
                yield " ".join([relation, word, self.said(each), *kinds])
        yield ", ".join(self.said(member, inner) for member in members(self._held, node))

    def _bracketed(self, node: Term, depth: int) -> str:
        said = self.said(node, depth)
        return f"({said})" if isinstance(node, BlankNode) and " " in said and not said.startswith("{") else said

    def _relation(self, node: Term) -> str:
        return self._names.relation(node) if isinstance(node, NamedNode) else self.said(node)

    def _of(self, node: BlankNode, *names: str) -> Iterator[Term]:
        """What stands there, in an order that does not depend on the file's."""
        for name in names:
            found = (quad.object for quad in self._held.quads_for_pattern(node, NamedNode(OWL + name), None))
            yield from sorted(found, key=lambda each: (isinstance(each, Literal), str(each)))
