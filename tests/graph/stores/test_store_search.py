"""What every store finds: names, vectors and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from clew.graph.errors import StoreError
from clew.graph.model import Chunk, Document, Mention, entity_id
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore

Records = tuple[DocumentRecord, ...]
HOSTILE = [
    "",
    " \t\n",
    '"foo: (bar* AND ~',
    "a\\",
    "title:secret",
    "[* TO *]",
    '-+&&||!(){}[]^"~*?:\\/',
    "NOT",
    "'; DROP TABLE x; --",
    "🧵🧵",
    "\x00\x07",
    "\ud800",
    "x" * 5000,
    "lothair^1e9",
    "AND OR",
    "/regex/",
    "東京",
]


def test_find_knows_names_aliases_and_titles_before_a_bracket(
    store: GraphStore, golden: Records, batch: Callable[..., Batch]
) -> None:
    document = Document.make("alias.txt", "Dizzy spoke.")
    chunk = Chunk.make(document, 0, len(document.text))
    name, id_ = "Benjamin Disraeli", entity_id("Benjamin Disraeli")
    mention = Mention(chunk.id, document.id, 0, 5, "Dizzy", "PERSON", 0.8, id_, name, "alias")
    store.add(batch(*golden, DocumentRecord(document, (chunk,), (mention,))))
    found = store.find(["benjamin disraeli", "dizzy", "lothair", "lothair (novel)", "nobody", "", 'x" OR 1=1 --'])
    lothair = [entity_id("Lothair (novel)")]
    assert found == {
        "benjamin disraeli": [id_],
        "dizzy": [id_],
        "lothair": lothair,
        "lothair (novel)": lothair,
        "nobody": [],
        "": [],
        'x" OR 1=1 --': [],
    }
    assert next(store.entities([id_])).aliases == ("Dizzy",)
    store.remove([document.id])
    assert store.find(["dizzy"]) == {"dizzy": []}
    assert store.find([]) == {}


def test_one_key_finds_all_entities_that_share_it(
    store: GraphStore, say: Callable[..., DocumentRecord], batch: Callable[..., Batch]
) -> None:
    names = ["Lothair", "Lothair (novel)", "Lothair (1920 film)"]
    store.add(batch(say("a", *((name, "is", "Work") for name in names))))
    assert store.find(["lothair"]) == {"lothair": sorted(entity_id(name) for name in names)}


@pytest.mark.parametrize("kind", ["chunk", "entity", "relation"])
def test_the_nearest_vectors_are_found_exactly(
    kind: Any, store: GraphStore, say: Callable[..., DocumentRecord], batch: Callable[..., Batch]
) -> None:
    count = 60
    record = say("many", *((f"Head {i}", f"relation {i}", f"Head {i + 1}") for i in range(count)))
    matrix = np.random.default_rng(7).normal(size=(count, 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    store.add(Batch((record,), matrix))
    entities = [entity_id(f"Head {i}") for i in range(count)]
    relations = [f"relation {i}" for i in range(count)]
    store.describe(Described(dict.fromkeys(entities, "x"), matrix, tuple(relations), matrix))
    ids = {"chunk": [chunk.id for chunk in record.chunks], "entity": entities, "relation": relations}[kind]
    for query in np.concatenate([matrix[:5], -matrix[:5]]):
        scores = matrix @ query
        best = np.argsort(-scores)[:10]
        hits = store.search_vectors(kind, query, 10)
        assert [hit.id for hit in hits] == [ids[row] for row in best]
        assert [hit.score for hit in hits] == pytest.approx(scores[best].tolist(), abs=1e-4)
    assert len(store.search_vectors(kind, matrix[0], 1000)) == count
    assert store.search_vectors(kind, matrix[0], 0) == []
    with pytest.raises(StoreError):
        store.search_vectors(kind, np.ones(3, dtype=np.float32), 1)


def test_words_find_chunks_by_text_and_title(store: GraphStore, golden: Records, batch: Callable[..., Batch]) -> None:
    store.add(batch(*golden))
    born = [hit.id for hit in store.search_text("chunk", "Where was the place of BIRTH?", 2)]
    assert born[0] == golden[1].chunks[1].id
    assert [hit.id for hit in store.search_text("chunk", "Endymion", 5)] == [golden[2].chunks[0].id]
    assert golden[0].chunks[0].id in {hit.id for hit in store.search_text("chunk", "novel", 5)}
    hits = store.search_text("chunk", "Disraeli spouse", 5)
    assert hits[0].score > 0
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert store.search_text("chunk", "zebra", 5) == store.search_text("chunk", "Disraeli", 0) == []
    store.remove([golden[2].document.id])
    assert store.search_text("chunk", "Endymion", 5) == []


def test_words_find_entities_by_name_and_description(
    store: GraphStore, golden: Records, batch: Callable[..., Batch], vectors: Callable[..., Any]
) -> None:
    store.add(batch(*golden))
    london = entity_id("London")
    assert [hit.id for hit in store.search_text("entity", "london", 5)] == [london]
    assert store.search_text("entity", "thames", 5) == []
    store.describe(Described({london: "London lies on the Thames."}, vectors(["x"])))
    assert [hit.id for hit in store.search_text("entity", "thames", 5)] == [london]
    store.describe(Described({london: "London is a city."}, vectors(["x"])))
    assert store.search_text("entity", "thames", 5) == []


def test_any_text_is_a_valid_query(store: GraphStore, golden: Records, batch: Callable[..., Batch]) -> None:
    store.add(batch(*golden))
    for query in HOSTILE:
        for hit in (*store.search_text("chunk", query, 3), *store.search_text("entity", query, 3)):
            assert hit.score > 0
    long = "Endymion " + "what about this (and *that*)? " * 3300
    assert golden[2].chunks[0].id in {hit.id for hit in store.search_text("chunk", long, 10)}
    assert store.search_text("chunk", '"Endymion', 1)[0].id == golden[2].chunks[0].id
