"""A first ontology out of what a graph holds, for a person to edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import yaml

from clew.graph.model import Value
from clew.graph.store import GraphStore
from clew.ingest.ontology.ontology import Class, Ontology, Relation, key

_VAGUE = {"", "OTHER"}
_SHARE = 0.1  # of a relation's triples must have a class at an end for it to stand there
_HEAD = """\
# An ontology for Clew. Edit it, then: clew ingest SOURCES --ontology THIS_FILE
#
# classes:    name, perhaps with labels (other names), parents (what it is a kind of), comment
# relations:  name, perhaps with labels (other names), inverses (names for it the other way round), comment,
#             domain and range: one class or several; a range may also be date, number or text
"""


def draft(store: GraphStore, *, most: int = 60, least: int = 3) -> Ontology:
    """The types and the `most` frequent relations of at least `least` triples, with the types at their ends."""
    types = {entity.id: entity.type for entity in store.entities()}
    counts: Counter[str] = Counter()
    heads: dict[str, Counter[str]] = {}
    tails: dict[str, Counter[str]] = {}
    for triple in store.triples():
        counts[triple.relation] += 1
        heads.setdefault(triple.relation, Counter())[types.get(triple.head, "")] += 1
        tail = triple.tail.datatype if isinstance(triple.tail, Value) else types.get(triple.tail, "")
        tails.setdefault(triple.relation, Counter())[tail] += 1
    relations: dict[str, Relation] = {}
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if count >= least and len(relations) < most and key(name):
            relation = Relation(name, _ends(heads[name]), _range(tails[name]), comment=f"{count:,} triples")
            relations.setdefault(key(name), relation)
    used = {kind for relation in relations.values() for kind in (*relation.domain, *relation.range)}
    kinds = sorted(used - {"date", "number", "text"})
    return Ontology(tuple(Class(kind) for kind in kinds), tuple(relations.values()))


def _ends(counts: Counter[str]) -> tuple[str, ...]:
    total = sum(counts.values())
    return tuple(sorted(kind for kind, count in counts.items() if count >= _SHARE * total and kind not in _VAGUE))


def _range(counts: Counter[str]) -> tuple[str, ...]:
    """Classes or values, whichever are more."""
    values = {kind: count for kind, count in counts.items() if kind in {"date", "number", "text"}}
    classes = Counter({kind: count for kind, count in counts.items() if kind not in values})
    return _ends(Counter(values)) if sum(values.values()) > sum(classes.values()) else _ends(classes)


def to_yaml(ontology: Ontology) -> str:
    """The ontology as the YAML that `read_ontology` reads, with what its parts mean."""
    classes = {each.name: dict(_fields(each)) for each in ontology.classes}
    relations = {each.name: dict(_fields(each)) for each in ontology.relations}
    both = {"classes": classes, "relations": relations}
    return _HEAD + str(yaml.safe_dump(both, sort_keys=False, allow_unicode=True, width=120))


def _fields(each: Class | Relation) -> Iterator[tuple[str, object]]:
    for name in ("labels", "parents", "domain", "range", "inverses"):
        found = getattr(each, name, ())
        if found:
            yield name, found[0] if len(found) == 1 and name != "labels" else list(found)
    for name in ("comment", "iri"):
        if getattr(each, name):
            yield name, getattr(each, name)
