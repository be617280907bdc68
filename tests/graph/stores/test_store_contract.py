"""What every store keeps, engine by engine: writing, reading, and the state that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clew.graph.errors import StoreError
from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, Counts, Described, DocumentRecord, GraphStore

Records = tuple[DocumentRecord, ...]
Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]
Dump = Callable[[GraphStore], dict[str, Any]]
DISRAELI = entity_id("Benjamin Disraeli")
LOTHAIR = entity_id("Lothair (novel)")
BORN = Value("21 December 1804", "date", "1804-12-21")


def test_a_fresh_store_is_empty_and_says_what_it_is_made_with(url: str) -> None:
    store = open_store(url)
    assert store.counts() == Counts()
    assert (store.info().encoder, store.info().dimension) == ("", 0)
    assert store.search_vectors("chunk", np.ones(8, dtype=np.float32), 3) == []
    assert store.search_text("chunk", "anything", 3) == []
    assert store.stale(5) == ([], [])
    assert len(store.adjacency().nodes) == 0
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    info = store.info()
    assert (info.encoder, info.dimension, info.extracted_with) == ("toy", 8, "hand")
    assert info.generation > 0
    store.close()


def test_the_golden_graph_comes_back_as_told(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    before = store.info().generation
    store.add(batch(*golden))
    assert store.info().generation > before
    assert store.counts() == Counts(documents=3, chunks=6, mentions=13, entities=5, triples=5, relations=4, stale=5)
    assert [document.uri for document in store.documents([record.document.id for record in golden])] == [
        "lothair.txt",
        "disraeli.txt",
        "endymion.txt",
    ]
    assert all(document.text == "" for document in store.documents())
    assert dict(next(store.documents([golden[0].document.id])).metadata) == {"from": "test"}
    for record in golden:
        assert tuple(store.chunks(document=record.document.id)) == record.chunks
    disraeli = next(store.entities([DISRAELI]))
    assert (disraeli.name, disraeli.type, disraeli.names) == ("Benjamin Disraeli", "THING", {"Benjamin Disraeli": 7})
    spouse = Triple.make(DISRAELI, "spouse", entity_id("Mary Anne"))
    told = next(store.triples([spouse.id]))
    assert [source.document for source in told.sources] == sorted(golden[i].document.id for i in (1, 2))
    assert told.confidence == pytest.approx(0.9)
    born = next(store.triples([Triple.make(DISRAELI, "date of birth", BORN).id]))
    assert born.tail == BORN


def test_telling_the_same_again_changes_nothing(
    store: GraphStore, golden: Records, batch: MakeBatch, dump: Dump, describe_all: Callable[[GraphStore], None]
) -> None:
    store.add(batch(*golden))
    describe_all(store)
    first = dump(store)
    store.add(batch(golden[1]))
    describe_all(store)
    assert dump(store) == first


def test_a_changed_document_replaces_what_it_said(
    store: GraphStore, golden: Records, say: Say, batch: MakeBatch
) -> None:
    store.add(batch(*golden))
    store.add(batch(say("disraeli.txt", ("Benjamin Disraeli", "place of burial", "Hughenden"))))
    assert store.counts().documents == 3
    assert list(store.entities([entity_id("London")])) == []
    assert [triple.relation for triple in store.neighborhood([entity_id("Hughenden")])] == ["place of burial"]
    spouse = next(store.triples([Triple.make(DISRAELI, "spouse", entity_id("Mary Anne")).id]))
    assert [source.document for source in spouse.sources] == [golden[2].document.id]
    assert store.search_text("chunk", "London", 5) == []


def test_removing_a_document_takes_all_that_only_it_said(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    gone = golden[1].document.id
    assert store.remove([gone, "unknown", gone]) == 1
    assert list(store.documents([gone])) == list(store.chunks(document=gone)) == []
    assert {entity.name for entity in store.entities()} == {
        "Lothair (novel)",
        "Endymion",
        "Benjamin Disraeli",
        "Mary Anne",
    }
    assert store.neighborhood([BORN.id]) == []
    assert store.adjacency().relations[:] == ["author", "spouse"]
    assert gone not in {mention.document for mention in store.mentions()}
    assert store.remove([record.document.id for record in golden]) == 2
    assert store.counts() == Counts()
    assert store.remove([gone]) == 0


def _no_encoder(store: GraphStore, record: DocumentRecord, good: Batch) -> Batch:
    store.configure(encoder="", dimension=0, extracted_with="")
    return good


BAD: dict[str, Callable[[GraphStore, DocumentRecord, Batch], Batch]] = {
    "no encoder": _no_encoder,
    "twice": lambda _, record, good: Batch((record, record), np.concatenate([good.chunk_vectors] * 2)),
    "too few vectors": lambda _, record, good: Batch((record,), good.chunk_vectors[:-1]),
    "another dimension": lambda _, record, good: Batch((record,), good.chunk_vectors[:, :5]),
    "not a number": lambda _, record, good: Batch((record,), good.chunk_vectors * np.float32("nan")),
    "foreign source": lambda _, record, good: Batch(
        (
            replace(
                record,
                triples=(Triple.make("a", "r", "b", (Source("elsewhere", record.chunks[0].id, 0, 1),)),),
            ),
        ),
        good.chunk_vectors,
    ),
    "no source": lambda _, record, good: Batch(
        (replace(record, triples=(Triple.make("a", "r", "b"),)),), good.chunk_vectors
    ),
    "foreign mention": lambda _, record, good: Batch(
        (replace(record, mentions=(replace(record.mentions[0], document="elsewhere"),)),), good.chunk_vectors
    ),
    "lost mention": lambda _, record, good: Batch(
        (replace(record, mentions=(replace(record.mentions[0], chunk="elsewhere"),)),), good.chunk_vectors
    ),
    "foreign chunk": lambda _, record, good: Batch(
        (replace(record, chunks=(replace(record.chunks[0], document="elsewhere"), *record.chunks[1:])),),
        good.chunk_vectors,
    ),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_wrong_batch_is_refused_whole(
    wrong: str, store: GraphStore, golden: Records, batch: MakeBatch, dump: Dump
) -> None:
    store.add(batch(golden[0]))
    bad = BAD[wrong](store, golden[1], batch(golden[1]))
    mixed = Batch(
        (golden[2], *bad.records),
        np.concatenate([batch(golden[2]).chunk_vectors[:, : bad.chunk_vectors.shape[1]], bad.chunk_vectors]),
    )
    before, generation = dump(store) if wrong != "no encoder" else None, store.info().generation
    with pytest.raises(StoreError):
        store.add(mixed)
    assert store.info().generation == generation
    assert store.counts().documents == 1
    if before is not None:
        assert dump(store) == before


def test_what_changed_is_stale_until_described(
    store: GraphStore,
    golden: Records,
    say: Say,
    batch: MakeBatch,
    *,
    describe_all: Callable[[GraphStore], None],
    vectors: Callable[..., Any],
) -> None:
    store.add(batch(*golden))
    entities, relations = store.stale(100)
    assert set(entities) == {entity.id for entity in store.entities()}
    assert set(relations) == {"author", "spouse", "place of birth", "date of birth"}
    assert [len(part) for part in store.stale(2)] == [2, 2]
    assert store.stale(0) == ([], [])
    describe_all(store)
    assert store.stale(100) == ([], [])
    assert store.counts().stale == 0
    assert next(store.entities([LOTHAIR])).description == "Lothair (novel) is told of."
    store.add(batch(say("new.txt", ("London", "country", "England"))))
    entities, relations = store.stale(100)
    assert set(entities) == {entity_id("London"), entity_id("England")}
    assert relations == ["country"]
    store.remove([golden[1].document.id])
    entities, _ = store.stale(100)
    assert DISRAELI in entities
    assert LOTHAIR not in entities
    store.describe(Described({"unknown": "nobody"}, vectors(["nobody"])))
    assert list(store.entities(["unknown"])) == []
    with pytest.raises(StoreError):
        store.describe(Described({LOTHAIR: "a novel"}))
    assert next(store.entities([LOTHAIR])).description == "Lothair (novel) is told of."


def test_what_vanishes_and_comes_back_is_new(
    store: GraphStore, golden: Records, batch: MakeBatch, describe_all: Callable[[GraphStore], None]
) -> None:
    store.add(batch(golden[0]))
    describe_all(store)
    store.remove([golden[0].document.id])
    store.add(batch(golden[0]))
    assert next(store.entities([LOTHAIR])).description == ""
    entities, relations = store.stale(10)
    assert set(entities) == {LOTHAIR, DISRAELI}
    assert relations == ["author"]


def test_another_encoder_drops_every_vector(
    store: GraphStore, golden: Records, batch: MakeBatch, describe_all: Callable[[GraphStore], None]
) -> None:
    store.add(batch(*golden))
    describe_all(store)
    query = np.full(8, 8**-0.5, dtype=np.float32)
    assert len(store.search_vectors("entity", query, 9)) == 5
    store.configure(encoder="toy", dimension=8, extracted_with="another extractor")
    assert len(store.search_vectors("entity", query, 9)) == 5
    assert store.counts().stale == 0
    store.configure(encoder="other", dimension=4, extracted_with="another extractor")
    query = np.full(4, 0.5, dtype=np.float32)
    assert [store.search_vectors(kind, query, 9) for kind in ("chunk", "entity", "relation")] == [[], [], []]
    assert [len(part) for part in store.stale(100)] == [5, 4]
    chunks = [chunk.id for chunk in store.chunks()]
    store.set_chunk_vectors([*chunks, "unknown"], np.full((len(chunks) + 1, 4), 0.5, dtype=np.float32))
    assert {hit.id for hit in store.search_vectors("chunk", query, 99)} == set(chunks)
    with pytest.raises(StoreError):
        store.set_chunk_vectors(chunks, np.ones((len(chunks), 8), dtype=np.float32))
    with pytest.raises(StoreError):
        store.search_vectors("chunk", np.ones(8, dtype=np.float32), 1)


def test_nouns_come_in_the_order_asked(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    for read in (store.documents, store.chunks, store.entities, store.triples):
        everything = [noun.id for noun in read()]  # type: ignore[operator]
        assert everything == sorted(everything)
        asked = [everything[-1], "unknown", everything[0], everything[-1]]
        assert [noun.id for noun in read(asked)] == [everything[-1], everything[0], everything[-1]]  # type: ignore[operator]
        assert list(read([])) == []  # type: ignore[operator]
    assert list(store.chunks(document="unknown")) == []


def test_mentions_by_chunk_and_by_entity(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    told = [mention for record in golden for mention in record.mentions]
    order = sorted(told, key=lambda mention: (mention.document, mention.start, mention.end, mention.entity))
    assert list(store.mentions()) == order
    assert list(store.mentions(entity=DISRAELI)) == [mention for mention in order if mention.entity == DISRAELI]
    some = {golden[1].chunks[0].id, golden[0].chunks[0].id}
    within = [mention for mention in order if mention.chunk in some]
    assert list(store.mentions(chunks=sorted(some))) == within
    assert list(store.mentions(chunks=sorted(some), entity=DISRAELI)) == [
        mention for mention in within if mention.entity == DISRAELI
    ]
    assert list(store.mentions(chunks=[])) == list(store.mentions(entity="unknown")) == []


def test_a_neighborhood_keeps_the_most_confident(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    around = store.neighborhood([DISRAELI, "unknown"])
    assert len(around) == 5
    assert [triple.id for triple in around] == sorted(triple.id for triple in around)
    best = store.neighborhood([DISRAELI], limit=3)
    assert {triple.relation for triple in best} == {"spouse", "place of birth", "date of birth"}
    assert [triple.tail for triple in store.neighborhood([BORN.id])] == [BORN]
    assert store.neighborhood([DISRAELI], limit=0) == store.neighborhood([]) == []


def test_every_field_comes_back(store: GraphStore, batch: MakeBatch) -> None:
    text = "One 🧵 thread.\r\nTwo\t“threads”\u2028and 'more'; \\ back`tick\x07"
    document = Document.make(
        "file:///a b?c#d",
        text,
        title="“T” 'x' `y` \\",
        language="en",
        metadata={"key 'k'": 'v "w"\n', "": "empty key"},
        access=("staff", "b 'c'"),
        version="7",
        read_with="loader|1",
    )
    chunks = tuple(
        Chunk.make(document, start, end, position=place, headings=("A > B", "🧵", ""))
        for place, (start, end) in enumerate(((0, 15), (15, len(text))))
    )
    strange = ["a`b", "c\"d'", "e\nf\\", "🧵 ", "$x {y: 1}", "n.set //", "`]->() DETACH DELETE n //"]
    entities = [entity_id(name) for name in strange]
    mentions = tuple(
        Mention(chunks[1].id, document.id, 15 + i, 18 + i, "x" * i, "T`Y", 0.25, entities[i], name, "alias")
        for i, name in enumerate(strange)
    )
    source = Source(
        document.id,
        chunks[1].id,
        16,
        29,
        "spaCy 'x' 1.0",
        0.123456789,
        ("negated", 'attributed:O\'Brien "B"'),
        {"place": "St. John's", "time": "1875"},
        "1875-01-01",
        "1880",
        "http://example.org/g",
    )
    second = replace(source, start=1, chunk=chunks[0].id, flags=(), qualifiers={}, graph="")
    tails: list[str | Value] = [
        *entities,
        Value("12,5 kg", "number", "12.5"),
        Value("11 Nov 1875", "date", "1875-11-11"),
        Value("Ça va `'\"\n", "text", "", "fr"),
        Value("", "text", ""),
    ]
    triples = tuple(
        Triple.make(entities[0], f"rel {name}", tail, (source, second))
        for name, tail in zip([*strange, "", "x" * 300, "ß", "`"], tails, strict=True)
    )
    record = DocumentRecord(document, chunks, mentions, triples)
    store.add(batch(record))
    assert list(store.documents()) == [document]
    assert tuple(store.chunks(document=document.id)) == chunks
    assert sorted(store.mentions(), key=lambda mention: mention.start) == list(mentions)
    assert list(store.triples()) == sorted(triples, key=lambda triple: triple.id)
    assert {entity.id: entity.name for entity in store.entities()} == dict(zip(entities, strange, strict=True))
    assert sorted(store.adjacency().relations) == sorted({triple.relation for triple in triples})
    assert len(store.neighborhood([entities[0]])) == len(triples)


def test_one_value_written_twice_is_one_triple(store: GraphStore, say: Say, batch: MakeBatch) -> None:
    written = ["Nov 11, 1875", "11 Nov 1875", "1875-11-11"]
    records = [say(text, ("Ada", "born", Value(text, "date", "1875-11-11"))) for text in written]
    for record in records:
        store.add(batch(record))
    (triple,) = store.triples()
    assert triple.tail == Value("11 Nov 1875", "date", "1875-11-11")
    assert [source.document for source in triple.sources] == sorted(record.document.id for record in records)
    store.remove([records[1].document.id])
    assert next(store.triples()).tail == Value("1875-11-11", "date", "1875-11-11")


def test_an_end_of_a_triple_is_an_entity_without_mentions(store: GraphStore, say: Say, batch: MakeBatch) -> None:
    record = replace(say("bare.csv", ("Ada", "knows", "Bob")), mentions=())
    store.add(batch(record))
    ada = next(store.entities([entity_id("Ada")]))
    assert (dict(ada.names), ada.name) == ({}, ada.id)
    assert store.counts().entities == 2
    assert not store.adjacency().is_value.any()
    store.remove([record.document.id])
    assert store.counts() == Counts()


def test_a_document_without_chunks_is_kept(store: GraphStore, batch: MakeBatch) -> None:
    store.add(batch(DocumentRecord(Document.make("empty.txt", ""), ())))
    assert store.counts() == Counts(documents=1)
    store.add(Batch((), np.zeros((0, 8), dtype=np.float32)))
    assert [document.uri for document in store.documents()] == ["empty.txt"]


def test_the_adjacency_draws_the_golden_graph(store: GraphStore, golden: Records, batch: MakeBatch) -> None:
    store.add(batch(*golden))
    adjacency = store.adjacency()
    assert adjacency.generation == store.info().generation
    edges = {
        (adjacency.nodes[head], adjacency.relations[relation], adjacency.nodes[tail])
        for head, relation, tail in zip(adjacency.head, adjacency.relation, adjacency.tail, strict=True)
    }
    assert edges == {(triple.head, triple.relation, triple.tail_id) for triple in store.triples()}
    assert [adjacency.nodes[node] for node in np.flatnonzero(adjacency.is_value)] == [BORN.id]
    titled = {adjacency.chunks[chunk]: node for chunk, node in enumerate(adjacency.title_entity)}
    assert adjacency.nodes[titled[golden[0].chunks[0].id]] == LOTHAIR
    assert {adjacency.nodes[titled[chunk.id]] for chunk in golden[1].chunks} == {DISRAELI}
    assert {titled[chunk.id] for chunk in golden[2].chunks} == {-1}
    assert adjacency.mention_count.sum() == 13
    store.remove([golden[0].document.id])
    assert LOTHAIR not in store.adjacency().nodes[:]
    assert store.adjacency().generation == store.info().generation
    assert LOTHAIR in adjacency.nodes[:]  # the older arrays stay what they were
