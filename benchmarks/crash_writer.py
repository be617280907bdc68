"""The writer that `crash.py` kills: it checks a knowledge base, ingests on, and tells what it has committed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from clew.graph.export.jsonl import export_lines
from clew.graph.model import Chunk, Document, stable_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore, Vectors
from clew.graph.stores.memory import MemoryStore
from clew.graph.stores.rdf.packed import pack, unpack
from clew.ingest.load.items import Loaded
from clew.ingest.load.load import load
from clew.ingest.pipeline import ingest

ROWS = 40  # ready triples in a file
FILES = 35  # files that an adjacency is kept in, and its folder
READY: dict[str, Any] = {"extractor": "read before", "batch_size": 4}


@dataclass(frozen=True)
class Plan:
    """When a child is to be killed: so many seconds `after` its check (or its start, with `opening`), after a
    `commit`, or at a `file` beside the graph."""

    after: float = 0.0
    opening: bool = False
    commit: int = 0
    file: int = 0

    @property
    def way(self) -> str:
        """In words."""
        if self.commit:
            return "between a commit and its report"
        if self.file:
            return "at what is kept beside"
        return "while opening" if self.opening else "while writing"

    @staticmethod
    def drawn(draw: random.Random, seconds: float) -> Plan:
        """Half of all kills at any moment of the writing, the rest in the three other ways."""
        way = draw.random()
        if way < 0.5:
            return Plan(after=max(0.001, draw.uniform(0, 0.7 * seconds)))
        if way < 0.7:
            return Plan(commit=draw.randint(1, 6))
        if way < 0.9:
            return Plan(file=draw.randint(1, 2 * FILES))  # a check writes them where they are out of date, then the end
        return Plan(after=max(0.001, draw.uniform(0, 0.5 * seconds)), opening=True)


def prepare(folder: Path, rows: Sequence[dict[str, str]]) -> None:
    """What the extractor reads of the passages is in `folder`, a line each, and its triples as tables of their own; so
    a child need not read them again and spends its time on writing."""
    from clew.ingest.chunk import chunk
    from clew.ingest.extract.local import SpacyExtractor
    from clew.ingest.resolution.resolve import resolve

    extract, facts = SpacyExtractor(), []
    documents = [Document.make(f"slice:{row['title']}", row["text"], title=row["title"]) for row in rows]
    pairs = [(document, chunk(document, size=1200)) for document in documents]
    (folder / "tables").mkdir(parents=True)
    with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
        for (document, chunks), extraction in zip(pairs, extract(iter(pairs)), strict=True):
            record = resolve(document, chunks, extraction, extractor=extract.fingerprint)
            names = {mention.entity: mention.name for mention in record.mentions}
            file.write(json.dumps({"text": document.text, "record": pack(record)}) + "\n")
            facts += [
                (names[triple.head], triple.relation, names[triple.tail])
                for triple in record.triples
                if isinstance(triple.tail, str)
            ]
    for place in range(0, len(facts), ROWS):
        lines = ["head\trelation\ttail", *("\t".join(fact) for fact in facts[place : place + ROWS])]
        (folder / "tables" / f"facts {place}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def documents_of(folder: Path) -> Iterator[Loaded]:
    """Passages and tables by turns, as they come out of loading."""
    tables = [loaded for loaded in load([folder / "tables"]) if isinstance(loaded, Loaded)]
    for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        record = unpack(row["record"])
        yield Loaded(replace(record.document, text=row["text"]), read=partial(_as_read, record))
        if tables:
            yield tables.pop()
    yield from tables


def _as_read(record: DocumentRecord, document: Document, _: Sequence[Chunk]) -> DocumentRecord:
    return replace(record, document=document)


class HashEmbedder:
    """A vector for each text that follows from its hash: the real encoder would only take time."""

    fingerprint, dimension = "hash/1", 32

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(int(stable_id(text), 16)).standard_normal(self.dimension) for text in texts]
        matrix = np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)
        return np.asarray(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9), dtype=np.float32)


# -- the child -------------------------------------------------------------------------------------------------------


class Reported:
    """A store whose commits are told to the parent, or, the chosen one, to nobody."""

    def __init__(self, store: GraphStore, tell: Any, die_at: int) -> None:
        self._store, self._tell, self._left = store, tell, die_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def add(self, batch: Batch) -> None:
        self._store.add(batch)
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._tell({"added": [record.document.id for record in batch.records]})


def child(connection: Connection, url: str, folder: str, reported: list[str], plan: Plan) -> None:
    """Checks the knowledge base and ingests on, unless it kills itself as planned."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying engine says is no news
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"  # a child ends long before more would pay off

    def tell(message: dict[str, Any]) -> None:
        connection.send_bytes(json.dumps(message).encode())

    records = told(Path(folder))
    store = open_store(url)
    try:
        if plan.file:
            _die_beside(plan.file)
        lost, wrong = check(store, records, set(reported))
        tell({"lost": lost, "wrong": wrong})
        watched: Any = Reported(store, tell, plan.commit)
        ingest(documents_of(Path(folder)), watched, lambda _: iter(()), HashEmbedder(), **READY)
        digest = hashlib.sha256("\n".join(export_lines(store)).encode()).hexdigest()
        lost, wrong = check(store, records, set(records))
    finally:
        store.close()
    tell({"lost": lost, "wrong": wrong, "export": digest})


def _die_beside(count: int) -> None:
    left = count

    def hear(event: str, given: tuple[Any, ...]) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.mkdir"} and ("making-" in str(given[0]) or "adjacency-" in str(given[0])):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def told(folder: Path) -> dict[str, DocumentRecord]:
    """The records that the ingest writes, by id of their document."""
    records: dict[str, DocumentRecord] = {}

    class Noted(MemoryStore):
        def add(self, batch: Batch) -> None:
            records.update({record.document.id: record for record in batch.records})
            super().add(batch)

    ingest(documents_of(folder), Noted(), lambda _: iter(()), HashEmbedder(), **READY)
    return records


def check(store: GraphStore, records: dict[str, DocumentRecord], reported: set[str]) -> tuple[int, list[str]]:
    """How many documents that were reported are gone; and in what the store is not what its documents say."""
    present = [document.id for document in store.documents()]
    right, embedder = MemoryStore(), HashEmbedder()
    right.configure(encoder=embedder.fingerprint, dimension=embedder.dimension, extracted_with=READY["extractor"])
    chosen = tuple(records[id_] for id_ in present if id_ in records)
    right.add(Batch(chosen, embedder.encode([chunk.text for record in chosen for chunk in record.chunks])))
    wrong = [name for name, one, other in zip(_WHAT, _state(store), _state(right), strict=True) if one != other]
    if len(chosen) < len(present):
        wrong.append("documents that nobody wrote")
    return len(reported - set(present)), wrong + _underived(store)


_WHAT = ("documents", "chunks", "mentions", "triples", "entities", "counts", "adjacency")


def _state(store: GraphStore) -> list[Any]:
    """All that follows from what the documents say, in the order of `_WHAT`."""
    adjacency, entities = store.adjacency(), store.entities()
    arrays = ("nodes", "is_value", "chunks", "triple_ids", "head", "tail", "mention_chunk", "mention_entity")
    return [
        [replace(document, text="") for document in store.documents()],
        list(store.chunks()),
        list(store.mentions()),
        list(store.triples()),
        [replace(entity, description="") for entity in entities],
        replace(store.counts(), stale=0),
        [list(getattr(adjacency, name)) for name in arrays],
    ]


def _underived(store: GraphStore) -> list[str]:
    """What is not stale and yet has no description or vector, and chunks without a vector."""
    if not store.info().encoder:
        return []
    waiting = set(store.stale(1_000_000)[0])
    fresh = [entity for entity in store.entities() if entity.id not in waiting]
    chunks = [chunk.id for chunk in store.chunks()]
    wrong = ["descriptions"] if not all(entity.description for entity in fresh) else []
    some = HashEmbedder().encode(["any"])[0]
    for kind, ids in (("entity", [entity.id for entity in fresh]), ("chunk", chunks)):
        found = {hit.id for hit in store.search_vectors(kind, some, store.counts().entities + len(chunks))}  # type: ignore[arg-type]
        if not set(ids) <= found:
            wrong.append(f"{kind} vectors")
    return wrong
