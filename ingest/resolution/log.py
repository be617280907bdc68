"""The log of merges: what was merged in the present graph, why and how surely, and taking one back.

A merge is listed once for all documents in which one name stands for another's entity. Taken back, it stays so: the
decision lies in the knowledge base, and every later ingestion keeps to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.errors import NotFoundError
from clew.graph.merges import logged
from clew.graph.model import Document, Merge, entity_id, name_key, stable_id
from clew.graph.store import GraphStore
from clew.ingest.describe import describe_stale
from clew.ingest.resolution.merge import DECISIONS, decide, decisions, merge


@dataclass(frozen=True, slots=True)
class Merged:
    """In `documents` (ids), `name` stands for `into`, the entity `entity`, and not for `base`, the one of its name
    alone. `score` is the lowest of them; `id` names the merge to `unmerge`."""

    id: str
    name: str
    into: str
    base: str
    entity: str
    reason: str
    score: float
    documents: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


def merges(store: GraphStore, entity: str = "") -> list[Merged]:
    """All merges in force, or those of the entity of this id; by name, then id."""
    documents = _speaking_of(store, entity) if entity else store.documents()
    told: dict[tuple[str, str], list[tuple[str, Merge]]] = {}
    for document in documents:
        for one in logged(document):
            if entity in {"", one.entity, one.base}:
                told.setdefault((one.base, one.entity), []).append((document.id, one))
    return sorted((_joined(group) for group in told.values()), key=lambda merged: (merged.name, merged.into, merged.id))


def _speaking_of(store: GraphStore, entity: str) -> Iterator[Document]:
    found = {mention.document for mention in store.mentions(entity=entity)}
    for held in store.entities([entity]):  # those that left it for another entity bear its name there
        for ids in store.find([name_key(name) for name in held.names]).values():
            found |= {mention.document for id_ in ids for mention in store.mentions(entity=id_)}
    return store.documents(sorted(found))


def _joined(group: list[tuple[str, Merge]]) -> Merged:
    first = min(merge for _, merge in group)
    return Merged(
        merge_id(first.base, first.entity),
        first.name,
        first.into,
        first.base,
        first.entity,
        first.reason,
        min(merge.score for _, merge in group),
        tuple(sorted(document for document, _ in group)),
    )


def merge_id(base: str, entity: str) -> str:
    """What a merge of one name's entity into another is called: 10 hexadecimal digits."""
    return stable_id("merge", base, entity)[:10]


def unmerge(store: GraphStore, embedder: Embedder, one: str, other: str = "") -> list[Merged]:
    """What this merge (its id, or its two names in any order) joined is apart, now and after every ingestion to come;
    returns the merges that were taken back. Raises NotFoundError where there is none."""
    chosen = [merged for merged in merges(store) if _is(merged, one, other)]
    if not chosen:
        raise NotFoundError(
            f"There is no merge {one!r}." if not other else f"{one!r} and {other!r} are not merged.",
            hint="List them with: clew merges",
        )
    told = {f"{merged.base} {merged.entity}": json.dumps([merged.name, merged.into]) for merged in chosen}
    decide(store, {**decisions(store), **told})
    merge(store, embedder.encode, names=_names(chosen))
    describe_stale(store, embedder)
    return chosen


def _is(merged: Merged, one: str, other: str) -> bool:
    if not other:
        return one == merged.id
    ends = ({merged.base, entity_id(merged.name), merged.name}, {merged.entity, merged.into, entity_id(merged.into)})
    a, b = ({name, entity_id(name)} for name in (one, other))
    return bool((a & ends[0] and b & ends[1]) or (a & ends[1] and b & ends[0]))


def _names(chosen: Iterable[Merged]) -> list[str]:
    return [name for merged in chosen for name in (merged.name, merged.into)]


def remove(store: GraphStore, embedder: Embedder, documents: list[str]) -> int:
    """None of these documents is in the store, nor in a description, and names in others stand for what they would
    without them; returns how many there were."""
    titles = [name for document in store.documents(documents) for name in _bearing_on(document)]
    count = store.remove(documents)
    if count:
        merge(store, embedder.encode, names=titles)
        describe_stale(store, embedder)
    return count


def _bearing_on(document: Document) -> list[str]:
    """The names whose meaning in other documents may hang on this one: its title, or those a person decided on."""
    if document.uri != DECISIONS:
        return [document.title] if document.title else []
    return [str(name) for pair in document.metadata.values() for name in json.loads(pair)]
