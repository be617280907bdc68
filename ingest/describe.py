"""Descriptions: one plain line per entity, written from what the graph knows of it.

A description depends on the graph alone, never on the order in which it came to be: the most confident triples,
ties by id, names as they stand. Where an entity's name changed, its neighbours' descriptions follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Entity, Triple, Value
from clew.graph.store import Described, GraphStore

DESCRIPTION = "description"  # the relation that RDF's comments, definitions and descriptions come under
FACTS = 6  # triples quoted in a description: about what the encoder reads well
FACT_LENGTH = 90  # characters of one quoted tail; a runaway literal must not fill the description
SLICE = 1024  # entities described at a time: bounds memory, keeps the encoder's batches full
_SAID = {"past": "formerly ", "future": "in future ", "hedged": "possibly "}  # by flag; what is negated is left out
ROUND = 50_000  # ids fetched from the store at a time


def describe_stale(store: GraphStore, embedder: Embedder, *, done: Callable[[int], None] | None = None) -> int:
    """No entity or relation is stale; returns how many entities were described. `done` is told each slice's size."""
    total = 0
    with ThreadPoolExecutor(1, thread_name_prefix="clew-describe") as worker:
        while True:
            entities, relations = store.stale(ROUND)
            if not entities and not relations:
                return total
            _describe_relations(store, embedder, relations)
            waiting: Future[int] | None = None
            for described, texts in _written(store, entities):
                if waiting is not None:
                    total += _finished(waiting, done)
                waiting = worker.submit(_embed, store, embedder, described, texts)
            if waiting is not None:
                total += _finished(waiting, done)


def _finished(waiting: Future[int], done: Callable[[int], None] | None) -> int:
    count = waiting.result()
    if done is not None:
        done(count)
    return count


def _describe_relations(store: GraphStore, embedder: Embedder, relations: Sequence[str]) -> None:
    for names in _slices(relations):
        store.describe(Described(relations=tuple(names), relation_vectors=embedder.encode(names)))


def _embed(store: GraphStore, embedder: Embedder, ids: list[str], texts: list[str]) -> int:
    store.describe(Described(entities=dict(zip(ids, texts, strict=True)), entity_vectors=embedder.encode(texts)))
    return len(ids)


def _written(store: GraphStore, stale: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Ids and descriptions of the stale entities, slice by slice; neighbours of renamed ones come first, so that
    a run cut short finds the renamed one still stale and mends its neighbours again."""
    if not stale:
        return
    adjacency = store.adjacency()
    for ids in _slices(stale):
        entities = {entity.id: entity for entity in store.entities(ids)}
        renamed = [entity for entity in entities.values() if entity.description and not _names(entity)]
        for neighbours in _slices(_around(adjacency, renamed)):
            others = {entity.id: entity for entity in store.entities(neighbours)}
            if others:
                yield list(others), _descriptions(store, adjacency, others)
        if entities:
            yield list(entities), _descriptions(store, adjacency, entities)


def _names(entity: Entity) -> bool:
    return entity.description.startswith(_lead(entity))


def _lead(entity: Entity) -> str:
    kind = entity.type.lower()
    return entity.name if kind == "other" else f"{entity.name} ({kind})"


def _around(adjacency: Adjacency, entities: Iterable[Entity]) -> list[str]:
    found: set[str] = set()
    for entity in entities:
        for edge in _edges(adjacency, entity.id):
            for end in (adjacency.head[edge], adjacency.tail[edge]):
                if not adjacency.is_value[end]:
                    found.add(adjacency.nodes[end])
    return sorted(found - {entity.id for entity in entities})


def _edges(adjacency: Adjacency, entity: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    node = adjacency.node_index.get(entity)
    if node is None:
        return np.empty(0, dtype=np.int32)
    offsets, edges = adjacency.incident
    return np.unique(edges[offsets[node] : offsets[node + 1]])


def _descriptions(store: GraphStore, adjacency: Adjacency, entities: dict[str, Entity]) -> list[str]:
    chosen = {id_: _best(adjacency, id_) for id_ in entities}
    triple_ids = sorted({id_ for ids in chosen.values() for id_ in ids})
    triples = {triple.id: triple for triple in store.triples(triple_ids)}
    ends = {end for triple in triples.values() for end in (triple.head, triple.tail) if isinstance(end, str)}
    names = {entity.id: entity.name for entity in store.entities(sorted(ends))}
    return [
        description(entity, [triples[id_] for id_ in chosen[entity.id] if id_ in triples], names)
        for entity in entities.values()
    ]


def _best(adjacency: Adjacency, entity: str) -> list[str]:
    """The most telling triples of an entity: those that start from it first, what describes it before all, then by
    confidence and id."""
    edges = _edges(adjacency, entity)
    if not len(edges):
        return []
    node = adjacency.node_index[entity]
    # Edges are numbered by triple id, so the edge number itself is the last, stable key.
    told = np.array([adjacency.relations[relation] == DESCRIPTION for relation in adjacency.relation[edges]])
    order = np.lexsort((edges, -adjacency.confidence[edges], ~told, adjacency.head[edges] != node))
    return [adjacency.triple_ids[edge] for edge in edges[order[:FACTS]]]


def description(entity: Entity, triples: Sequence[Triple], names: dict[str, str]) -> str:
    """One line: name, type, aliases and what the triples say, e.g.
    `Teutberga (person): died on 11 November 875; daughter of Boso the Elder`."""
    facts = []
    for triple in triples:
        flags = min((source.flags for source in triple.sources), key=len, default=())
        if "negated" in flags:
            continue
        said = "".join(word for flag, word in _SAID.items() if flag in flags)
        if triple.head == entity.id:
            tail = triple.tail.text if isinstance(triple.tail, Value) else names.get(triple.tail, "")
            facts.append(f"{said}{triple.relation} {tail[:FACT_LENGTH]}")
        else:
            facts.append(f"{names.get(triple.head, '')[:FACT_LENGTH]} {said}{triple.relation} it")
    known_as = [alias for alias in entity.aliases if alias.casefold() != entity.name.casefold()][:3]
    lead = _lead(entity) + (f", also {', '.join(known_as)}" if known_as else "")
    return f"{lead}: {'; '.join(facts)}" if facts else lead


def _slices(items: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(items)
    while part := list(islice(rest, SLICE)):
        yield part
