"""Merges, engine by engine: what a document's log says is what its mentions and triples refer to, and it can go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clew.graph.merges import LOG, logged
from clew.graph.model import Merge, Triple, entity_id
from clew.graph.store import Batch, DocumentRecord, GraphStore

Records = tuple[DocumentRecord, ...]
Dump = Callable[[GraphStore], dict[str, Any]]
Describe = Callable[[GraphStore], None]
DIZZY, DISRAELI = entity_id("Dizzy"), entity_id("Benjamin Disraeli")
MERGE = Merge(DIZZY, DISRAELI, "Dizzy", "Benjamin Disraeli", "another name", 2.5)


def _told(say: Callable[..., DocumentRecord]) -> DocumentRecord:
    return say("dizzy.txt", ("Dizzy", "spouse", "Mary Anne"), ("Lothair (novel)", "author", "Dizzy"))


def test_a_merge_moves_mentions_and_triples_and_is_logged(
    store: GraphStore, golden: Records, say: Callable[..., DocumentRecord], batch: Callable[..., Batch]
) -> None:
    record = _told(say)
    store.add(batch(*golden, record))
    generation = store.info().generation
    store.remap({record.document.id: [MERGE]})
    assert store.info().generation > generation
    (held,) = store.documents([record.document.id])
    assert logged(held) == (MERGE,)
    assert list(store.entities([DIZZY])) == []
    assert list(store.mentions(entity=DIZZY)) == []
    assert {one.name for one in store.mentions(entity=DISRAELI)} == {"Dizzy", "Benjamin Disraeli"}
    (entity,) = store.entities([DISRAELI])
    assert entity.names["Dizzy"] == 2
    (spouse,) = store.triples([Triple.make(DISRAELI, "spouse", entity_id("Mary Anne")).id])
    assert {source.document for source in spouse.sources} >= {record.document.id, golden[1].document.id}
    assert store.find(["dizzy"]) == {"dizzy": [DISRAELI]}
    assert DIZZY not in store.adjacency().nodes
    assert DISRAELI in store.stale(100)[0]


def test_taken_back_everything_is_as_if_never_merged(
    store: GraphStore,
    say: Callable[..., DocumentRecord],
    batch: Callable[..., Batch],
    dump: Dump,
    describe_all: Describe,
) -> None:
    golden = say("disraeli.txt", ("Benjamin Disraeli", "spouse", "Mary Anne"), title="Benjamin Disraeli")
    record = _told(say)
    store.add(batch(golden, record))
    describe_all(store)
    before = dump(store)
    store.remap({record.document.id: [MERGE], "unknown": [MERGE]})
    describe_all(store)
    merged = dump(store)
    assert merged != before
    assert merged["near chunks"] == before["near chunks"]  # chunks keep their vectors
    store.remap({record.document.id: []})
    describe_all(store)
    assert dump(store) == before
    assert LOG not in next(iter(store.documents([record.document.id]))).metadata


def test_ends_that_were_two_and_became_one_are_two_again(
    store: GraphStore, say: Callable[..., DocumentRecord], batch: Callable[..., Batch], dump: Dump
) -> None:
    record = say(
        "both.txt", ("Dizzy", "spouse", "Mary Anne"), ("Benjamin Disraeli", "spouse", "Mary Anne"), title="Dizzy"
    )
    store.add(batch(record))
    before = dump(store)
    store.remap({record.document.id: [MERGE]})
    assert store.counts().triples == 1
    assert store.adjacency().nodes[int(store.adjacency().title_entity.max())] == DISRAELI
    store.remap({record.document.id: []})
    after = dump(store)
    assert {key: after[key] for key in after if not key.startswith("near")} == {
        key: before[key] for key in before if not key.startswith("near")
    }
    assert store.counts().triples == 2


def test_a_merged_document_removed_or_replaced_leaves_nothing(
    store: GraphStore,
    say: Callable[..., DocumentRecord],
    batch: Callable[..., Batch],
    dump: Dump,
    describe_all: Describe,
) -> None:
    store.add(batch(say("disraeli.txt", ("Benjamin Disraeli", "spouse", "Mary Anne"), title="Benjamin Disraeli")))
    describe_all(store)
    before = dump(store)
    record = _told(say)
    store.add(batch(record))
    store.remap({record.document.id: [MERGE]})
    store.add(batch(say("dizzy.txt", ("Dizzy", "spouse", "Nobody"))))
    assert list(store.mentions(entity=DIZZY))
    store.remap({record.document.id: [MERGE]})
    store.remove([record.document.id])
    describe_all(store)
    assert dump(store) == before
