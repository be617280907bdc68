"""Which entities may have to be merged or kept apart: those whose names meet under one key. Nothing else is looked at.

After a large change all names are grouped by the hashes of their keys, 24 bytes a key; after a small one only the
touched names are looked up in the store.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.model import Entity, entity_id, name_key
from clew.graph.name_keys import FIRST_AND_LAST, asked_keys, block_keys, words_of
from clew.graph.store import GraphStore

SLICE = 1024  # entities, chunks or keys asked of the store at a time
WIDEST = 64  # names under one key above which the key says too little to compare them


@lru_cache(maxsize=65_536)
def key_of(name: str) -> str:
    """`name_key`, remembered: documents repeat their names."""
    return name_key(name)


def slices(items: Iterable[str], size: int = SLICE) -> Iterator[list[str]]:
    """The items, at most `size` at a time."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def strong_alias(alias: str, name: str) -> bool:
    """Whether this key says more than a part of the name's key: another name, or an acronym."""
    return bool(set(words_of(alias)) - set(words_of(name)))


def alias_kind(alias: str, name: str) -> str:
    """What a name's other name is: its `acronym`, a `nickname` of one word, or an `alias`."""
    if " " in alias:
        return "alias"
    initials = [word[0] for word in words_of(name) if word not in {"of", "the", "and", "for"}]
    return "acronym" if [char for char in alias if char.isalnum()] == initials else "nickname"


def keys_met(entity: Entity) -> Iterator[tuple[str, str]]:
    """(key, own name's key) for each key under which the entity's names are compared."""
    names = {key_of(form) for form in entity.names}
    for name in sorted(names):
        for key in block_keys(name):
            yield key, name
        words = name.split()
        if len(words) == 2:
            yield f"{FIRST_AND_LAST}{name}", name
    for alias in {key_of(form) for form in entity.short_forms} - names:
        if any(strong_alias(alias, name) for name in names):
            yield alias, f"{alias}\0{entity.id}"


def meeting(store: GraphStore, adjacency: Adjacency, ids: Iterable[str]) -> set[str]:
    """Those of these entities with a name that meets another one, or the same name elsewhere; and those that bear a
    name of another entity, merged or kept apart at present."""
    keys, names, nodes = array("q"), array("q"), array("i")
    found: set[str] = set()
    for part in slices(ids):
        for entity in store.entities(part):
            node = adjacency.nodes.find(entity.id)
            if ":" not in entity.id and any(entity_id(form) != entity.id for form in entity.names):
                found.add(entity.id)
            for key, name in keys_met(entity):
                keys.append(hash(key))
                names.append(hash(name))
                nodes.append(node)
    numbers = _meeting(*(np.frombuffer(each, dtype=each.typecode) for each in (keys, names, nodes)))
    return found.union(adjacency.nodes[node] for node in numbers)


def all_entities(adjacency: Adjacency) -> Iterator[str]:
    """The ids of all entities."""
    return (id_ for id_, is_value in zip(adjacency.nodes, adjacency.is_value, strict=True) if not is_value)


def _meeting(
    keys: np.ndarray[tuple[int], np.dtype[np.int64]],
    names: np.ndarray[tuple[int], np.dtype[np.int64]],
    nodes: np.ndarray[tuple[int], np.dtype[np.int32]],
) -> Sequence[int]:
    """The nodes that share a key with another name or another node."""
    if not len(keys):
        return []
    order = np.lexsort((nodes, names, keys))
    keys, names, nodes = keys[order], names[order], nodes[order]
    same = keys[1:] == keys[:-1]
    differs = same & ((names[1:] != names[:-1]) | (nodes[1:] != nodes[:-1]))
    group = np.concatenate([[0], np.cumsum(~same)])
    wanted = np.zeros(int(group[-1]) + 1, dtype=bool)
    wanted[group[1:][differs]] = True
    return [int(node) for node in np.unique(nodes[wanted[group]])]


def titled_twice(store: GraphStore, adjacency: Adjacency, ids: set[str] | None = None) -> set[str]:
    """Ids of the entities (among these) that several documents are titled after."""
    chunks = np.flatnonzero(adjacency.title_entity >= 0)
    nodes = adjacency.title_entity[chunks]
    found, place, counts = np.unique(nodes, return_inverse=True, return_counts=True)
    if ids is not None:
        counts[[adjacency.nodes[int(node)] not in ids for node in found]] = 0
    several = counts[place] > 1  # chunks, of one document or more
    owner = {
        adjacency.chunks[int(chunk)]: int(node) for chunk, node in zip(chunks[several], nodes[several], strict=True)
    }
    told: dict[int, set[str]] = {}
    for part in slices(owner):
        for chunk in store.chunks(part):
            told.setdefault(owner[chunk.id], set()).add(chunk.document)
    return {adjacency.nodes[node] for node, documents in told.items() if len(documents) > 1}


def found_under(store: GraphStore, names: Iterable[str]) -> set[str]:
    """Ids of the entities under the keys of these names' keys."""
    found: set[str] = set()
    for part in slices(sorted({key for name in names for key in asked_keys(name)})):
        found.update(id_ for ids in store.find(part).values() for id_ in ids)
    return found


def names_of(store: GraphStore, ids: Iterable[str]) -> set[str]:
    """The keys of all names and strong aliases of these entities."""
    found: set[str] = set()
    for part in slices(sorted(ids)):
        for entity in store.entities(part):
            names = {key_of(form) for form in entity.names}
            aliases = {key_of(form) for form in entity.short_forms}
            found |= names | {alias for alias in aliases if any(strong_alias(alias, name) for name in names)}
    return found
