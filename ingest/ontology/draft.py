"""A first ontology out of what a graph holds, for a person to edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import yaml

from clew.graph.model import Value
from clew.graph.rdf.exchange import schema_quads
from clew.graph.store import GraphStore
from clew.ingest.ontology.from_rdf import from_quads
from clew.ingest.ontology.ontology import VALUES, Class, Ontology, Relation, key

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
    """The schema that RDF files brought, then the types and the `most` frequent relations of at least `least` triples,
    with the types at their ends."""
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
    kinds = sorted(used - set(VALUES))
    found = Ontology(tuple(Class(kind) for kind in kinds), tuple(relations.values()))
    schema = schema_of(store)
    return _joined(schema, found) if schema.classes or schema.relations else found


def schema_of(store: GraphStore) -> Ontology:
    """The classes and relations of the schemas that the graph's RDF files brought, each name once."""
    found, _ = from_quads(quad for document in store.documents() for quad in schema_quads(document))
    return _joined(Ontology((), ()), found)


def _joined(first: Ontology, second: Ontology) -> Ontology:
    """Both, each name once and spelt as it is first; what names a class that is in neither is left out."""
    kinds: dict[str, Class] = {}
    relations: dict[str, Relation] = {}
    for kind in (*first.classes, *second.classes):
        if key(kind.name):
            kinds.setdefault(key(kind.name), kind)
    for relation in (*first.relations, *second.relations):
        if key(relation.name):
            relations.setdefault(key(relation.name), relation)

    def known(names: Sequence[str], *, values: Sequence[str] = ()) -> tuple[str, ...]:
        spelt = [
            name if name in values else kinds[key(name)].name for name in names if {name, key(name)} & {*kinds, *values}
        ]
        return tuple(dict.fromkeys(spelt))

    return Ontology(
        tuple(replace(kind, parents=known(kind.parents)) for kind in kinds.values()),
        tuple(
            replace(each, domain=known(each.domain), range=known(each.range, values=VALUES))
            for each in relations.values()
        ),
    )


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
