"""A store of every engine, and small graphs to put into it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, entity_id, stable_id
from clew.graph.open import open_store
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore, Vectors

Fact = tuple[str, str, str | Value]
DIMENSION = 8


@pytest.fixture(params=["memory", "arcadedb", "neo4j", "rdf", "served"])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    return str(request.param)


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where a fresh store of that engine can be opened."""
    if engine == "neo4j":
        return str(request.getfixturevalue("neo4j_url"))
    if engine == "served":
        return str(tmp_path / "kb")
    return "memory:" if engine == "memory" else f"{engine}:{tmp_path / 'kb'}"


OWNER = """
import sys
from clew.graph.open import open_store

for line in sys.stdin:
    held = open_store(line.strip())
    print(held.owner, flush=True)
"""


@pytest.fixture(scope="session")
def owner_process() -> Iterator[subprocess.Popen[str]]:
    """Another process, which opens each knowledge base that it reads the path of and answers when it is open."""
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def store(engine: str, url: str, request: pytest.FixtureRequest) -> Iterator[GraphStore]:
    """A fresh, configured store; where it is `served`, another process has it open."""
    if engine == "served":
        process = request.getfixturevalue("owner_process")
        process.stdin.write(f"{url}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "this process\n"
    opened = open_store(url)
    opened.configure(encoder="toy", dimension=DIMENSION, extracted_with="hand")
    yield opened
    opened.close()


def _vectors(texts: Sequence[str]) -> Vectors:
    rows = [np.random.default_rng(int(stable_id(text), 16)).normal(size=DIMENSION) for text in texts]
    matrix = np.array(rows, dtype=np.float32).reshape(len(rows), DIMENSION)
    return (matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _say(uri: str, *facts: Fact, title: str = "", confidence: float = 0.5) -> DocumentRecord:
    sentences = [f"{head} {relation} {getattr(tail, 'text', tail)}. " for head, relation, tail in facts]
    document = Document.make(uri, "".join(sentences), title=title, metadata={"from": "test"}, read_with="hand")
    chunks: list[Chunk] = []
    mentions: list[Mention] = []
    triples: list[Triple] = []
    for sentence, (head, relation, tail) in zip(sentences, facts, strict=True):
        start = chunks[-1].end if chunks else 0
        chunk = Chunk.make(document, start, start + len(sentence), position=len(chunks), headings=("Top", uri))
        chunks.append(chunk)
        ends = [(head, start)]
        if isinstance(tail, str):
            ends.append((tail, start + len(head) + len(relation) + 2))
        for name, at in ends:
            mentions.append(
                Mention(chunk.id, document.id, at, at + len(name), name, "THING", 0.9, entity_id(name), name)
            )
        source = Source(document.id, chunk.id, start, start + len(sentence), "hand 1", confidence)
        triples.append(
            Triple.make(entity_id(head), relation, tail if isinstance(tail, Value) else entity_id(tail), (source,))
        )
    if title and chunks:
        mentions.append(Mention(chunks[0].id, document.id, 0, 0, title, "THING", 1.0, entity_id(title), title))
    return DocumentRecord(document, tuple(chunks), tuple(mentions), tuple(triples))


def _batch(*records: DocumentRecord) -> Batch:
    return Batch(records, _vectors([chunk.text for record in records for chunk in record.chunks]))


def _describe_all(store: GraphStore) -> None:
    while any(waiting := store.stale(3)):
        entities, relations = waiting
        described = {entity.id: f"{entity.name} is told of." for entity in store.entities(entities)}
        store.describe(
            Described(described, _vectors(list(described.values())), tuple(relations), _vectors(relations)),
        )


def _dump(store: GraphStore) -> dict[str, Any]:
    entities = list(store.entities())
    adjacency = store.adjacency()
    arrays = {name: list(value) for name, value in vars(adjacency).items() if name in _ARRAYS}
    relations = list(adjacency.relations)
    return {
        "counts": store.counts(),
        "documents": list(store.documents()),
        "chunks": list(store.chunks()),
        "mentions": list(store.mentions()),
        "entities": entities,
        "triples": list(store.triples()),
        "adjacency": arrays,
        "found": store.find(
            sorted({"x", "lothair", *(name.casefold() for entity in entities for name in entity.names)})
        ),
        "near entities": [_ids(store, "entity", f"{entity.name} is told of.") for entity in entities],
        "near relations": [_ids(store, "relation", name) for name in relations],
        "near chunks": [_ids(store, "chunk", chunk.text) for chunk in store.chunks()],
    }


_ARRAYS = {
    "nodes",
    "is_value",
    "chunks",
    "relations",
    "triple_ids",
    "head",
    "relation",
    "tail",
    "confidence",
    "mention_chunk",
    "mention_entity",
    "mention_count",
    "title_entity",
}


def _ids(store: GraphStore, kind: Any, text: str) -> tuple[set[str], set[str]]:
    """Who carries exactly this text's vector, and who carries a vector at all."""
    hits = store.search_vectors(kind, _vectors([text])[0], 1000)
    return {hit.id for hit in hits if hit.score > 0.999}, {hit.id for hit in hits}


@pytest.fixture
def vectors() -> Callable[[Sequence[str]], Vectors]:
    """A deterministic toy encoder: texts -> unit vectors."""
    return _vectors


@pytest.fixture
def say() -> Callable[..., DocumentRecord]:
    """Facts -> the record of a document that says them, a sentence and chunk each."""
    return _say


@pytest.fixture
def batch() -> Callable[..., Batch]:
    """Records -> a batch with their vectors."""
    return _batch


@pytest.fixture
def describe_all() -> Callable[[GraphStore], None]:
    """Describes whatever is stale, a few at a time."""
    return _describe_all


@pytest.fixture
def dump() -> Callable[[GraphStore], dict[str, Any]]:
    """Everything a store says, comparable."""
    return _dump


@pytest.fixture
def golden() -> tuple[DocumentRecord, ...]:
    """Three documents: Lothair and Endymion -author-> Benjamin Disraeli -spouse-> Mary Anne (told twice),
    -place of birth-> London, -date of birth-> 1804-12-21."""
    disraeli = "Benjamin Disraeli"
    return (
        _say("lothair.txt", ("Lothair (novel)", "author", disraeli), title="Lothair (novel)"),
        _say(
            "disraeli.txt",
            (disraeli, "spouse", "Mary Anne"),
            (disraeli, "place of birth", "London"),
            (disraeli, "date of birth", Value("21 December 1804", "date", "1804-12-21")),
            title=disraeli,
            confidence=0.9,
        ),
        _say("endymion.txt", ("Endymion", "author", disraeli), (disraeli, "spouse", "Mary Anne")),
    )
