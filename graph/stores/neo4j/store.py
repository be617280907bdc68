"""The store on a Neo4j server: a graph that people can read in Neo4j Browser and that several processes can share.

Everything lies in the database: one transaction a batch, words in its full-text indexes, vectors in its vector
indexes. Nothing is kept in memory but the adjacency, of which a copy lies in the user's cache folder.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import neo4j
import numpy as np
from platformdirs import user_cache_path

from clew.graph import store_rules as rules
from clew.graph.adjacency import saved as arrays
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.errors import StoreError, StoreFormatError, StoreMissingError
from clew.graph.merges import remapped
from clew.graph.model import FORMAT_VERSION, Chunk, Document, Entity, Mention, Merge, Triple
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
from clew.graph.stores.cypher import rows
from clew.graph.stores.cypher.guard import guard
from clew.graph.stores.neo4j import read, schema, write
from clew.graph.stores.neo4j.server import Server, place_of
from clew.graph.stores.neo4j.server import rows as read_rows
from clew.graph.stores.readers_writer_lock import Gate, reads, writes

_NO_VECTORS = np.zeros((0, 0), dtype=np.float32)
_NAME = "knowledge base"
_READ_INFO = "MATCH (n:KnowledgeBase {id: $id}) RETURN properties(n) AS about"
_TRIES = 5  # at reading the whole while others write


class Neo4jStore(GraphStore):
    """The knowledge base in the database at `url` (`neo4j://host:7687/database`, also bolt://, neo4j+s://, bolt+s://).

    `cache`: folder for the arrays of the adjacency (default: the user's cache folder); `retry_time`: seconds for which
    a transaction is tried again after a passing error. Raises StoreError where the server is not there or refuses the
    user, StoreFormatError where it is too old or the database holds another graph.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = True,
        username: str = "",
        password: str = "",
        database: str = "",
        cache: str | Path | None = None,
        retry_time: float = 15.0,
    ) -> None:
        self._gate = Gate()
        self._adjacency: Adjacency | None = None
        self._reading_adjacency = threading.Lock()
        place = place_of(url, database)
        self._server = Server(place, username=username, password=password, retry_time=retry_time)
        try:
            about = self._open(create=create)
            schema.ensure(self._server, about["dimension"])
        except BaseException:
            self._server.close()
            raise
        self._owner = str(about["uuid"])
        folder = cache or place.options.get("cache") or user_cache_path("clew")
        self._cache = Path(folder) / "neo4j" / self._owner

    def _open(self, *, create: bool) -> dict[str, Any]:
        """What the knowledge base says of itself; a new one where the database is empty."""
        held = self._server.rows(_READ_INFO, id=_NAME)
        place = self._server.place
        if not held:
            if self._server.rows("MATCH (n) RETURN 1 AS one LIMIT 1"):
                raise StoreFormatError(
                    f"The database {place} holds a graph that Clew did not make.",
                    hint="Open it as it stands with ?graph=existing after the address, or name an empty database.",
                )
            if not create:
                raise StoreMissingError(f"There is no knowledge base at {place}.", hint="Make one with: clew ingest")
            schema.ensure(self._server, 0)
            self._server.writing(_begin)
            held = self._server.rows(_READ_INFO, id=_NAME)
        about: dict[str, Any] = held[0]["about"]
        if not {*StoreInfo.__slots__, "uuid", "mentions"} <= about.keys():
            raise StoreError(
                f"The knowledge base at {place} is damaged: it does not say what it is made with.",
                hint="Restore the database, or empty it and ingest again.",
            )
        if about["format_version"] > FORMAT_VERSION:
            raise StoreFormatError(
                f"The knowledge base at {place} has format {about['format_version']}; "
                f"this Clew knows up to {FORMAT_VERSION}.",
                hint="Update Clew, as you installed it.",
            )
        return about

    # -- what it is ----------------------------------------------------------------------------------------------

    @reads
    def info(self) -> StoreInfo:
        return _info(self._about())

    def _about(self) -> dict[str, Any]:
        held = self._server.rows(_READ_INFO, id=_NAME)
        if not held:
            raise StoreError(
                f"The knowledge base at {self._server.place} is gone: the database was emptied.",
                hint="Open it again and ingest.",
            )
        about: dict[str, Any] = held[0]["about"]
        return about

    @reads
    def counts(self) -> Counts:
        return read.counts(self._server, self._about()["mentions"])

    @writes
    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        schema.check_dimension(dimension)

        def work(tx: neo4j.ManagedTransaction) -> bool:
            info, _ = _lock(tx)
            wanted = replace(info, encoder=encoder, dimension=dimension, extracted_with=extracted_with)
            if wanted == info:
                return False
            anew = (encoder, dimension) != (info.encoder, info.dimension)
            if anew:
                write.drop_vectors(tx)
            _note(tx, replace(wanted, generation=info.generation + 1))
            return anew

        if self._server.writing(work):
            schema.ensure(self._server, dimension)

    # -- writing -------------------------------------------------------------------------------------------------

    @writes
    def add(self, batch: Batch) -> None:
        self._apply(batch.records, [], batch)

    @writes
    def remove(self, documents: Sequence[str]) -> int:
        return self._apply((), documents, Batch((), _NO_VECTORS))

    def _apply(self, records: Sequence[DocumentRecord], removed: Sequence[str], batch: Batch) -> int:
        """How many of the removed documents there were."""

        def work(tx: neo4j.ManagedTransaction) -> int:
            info, mentions = _lock(tx)
            if not removed:
                rules.check_batch(batch, info)
            held = list(write.fetch(tx, "Document", removed, ("id",)))
            if held or records:
                change = write.apply(tx, records, held, batch.chunk_vectors, self._server.version)
                _note(tx, replace(info, generation=info.generation + 1), mentions + change.mentions)
            return len(held)

        return self._server.writing(work)

    @writes
    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        def work(tx: neo4j.ManagedTransaction) -> None:
            info, mentions = _lock(tx)
            changed = [remapped(record, merges[record.document.id]) for record in write.records(tx, list(merges))]
            if changed:
                change = write.apply(tx, changed, (), None, self._server.version)
                _note(tx, replace(info, generation=info.generation + 1), mentions + change.mentions)

        self._server.writing(work)

    @writes
    def describe(self, described: Described) -> None:
        def work(tx: neo4j.ManagedTransaction) -> None:
            info, _ = _lock(tx)
            rules.check_described(described, info)
            if described.entity_vectors is not None:
                write.describe(tx, list(described.entities.items()), described.entity_vectors)
            if described.relation_vectors is not None:
                write.describe_relations(tx, described.relations, described.relation_vectors)

        self._server.writing(work)

    @writes
    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        def work(tx: neo4j.ManagedTransaction) -> None:
            info, _ = _lock(tx)
            rules.check_vectors(vectors, len(chunks), info, "chunks")
            write.put_vectors(tx, "Chunk", chunks, vectors)

        self._server.writing(work)

    @reads
    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        return read.stale(self._server, max(limit, 0))

    # -- reading -------------------------------------------------------------------------------------------------

    @reads
    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        return iter(read.nouns(self._server, "Document", rows.DOCUMENT, rows.document_of, ids))

    @reads
    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        if document is None:
            return iter(read.nouns(self._server, "Chunk", rows.CHUNK, rows.chunk_of, ids))
        found = read.chunks_of(self._server, document)
        return iter(found if ids is None else [chunk for chunk in found if chunk.id in set(ids)])

    @reads
    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        return iter(read.mentions(self._server, chunks, entity))

    @reads
    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        return iter(read.nouns(self._server, "Entity", rows.ENTITY, rows.entity_of, ids))

    @reads
    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        return iter(read.nouns(self._server, "Triple", rows.TRIPLE, rows.triple_of, ids))

    @reads
    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        return read.neighborhood(self._server, entities, limit)

    # -- searching -----------------------------------------------------------------------------------------------

    @reads
    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        return read.find(self._server, keys)

    @reads
    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        info = _info(self._about())
        if not info.encoder:
            return []
        rules.check_vector(vector, info)
        return read.nearest(self._server, kind, vector, k)

    @reads
    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        return read.matching(self._server, kind, query, k)

    @reads
    def adjacency(self) -> Adjacency:
        with self._reading_adjacency:
            for _ in range(_TRIES):
                generation = self._about()["generation"]
                if self._adjacency is None or self._adjacency.generation != generation:
                    self._adjacency = self._load_adjacency(generation)
                if self._adjacency is not None:
                    return self._adjacency
        raise StoreError(
            f"The graph at {self._server.place} changes faster than it can be read as a whole.",
            hint="Ask again when the other process has finished writing.",
        )

    def _load_adjacency(self, generation: int) -> Adjacency | None:
        """The arrays of this generation; None where another process wrote while they were read."""
        kept = arrays.load(self._cache, generation, self._owner)
        if kept is not None:
            return kept
        try:
            built = read.adjacency(self._server, generation)
        except KeyError:  # a half of what another process has just committed
            return None
        if self._about()["generation"] != generation:
            return None
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        arrays.save(self._cache, built, self._owner)
        return built

    @reads
    def query(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 10.0, limit: int = 1000
    ) -> QueryResult:
        most = max(limit, 0)
        columns, found = self._server.query(guard(cypher), parameters or {}, timeout=timeout, limit=most + 1)
        return QueryResult(columns, tuple(found[:most]), len(found) > most)

    def close(self) -> None:
        with self._gate.writing(closing=True):
            if not self._gate.closed:
                self._gate.closed = True
                self._server.close()


def _begin(tx: neo4j.ManagedTransaction) -> None:
    told = {name: getattr(StoreInfo(), name) for name in StoreInfo.__slots__}
    about = {**told, "uuid": uuid.uuid4().hex, "mentions": 0}
    tx.run("MERGE (n:KnowledgeBase {id: $id}) ON CREATE SET n += $about", id=_NAME, about=about).consume()


def _lock(tx: neo4j.ManagedTransaction) -> tuple[StoreInfo, int]:
    """What the knowledge base says of itself and its number of mentions; no other process writes until this
    transaction ends."""
    held = read_rows(
        tx,
        "MATCH (n:KnowledgeBase {id: $id}) SET n.writing = true REMOVE n.writing RETURN properties(n) AS about",
        id=_NAME,
    )
    if not held:
        raise StoreError("The knowledge base is gone: the database was emptied.", hint="Open it again and ingest.")
    return _info(held[0]["about"]), held[0]["about"]["mentions"]


def _note(tx: neo4j.ManagedTransaction, info: StoreInfo, mentions: int | None = None) -> None:
    about = {name: getattr(info, name) for name in StoreInfo.__slots__}
    if mentions is not None:
        about["mentions"] = mentions
    tx.run("MATCH (n:KnowledgeBase {id: $id}) SET n += $about", id=_NAME, about=about).consume()


def _info(about: Mapping[str, Any]) -> StoreInfo:
    return StoreInfo(**{name: about[name] for name in StoreInfo.__slots__})
