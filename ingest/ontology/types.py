"""Which entities may stand at which end: classes beside the recogniser's types, and what the text says a thing is."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Value
from clew.ingest.extract.types import RawTriple
from clew.ingest.ontology.ontology import VALUES, Ontology, key

_COARSE = {
    "PERSON": "person, human being, somebody's profession such as author, actor, athlete, officer",
    "ORGANISATION": "organisation, company, institution, team, party, club, armed force",
    "PLACE": "place, city, country, region, mountain, river, building",
    "WORK": "creative work, film, book, song, album, article",
    "EVENT": "event, war, election, competition, season, festival",
    "PRODUCT": "product, vehicle, software, device, machine",
    "OTHER": "abstract idea, language, genre, kind, rank, species, award",
}
_EXACT = {"human": "PERSON", "person": "PERSON", "people": "PERSON", "organization": "ORGANISATION", "work": "WORK"}
_CLEAR = 0.05  # of likeness above the next, or the kind of a class is left open
_NEVER = {  # what a recogniser does not take for another
    "PERSON": {"PLACE", "WORK", "EVENT", "PRODUCT"},
    "PLACE": {"PERSON", "WORK", "EVENT"},
    "ORGANISATION": {"PERSON"},
}
_SURE = 0.75  # mentions of lower confidence prove no type
_DATE = re.compile(r"\d{1,4}(-\d\d){0,2}")


class Typing:
    """What an ontology's classes say of entities."""

    def __init__(self, ontology: Ontology, embedder: Embedder) -> None:
        self.ontology = ontology
        self._classes = {key(name): each.name for each in ontology.classes for name in (*each.labels[::-1], each.name)}
        self._kinds = _kinds(ontology, embedder)

    def class_of(self, noun: str) -> str:
        """The class that "an American drama film" is an instance of, by its last words; "" where none."""
        words = key(noun).split()
        for start in range(max(0, len(words) - 4), len(words)):
            name = " ".join(words[start:])
            for form in (name, name.removesuffix("s")):
                if form in self._classes:
                    return self._classes[form]
        return ""

    def said(self, triples: Iterable[RawTriple]) -> dict[str, tuple[str, ...]]:
        """By name: the classes that the text says it is an instance of."""
        found: dict[str, dict[str, None]] = {}
        for triple in triples:
            if triple.relation == "is a" and "negated" not in triple.flags:
                tail = triple.tail.text if isinstance(triple.tail, Value) else triple.tail
                kind = self.class_of(tail)
                if kind:
                    found.setdefault(triple.head, {})[kind] = None
        return {name: tuple(kinds) for name, kinds in found.items()}

    def refusal(self, end: str | Value, kind: str, classes: tuple[str, ...], wanted: tuple[str, ...]) -> str:
        """Why this end cannot be one of the classes wanted; "" where it can.

        `kind` is the recogniser's type, `classes` what the text says it is. What is unknown can be anything.
        """
        if not wanted or "text" in wanted:
            return ""
        if isinstance(end, Value):
            typed = end.datatype in {"date", "number"}
            return f"is a {end.datatype}" if typed and end.datatype not in wanted else ""
        if wanted[0] in VALUES:
            return f"is no {wanted[0]}"
        if classes:
            near = any(self.ontology.is_a(each, wanted) or self._above(wanted, each) for each in classes)
            return "" if near else f"is a {classes[0]}"
        kinds = {self._kinds.get(name, "") for name in wanted}
        never = bool(kind) and "" not in kinds and kinds <= _NEVER.get(kind, set())
        return f"is a {kind.lower()}" if never else ""

    def _above(self, wanted: tuple[str, ...], kind: str) -> bool:
        return any(self.ontology.is_a(name, (kind,)) for name in wanted)

    def type_of(self, kind: str, classes: tuple[str, ...], wanted: tuple[str, ...]) -> str:
        """The class to call this end by: what the text says, the one class wanted, else the recogniser's type."""
        fitting = [each for each in classes if not wanted or self.ontology.is_a(each, wanted)]
        named = [name for name in wanted if name not in VALUES]
        return fitting[0] if fitting else named[0] if len(named) == 1 else kind or "OTHER"


def _kinds(ontology: Ontology, embedder: Embedder) -> dict[str, str]:
    """The recogniser's type that each class is nearest to, "" where that is not clear; children take their parents'."""
    names = [each.name for each in ontology.classes]
    if not names:
        return {}
    vectors = embedder.encode([*_COARSE.values(), *names])
    likeness = vectors[len(_COARSE) :] @ vectors[: len(_COARSE)].T
    order = np.argsort(-likeness, axis=1)
    coarse = list(_COARSE)
    found = {}
    for name, row, ranks in zip(names, likeness, order, strict=True):
        clear = row[ranks[0]] - row[ranks[1]] > _CLEAR
        found[name] = _EXACT.get(key(name), coarse[ranks[0]] if clear else "")
    for each in ontology.classes:
        above = {found[parent] for parent in ontology.ancestors[each.name] if parent in found and parent != each.name}
        if len(above) == 1:
            found[each.name] = above.pop()
    return {name: "" if kind == "OTHER" else kind for name, kind in found.items()}
