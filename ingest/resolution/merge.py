"""Names of one thing become one entity, and homographs are kept apart, across documents.

What a name stands for is a function of the documents that are in the store and of what a person decided: whoever came
first, and what was merged before, changes nothing. Only names that meet under a key are compared (`merge_blocks`),
and after a small change only those that meet a name it touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.model import Document, Merge, entity_id
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.ingest.resolution.blocks import all_entities, found_under, key_of, meeting, names_of, titled_twice
from clew.ingest.resolution.choice import Choice, Encode
from clew.ingest.resolution.units import gather

DECISIONS = "clew:decisions"  # the URI of the document that holds what a person decided
MOST = 0.25  # share of stale entities above which everything is looked at in one pass
TOGETHER = 64  # documents changed in one transaction


def merge(store: GraphStore, encode: Encode, *, names: Iterable[str] | None = None) -> int:
    """Every name that the stale entities bear, and these `names`, stand for what the evidence says; returns in how many
    places (a name in a document) that is now another entity than before."""
    counts = store.counts()
    touched = {key_of(name) for name in names or ()}
    if not counts.stale and not touched:
        return 0
    adjacency = store.adjacency()
    if counts.stale > MOST * counts.entities:
        concerned = meeting(store, adjacency, all_entities(adjacency)) | titled_twice(store, adjacency)
        decided = wanted = names_of(store, concerned)
    else:
        touched |= names_of(store, store.stale(counts.stale)[0])
        decided = touched | names_of(store, _concerned(store, adjacency, touched))
        concerned = _concerned(store, adjacency, decided)
        wanted = decided | names_of(store, concerned)
    units = gather(store, adjacency, concerned, wanted)
    chosen = Choice(units, encode, apart(store)).merges(decided)
    bases = {entity_id(name) for name in decided}
    changes: dict[str, Sequence[Merge]] = {}
    moved = 0
    for document, log in sorted(units.logs.items()):
        new = sorted([merge for merge in log if merge.base not in bases] + chosen.get(document, []))
        if new != list(log):
            changes[document] = new
            moved += len({(one.base, one.entity) for one in new} - {(one.base, one.entity) for one in log})
    waiting = sorted(changes)
    for start in range(0, len(waiting), TOGETHER):
        store.remap({document: changes[document] for document in waiting[start : start + TOGETHER]})
    return moved


def _concerned(store: GraphStore, adjacency: Adjacency, names: set[str]) -> set[str]:
    """The entities under the keys of these names that may have to be merged or kept apart."""
    found = found_under(store, names)
    return meeting(store, adjacency, found) | titled_twice(store, adjacency, found)


def apart(store: GraphStore) -> frozenset[tuple[str, str]]:
    """The pairs (a name's entity, another entity) that a person keeps apart."""
    return frozenset((base, other) for base, _, other in (key.partition(" ") for key in decisions(store)))


def decisions(store: GraphStore) -> dict[str, str]:
    """What a person decided: `BASE ENTITY` -> their names, a JSON list."""
    held = next(iter(store.documents([Document.make(DECISIONS, "").id])), None)
    return dict(held.metadata) if held else {}


def decide(store: GraphStore, told: dict[str, str]) -> None:
    """These are the decisions; none leaves no trace."""
    document = Document.make(DECISIONS, "", title="Decisions", metadata=told)
    if told:
        nothing = np.zeros((0, store.info().dimension), dtype=np.float32)
        store.add(Batch((DocumentRecord(document, ()),), nothing))
    else:
        store.remove([document.id])
