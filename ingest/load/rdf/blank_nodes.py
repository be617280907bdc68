"""Blank nodes get ids of what is said of them, so that the same file read again, or written in another order, gives
the same ids.

Colour refinement (Weisfeiler & Lehman 1968): a node's colour hashes the statements it takes part in, in which other
blank nodes stand by their colours of the round before. Six rounds, always, so that what stands elsewhere in the file
changes nothing. Nodes that stay alike (twins, or the places of a cycle) are numbered in order of appearance. Unlike
canonical labelling it takes linear time on any input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, Quad, Triple

from clew.graph.model import stable_id
from clew.graph.rdf.terms import Term

_ROUNDS = 6
_Edge = tuple[str, tuple[str, ...]]  # the statement with the nodes' places marked, and the nodes in them


class Blanks:
    """Blank nodes in order of appearance, and the statements that hold them; memory grows with these alone."""

    def __init__(self) -> None:
        self._edges: dict[str, list[_Edge]] = {}

    def see(self, quad: Quad) -> None:
        """The statement counts."""
        nodes = tuple(_nodes((quad.subject, quad.object, quad.graph_name)))
        if nodes:
            names = {name: f"\0{place}" for place, name in reversed(list(enumerate(nodes)))}
            parts = (quad.subject, quad.predicate, quad.object, quad.graph_name)
            shape = "\1".join(_shape(part, names) for part in parts)
            for name in dict.fromkeys(nodes):
                self._edges.setdefault(name, []).append((shape, nodes))

    def ids(self) -> dict[str, str]:
        """An id for every blank node seen, by its label in the file."""
        colours = dict.fromkeys(self._edges, "")
        for _ in range(_ROUNDS):
            colours = {name: self._colour(name, colours) for name in self._edges}
        twins: Counter[str] = Counter()
        found = {}
        for name, colour in colours.items():
            found[name] = stable_id("blank", colour, str(twins[colour]))
            twins[colour] += 1
        return found

    def _colour(self, name: str, colours: dict[str, str]) -> str:
        told = sorted(
            stable_id(shape, *("self" if other == name else colours[other] for other in nodes), colours[name])
            for shape, nodes in self._edges[name]
        )
        return stable_id(*told)


def _nodes(terms: Iterable[Term | DefaultGraph]) -> Iterator[str]:
    for term in terms:
        if isinstance(term, BlankNode):
            yield term.value
        elif isinstance(term, Triple):
            yield from _nodes((term.subject, term.object))


def _shape(term: Term | DefaultGraph, names: dict[str, str]) -> str:
    if isinstance(term, BlankNode):
        return names[term.value]
    if isinstance(term, Triple):
        return "\2".join(_shape(part, names) for part in (term.subject, term.predicate, term.object))
    return str(term)
