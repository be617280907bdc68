"""A graph that somebody else made in Neo4j, opened as a store: its nodes are the entities, its relationships the
triples, and it is read as it stands.

What Clew adds (sentences, descriptions, vectors, indexes) lies beside it, in an embedded store; with `write=yes` the
descriptions and vectors of nodes are also written to `clew_description` and `clew_embedding`, and indexed there.
Cypher queries go to the database itself.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from platformdirs import user_cache_path

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.errors import SettingsError, StoreFormatError, StoreUnsupportedError
from clew.graph.model import Chunk, Document, Entity, Mention, Merge, Triple, stable_id
from clew.graph.open import open_store
from clew.graph.store import (
    Batch,
    Counts,
    Described,
    DocumentRecord,
    GraphStore,
    Hit,
    Kind,
    QueryResult,
    StoreInfo,
    Vectors,
)
from clew.graph.stores.cypher.guard import guard
from clew.graph.stores.exclusive_lock import locked
from clew.graph.stores.neo4j import existing_write as written
from clew.graph.stores.neo4j.existing_read import READER, records, shape_of
from clew.graph.stores.neo4j.server import Server, place_of

REREAD = 50_000  # nodes and relationships: a graph of up to so many is read anew at every opening
_UNREAD = "none/0"  # the encoder of a store that has read the graph but embedded nothing


class ExistingGraph(GraphStore):
    """The graph in the database at `url` (`neo4j://host/database?graph=existing`), read as it stands.

    `beside`: address of the store that holds what Clew adds (default: a folder for this database in `cache`, which is
    the user's cache folder by default); `write`: descriptions and vectors go to the nodes, too; `names` gives for a
    label the property that names its nodes, where the choice is wrong. The URL may say the same:
    `...?graph=existing&write=yes&beside=PATH&name=Film.original_title`.
    Raises StoreFormatError where the database holds a knowledge base of Clew's own.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = True,  # noqa: ARG002 - there is nothing to create: the graph is there or empty
        username: str = "",
        password: str = "",
        database: str = "",
        beside: str = "",
        cache: str | Path | None = None,
        write: bool = False,
        names: Mapping[str, str] | None = None,
        heap: str = "",
        retry_time: float = 15.0,
    ) -> None:
        place = place_of(url, database)
        options = place.options
        self._write = write or options.get("write", "no") in {"yes", "true", "1"}
        self._names = {**_named(options.get("name", "")), **(names or {})}
        self._lock = threading.RLock()
        self._closed = False
        self._places: dict[str, Mapping[str, str]] | None = None
        self._file: Path | None = None
        self._notes: dict[str, Any] = {}
        self._waiting: set[str] = set()
        self._server = Server(
            place, username=username, password=password, retry_time=retry_time, read_only=not self._write
        )
        try:
            self._check_foreign()
            folder = Path(cache or options.get("cache") or user_cache_path("clew")) / "existing"
            chosen = beside or options.get("beside") or f"arcadedb:{folder / stable_id(str(place))}"
            self._beside = open_store(chosen, heap=heap, cache=str(cache or ""))
        except BaseException:
            self._server.close()
            raise
        try:
            self._begin(chosen)
        except BaseException:
            self.close()
            raise

    def _begin(self, beside: str) -> None:
        path = Path(beside.removeprefix("arcadedb:"))
        self._file = path.with_name(path.name + ".json") if path.is_dir() else None
        if self._file is not None and self._file.is_file():
            with contextlib.suppress(ValueError):  # a damaged note only makes the graph be read again
                self._notes = json.loads(self._file.read_text(encoding="utf-8"))
        self._waiting = set(self._notes.get("waiting", ()))
        if not self._beside.info().encoder:
            self._beside.configure(encoder=_UNREAD, dimension=1, extracted_with=READER)
        self.refresh(always=False)

    def _check_foreign(self) -> None:
        if self._server.rows("MATCH (n:KnowledgeBase {id: 'knowledge base'}) RETURN 1 AS one LIMIT 1"):
            raise StoreFormatError(
                f"The database {self._server.place} holds a knowledge base of Clew.",
                hint="Open it without ?graph=existing.",
            )

    # -- reading the graph ---------------------------------------------------------------------------------------

    @locked
    def refresh(self, *, always: bool = True) -> int:
        """What lies beside says what the graph says now; returns how many nodes came, changed or went. A large graph
        whose numbers of nodes and relationships are those of the last reading is read anew only with `always`."""
        self.shape = shape_of(self._server, self._names)
        known = {document.id: document.content_hash for document in self._beside.documents()}
        size = list(self.shape.size)
        if not always and known and sum(size) > REREAD and self._notes.get("size") == size:
            return 0
        changed, seen = 0, set()
        for group in records(self._server, self.shape, f"neo4j:{self._server.place.database or 'neo4j'}"):
            seen |= {record.document.id for record in group}
            new = [one for one in group if known.get(one.document.id) != one.document.content_hash]
            changed += len(new)
            self._put(new)
        changed += self._beside.remove(sorted(known.keys() - seen))
        self._places = None
        self._keep(size=size)
        return changed

    def _put(self, group: Sequence[DocumentRecord]) -> None:
        chunks = [chunk.id for record in group for chunk in record.chunks]
        if not chunks:
            return
        self._wait(chunks)
        nothing = np.zeros((len(chunks), self._beside.info().dimension), dtype=np.float32)
        self._beside.add(Batch(tuple(group), nothing))

    @locked
    def waiting(self) -> list[str]:
        """Ids of the chunks that have no vector yet; `set_chunk_vectors` takes them off."""
        return sorted(self._waiting)

    def _wait(self, chunks: Sequence[str]) -> None:
        """Noted before the chunks are written: after a kill too many wait rather than too few."""
        self._waiting |= set(chunks)
        self._keep(waiting=sorted(self._waiting))

    def _keep(self, **notes: Any) -> None:
        self._notes |= notes
        if self._file is not None:
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(self._notes), encoding="utf-8")
            draft.replace(self._file)

    # -- what is beside, and may be written back -----------------------------------------------------------------

    @locked
    def info(self) -> StoreInfo:
        info = self._beside.info()
        return replace(info, encoder="", dimension=0) if info.encoder == _UNREAD else info

    @locked
    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        before = self._beside.info()
        if (encoder, dimension) != (before.encoder, before.dimension):
            self._wait([chunk.id for chunk in self._beside.chunks()])
            if self._write:
                written.prepare(self._server, dimension)
        self._beside.configure(encoder=encoder, dimension=dimension, extracted_with=extracted_with)

    @locked
    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        self._beside.set_chunk_vectors(chunks, vectors)
        self._waiting -= set(chunks)
        if not self._waiting:
            self._keep(waiting=[])

    @locked
    def describe(self, described: Described) -> None:
        self._beside.describe(described)
        if self._write and described.entity_vectors is not None:
            if self._places is None:
                self._places = {stable_id("node", one.uri): one.metadata for one in self._beside.documents()}
            written.write(self._server, described, self._places)

    @locked
    def erase(self) -> None:
        """Nothing that Clew wrote to this graph is left in it."""
        written.erase(self._server)

    # -- the store -----------------------------------------------------------------------------------------------

    def add(self, batch: Batch) -> None:  # noqa: ARG002 - the protocol's words
        self._refuse()

    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:  # noqa: ARG002 - the protocol's words
        self._refuse()

    def remove(self, documents: Sequence[str]) -> int:  # noqa: ARG002 - the protocol's words
        self._refuse()

    @locked
    def _refuse(self) -> NoReturn:
        raise StoreUnsupportedError(
            f"The graph at {self._server.place} is read as it stands: no documents can be added to it or removed.",
            hint="Ingest them into a knowledge base of their own, or change the graph itself and open it again.",
        )

    @locked
    def counts(self) -> Counts:
        return self._beside.counts()

    @locked
    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        return ([], []) if self._beside.info().encoder == _UNREAD else self._beside.stale(limit)

    @locked
    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        return self._beside.documents(ids)

    @locked
    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        return self._beside.chunks(ids, document=document)

    @locked
    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        return self._beside.mentions(chunks=chunks, entity=entity)

    @locked
    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        return self._beside.entities(ids)

    @locked
    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        return self._beside.triples(ids)

    @locked
    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        return self._beside.neighborhood(entities, limit=limit)

    @locked
    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        return self._beside.find(keys)

    @locked
    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        return [] if self._beside.info().encoder == _UNREAD else self._beside.search_vectors(kind, vector, k)

    @locked
    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        return self._beside.search_text(kind, query, k)

    @locked
    def adjacency(self) -> Adjacency:
        return self._beside.adjacency()

    @locked
    def query(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 10.0, limit: int = 1000
    ) -> QueryResult:
        most = max(limit, 0)
        columns, found = self._server.query(guard(cypher), parameters or {}, timeout=timeout, limit=most + 1)
        return QueryResult(columns, tuple(found[:most]), len(found) > most)

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._keep(waiting=sorted(self._waiting))
                try:
                    self._beside.close()
                finally:
                    self._server.close()


def _named(text: str) -> dict[str, str]:
    """`Film.original_title,Person.full_name` -> the naming property of each label."""
    pairs = [one.rpartition(".") for one in text.split(",") if one]
    wrong = [name for label, _, name in pairs if not (label and name)]
    if wrong:
        raise SettingsError(f"The option name={text} is not understood.", hint="Write name=LABEL.PROPERTY,...")
    return {label: name for label, _, name in pairs}
