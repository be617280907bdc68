"""The default store: ArcadeDB, embedded in this process, in a folder on disk.

What the documents say lies in its graph, one transaction a batch, flushed to disk before `add` returns. Words are
found by its full-text index (BM25); vectors are kept in it and searched exactly, in memory, from the first search on.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import numpy as np

from clew.graph import store_rules as rules
from clew.graph.adjacency import saved as arrays
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.errors import SettingsError, StoreError
from clew.graph.merges import remapped
from clew.graph.model import FORMAT_VERSION, Chunk, Document, Entity, Mention, Merge, Triple
from clew.graph.store import (
    Batch,
    Counts,
    Described,
    GraphStore,
    Hit,
    Kind,
    QueryResult,
    StoreInfo,
    Vectors,
)
from clew.graph.stores.arcadedb import read, rows, schema
from clew.graph.stores.arcadedb.engine import Engine
from clew.graph.stores.arcadedb.folder import Place
from clew.graph.stores.arcadedb.write import Outcome, apply, drop_vectors
from clew.graph.stores.cypher.guard import guard
from clew.graph.stores.exact_vectors import ExactVectors
from clew.graph.stores.exclusive_lock import locked

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_TYPES: dict[str, tuple[str, str]] = {
    "chunk": ("Chunk", "id"),
    "entity": ("Entity", "id"),
    "relation": ("Relation", "name"),
}
_DROPPING = {"id": "knowledge base", "dropping": True}
_NO_VECTORS = np.zeros((0, 0), dtype=np.float32)
_open: weakref.WeakSet[ArcadeStore] = weakref.WeakSet()


def _writing(
    method: Callable[Concatenate[ArcadeStore, _Args], _Result],
) -> Callable[Concatenate[ArcadeStore, _Args], _Result]:
    """As `locked`, once no vector of an earlier encoder is left; and where it is broken off, even just after its
    commit, what is kept in memory is read anew."""

    @wraps(method)
    def writing(self: ArcadeStore, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        try:
            self._drop_vectors()
            return method(self, *args, **kwargs)
        except BaseException:
            with contextlib.suppress(StoreError):
                self._read_state()
            raise

    return locked(writing)


class ArcadeStore(GraphStore):
    """The knowledge base in the folder `path`. `heap` bounds the Java objects of the whole process ("768m"); the
    engine's classes are kept in `cache`. The first store opened decides both."""

    def __init__(self, path: str | Path, *, create: bool = True, heap: str | None = None, cache: str = "") -> None:
        if not str(path):
            raise SettingsError("No folder is named for the knowledge base.", hint="Write arcadedb:PATH.")
        self._lock = threading.RLock()
        self._place = Place(Path(path).expanduser().absolute(), create=create)
        try:
            self._engine = Engine(
                self._place.engine,
                heap=heap or "1g",
                create=self._place.fresh,
                cache=Path(cache) if cache else None,
            )
            self._open()
        except BaseException:
            self._place.release()
            raise
        self._closed = False
        _open.add(self)

    def _open(self) -> None:
        try:
            if self._place.fresh:
                schema.make(self._engine)
                with self._engine.transaction():
                    self._engine.put("KnowledgeBase", [rows.info_row(StoreInfo(), 0, 0)])
                self._place.finish()
            self._read_state()
        except BaseException:
            self._engine.close()
            raise
        self._place.opened()

    def _read_state(self) -> None:
        """What is kept in memory is what was committed, the rest to be read when it is asked for."""
        self._vectors: dict[str, ExactVectors] = {}
        self._stale: dict[str, None] | None = None
        self._stale_relations: dict[str, None] | None = None
        self._adjacency = arrays.Kept(self._place.cache, self._place.uuid)
        held = self._engine.rows("SELECT FROM KnowledgeBase")
        told = {*StoreInfo.__slots__, "mentions", "stale"}
        if len(held) != 1 or not told <= held[0].keys():
            raise StoreError(
                f"The knowledge base at {self._place.path} is damaged: it does not say what it is made with.",
                hint="Put back a copy, or move the folder away and ingest again.",
            )
        self._info = StoreInfo(**{name: held[0][name] for name in StoreInfo.__slots__})
        self._mentions, self._waiting = int(held[0]["mentions"]), int(held[0]["stale"])
        self._dropping = bool(held[0].get("dropping"))

    # -- what it is ----------------------------------------------------------------------------------------------

    @locked
    def info(self) -> StoreInfo:
        return self._info

    @locked
    def counts(self) -> Counts:
        count = self._engine.count
        return Counts(
            documents=count("Document"),
            chunks=count("Chunk"),
            mentions=self._mentions,
            entities=count("Entity"),
            triples=count("RELATES"),
            relations=count("Relation"),
            stale=self._waiting,
        )

    @_writing
    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        wanted = replace(self._info, encoder=encoder, dimension=dimension, extracted_with=extracted_with)
        if wanted == self._info:
            return
        anew = (encoder, dimension) != (self._info.encoder, self._info.dimension)
        with self._engine.transaction():
            waiting = self._engine.count("Entity") if anew else self._waiting
            noted = self._note(wanted, self._mentions, waiting)
            if anew:
                self._engine.put("KnowledgeBase", [_DROPPING])
        if anew:
            self._vectors, self._stale, self._stale_relations, self._dropping = {}, None, None, True
        self._info, self._mentions, self._waiting = noted
        self._drop_vectors()

    def _note(self, info: StoreInfo, mentions: int, waiting: int) -> tuple[StoreInfo, int, int]:
        """The knowledge base's own row says this, with the next generation."""
        info = replace(info, format_version=FORMAT_VERSION, generation=self._info.generation + 1)
        self._engine.put("KnowledgeBase", [rows.info_row(info, mentions, waiting)])
        return info, mentions, waiting

    def _drop_vectors(self) -> None:
        """No vector of an earlier encoder is left, everything is stale. A change of the encoder comes here first,
        and whatever next needs vectors, should it be cut short: the row says so until all is done."""
        if not self._dropping:
            return
        for type_name, key in _TYPES.values():
            drop_vectors(self._engine, type_name, key)
        with self._engine.transaction():
            self._engine.put("KnowledgeBase", [_DROPPING | {"dropping": False}])
        self._dropping = False

    # -- writing -------------------------------------------------------------------------------------------------

    @_writing
    def add(self, batch: Batch) -> None:
        rules.check_batch(batch, self._info)
        self._apply(batch, [])

    @_writing
    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        records = read.records(self._engine, list(merges))
        changed = tuple(remapped(record, merges[record.document.id]) for record in records)
        if changed:
            self._apply(Batch(changed, _NO_VECTORS), [], told_before=True)

    @_writing
    def remove(self, documents: Sequence[str]) -> int:
        held = list(self._engine.fetch("Document", dict.fromkeys(documents), ("id",)))
        if held:
            self._apply(Batch((), _NO_VECTORS), held)
        return len(held)

    def _apply(self, batch: Batch, removed: Sequence[str], *, told_before: bool = False) -> None:
        """`told_before`: the batch's chunks are in the store and keep their vectors."""
        stale = self._waiting_entities()
        with self._engine.transaction():
            vectors = None if told_before else batch.chunk_vectors
            outcome = apply(self._engine, batch.records, removed, vectors, stale)
            waiting = len(stale) - _among(outcome.fresh, stale) + len(outcome.stale) - _among(outcome.stale, stale)
            noted = self._note(self._info, self._mentions + outcome.mentions, waiting)
        self._info, self._mentions, self._waiting = noted
        self._remember(outcome)
        self._adjacency.touch(outcome.touched)
        if "chunk" in self._vectors and not told_before:
            chunks = (chunk for record in batch.records for chunk in record.chunks)
            for chunk, vector in zip(chunks, batch.chunk_vectors, strict=True):
                self._vectors["chunk"].put(chunk.id, vector)

    def _remember(self, outcome: Outcome) -> None:
        """What is kept in memory follows what was committed."""
        for waiting, new, gone in (
            (self._waiting_entities(), outcome.stale, outcome.fresh),
            (self._waiting_relations(), outcome.stale_relations, outcome.gone_relations),
        ):
            waiting.update(new)
            for id_ in gone:
                waiting.pop(id_, None)
        for kind, gone in (
            ("chunk", outcome.gone_chunks),
            ("entity", outcome.fresh),
            ("relation", outcome.gone_relations),
        ):
            for id_ in gone:
                if kind in self._vectors:
                    self._vectors[kind].drop(id_)

    @_writing
    def describe(self, described: Described) -> None:
        rules.check_described(described, self._info)
        entities = [] if described.entity_vectors is None else list(described.entities)
        relations = [] if described.relation_vectors is None else list(described.relations)
        waiting = self._waiting_entities()
        with self._engine.transaction():
            held = self._engine.fetch("Entity", entities, rows.ENTITY)
            names = self._engine.fetch("Relation", relations, ("name",), key="name")
            told = [row for row, id_ in enumerate(entities) if id_ in held]
            spoken = [row for row, name in enumerate(relations) if name in names]
            near = _NO_VECTORS if described.entity_vectors is None else described.entity_vectors[told]
            close = _NO_VECTORS if described.relation_vectors is None else described.relation_vectors[spoken]
            entities, relations = [entities[row] for row in told], [relations[row] for row in spoken]
            changed = [replace(rows.entity_of(held[id_]), description=described.entities[id_]) for id_ in entities]
            self._engine.put("Entity", [rows.described_row(entity) | {"stale": False} for entity in changed], near)
            self._engine.put("Relation", [{"name": name, "stale": False} for name in relations], close, key="name")
            noted = self._note(self._info, self._mentions, len(waiting) - _among(held, waiting))
        self._info, self._mentions, self._waiting = noted
        for kind, those, vectors, queue in (
            ("entity", entities, near, waiting),
            ("relation", relations, close, self._waiting_relations()),
        ):
            for id_, vector in zip(those, vectors, strict=True):
                queue.pop(id_, None)
                if kind in self._vectors:
                    self._vectors[kind].put(id_, vector)

    @_writing
    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        rules.check_vectors(vectors, len(chunks), self._info, "chunks")
        with self._engine.transaction():
            held = self._engine.fetch("Chunk", chunks, ("id",))
            told = [row for row, id_ in enumerate(chunks) if id_ in held]
            self._engine.put("Chunk", [{"id": chunks[row]} for row in told], vectors[told])
            noted = self._note(self._info, self._mentions, self._waiting)
        self._info, self._mentions, self._waiting = noted
        if "chunk" in self._vectors:
            for row in told:
                self._vectors["chunk"].put(chunks[row], vectors[row])

    @locked
    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        most = max(limit, 0)
        return list(islice(self._waiting_entities(), most)), list(islice(self._waiting_relations(), most))

    def _waiting_entities(self) -> dict[str, None]:
        if self._stale is None:
            self._stale = self._read_waiting("Entity", "id")
        return self._stale

    def _waiting_relations(self) -> dict[str, None]:
        if self._stale_relations is None:
            self._stale_relations = self._read_waiting("Relation", "name")
        return self._stale_relations

    def _read_waiting(self, type_name: str, key: str) -> dict[str, None]:
        self._drop_vectors()
        found = self._engine.rows(f"{rows.selected([key], type_name)} WHERE stale = true")
        return dict.fromkeys(sorted(row[key] for row in found))

    # -- reading -------------------------------------------------------------------------------------------------

    @locked
    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        return iter(read.nouns(self._engine, "Document", rows.DOCUMENT, rows.document_of, ids))

    @locked
    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        if document is None:
            return iter(read.nouns(self._engine, "Chunk", rows.CHUNK, rows.chunk_of, ids))
        found = read.chunks_of(self._engine, document)
        return iter(found if ids is None else [chunk for chunk in found if chunk.id in set(ids)])

    @locked
    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        return iter(read.mentions(self._engine, chunks, entity))

    @locked
    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        return iter(read.nouns(self._engine, "Entity", rows.ENTITY, rows.entity_of, ids))

    @locked
    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        return iter(read.nouns(self._engine, "RELATES", rows.TRIPLE, rows.triple_of, ids))

    @locked
    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        return read.neighborhood(self._engine, entities, max(limit, 0))

    # -- searching -----------------------------------------------------------------------------------------------

    @locked
    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        return {key: sorted(set(self._engine.lookup(schema.ENTITY_KEYS, key))) for key in keys}

    @locked
    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        if not self._info.encoder:
            return []
        rules.check_vector(vector, self._info)
        if kind not in self._vectors:
            self._drop_vectors()
            table = ExactVectors(self._info.dimension)
            for id_, held in self._engine.vectors(*_TYPES[kind]):
                table.put(id_, held)
            self._vectors[kind] = table
        return self._vectors[kind].search(vector, k)

    @locked
    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        words = rows.telling_words(query)
        if not words or k <= 0:
            return []
        # A few more than asked, so that of equal scores the smallest ids come back, not any.
        found = self._engine.search(schema.WORDS[kind], " ".join(words), k + 50)
        hits = sorted((-score, id_) for id_, score in found if score > 0)
        return [Hit(id_, -score) for score, id_ in hits[:k]]

    @locked
    def adjacency(self) -> Adjacency:
        engine, generation = self._engine, self._info.generation
        return self._adjacency.get(
            generation,
            lambda: read.adjacency(engine, generation),
            lambda held, touched: read.refreshed(engine, held, touched, generation),
        )

    @locked
    def query(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 10.0, limit: int = 1000
    ) -> QueryResult:
        most = max(limit, 0)
        columns, found = self._engine.cypher(guard(cypher), parameters or {}, timeout=timeout, limit=most + 1)
        return QueryResult(columns, tuple(found[:most]), len(found) > most)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._adjacency.close(self._info.generation)
            try:
                self._engine.close()
            except BaseException:
                self._place.release()
                raise
            self._place.closed()


def _among(ids: Iterable[str], others: Mapping[str, None]) -> int:
    return sum(id_ in others for id_ in ids)


@atexit.register
def _close_all() -> None:
    for store in list(_open):
        store.close()
