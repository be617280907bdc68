"""The GraphStore protocol, and what goes in and out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from clew.graph.model import FORMAT_VERSION, Chunk, Document, Entity, Mention, Merge, Triple

if TYPE_CHECKING:
    from clew.graph.adjacency.adjacency import Adjacency

Vectors = npt.NDArray[np.float32]
Kind = Literal["chunk", "entity", "relation"]


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a knowledge base says of itself. `encoder` is the embedder's fingerprint (`""` until the first vectors
    are written), `dimension` its vector length, `extracted_with` the extractor's fingerprint of the last ingestion.
    `generation` grows with every committed change of what the documents say (not with descriptions or vectors);
    caches of the adjacency compare it."""

    format_version: int = FORMAT_VERSION
    encoder: str = ""
    dimension: int = 0
    extracted_with: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """All that one document says: chunks, mentions and triples whose sources all lie in this document."""

    document: Document
    chunks: tuple[Chunk, ...]
    mentions: tuple[Mention, ...] = ()
    triples: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents written in one transaction. `chunk_vectors` holds a unit vector per chunk, float32
    [number of chunks, dimension], in the order of the records' chunks."""

    records: tuple[DocumentRecord, ...]
    chunk_vectors: Vectors


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: the id of a chunk or entity, or a relation's name; a higher score is better.
    Vector scores are cosines; lexical scores BM25."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a read-only query. `truncated` is true where the cap on rows cut them off."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each noun the knowledge base holds; `stale` entities await (new) descriptions and vectors."""

    documents: int = 0
    chunks: int = 0
    mentions: int = 0
    entities: int = 0
    triples: int = 0
    relations: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Described:
    """Descriptions for entities, with unit vectors float32 [len(entities), dimension] in the same order, and the
    same for relation names."""

    entities: Mapping[str, str] = field(default_factory=dict)
    entity_vectors: Vectors | None = None
    relations: tuple[str, ...] = ()
    relation_vectors: Vectors | None = None


class GraphStore(Protocol):
    """A knowledge base on some engine. Every method that writes does so in one transaction: all of it or nothing.

    What the documents say is stored; entities (their counts), relations and triples are kept equal to the union of
    what the present documents say, so the state never depends on the order or grouping of `add` and `remove`.

    Rules that every store keeps (`graph/store_rules.py` holds them as functions; the contract suite checks them):
    - An entity is what a mention, or an end of a triple, refers to. One without mentions has no names.
    - `add` raises StoreError, and nothing is written, where `rules.check_batch` does: no encoder configured, a
      document twice in one batch, a chunk, mention or source that names another document or no chunk of its own,
      a triple without a source, vectors of another number or dimension or with NaN.
    - A title mention (`start == end == 0`, `text == title`) carries the id of its document's first chunk.
    - A triple told by several documents, or twice by one, has the sources of all, sorted by `sort_key`; of Values
      with one id but several texts it carries the first by (text, normal): `rules.join_triples`.
    - What vanishes and comes back is new: stale, without description or vector. What is stale keeps its last
      description and vector until it is described again.
    - `describe` and `set_chunk_vectors` leave out what is not (or no longer) in the store.
    - A document comes back without its `text`. Ids unknown to the store are left out; an id asked twice comes twice.
    - A `k` or `limit` below 1 gives nothing. Hits of equal score stand in order of id.
    - Any call but `close` on a closed store raises StoreError. All methods may be called from several threads.
    """

    def info(self) -> StoreInfo:
        """What the knowledge base says of itself."""
        ...

    def counts(self) -> Counts:
        """How many of each noun there are."""
        ...

    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        """The knowledge base carries these. Changing `encoder` drops every vector and makes everything stale."""
        ...

    def add(self, batch: Batch) -> None:
        """The batch's documents are in the store, each replacing what an earlier version of it said; entities
        whose mentions or triples changed, and new relations, are stale. Cost depends on the batch alone."""
        ...

    def remove(self, documents: Sequence[str]) -> int:
        """None of these documents, nor anything only they said, is in the store; returns how many there were."""
        ...

    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        """Up to `limit` ids of entities, and up to `limit` names of relations, that await `describe`."""
        ...

    def describe(self, described: Described) -> None:
        """These entities and relations carry these descriptions and vectors and are no longer stale."""
        ...

    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        """In each of these documents exactly these merges are in force (`merges.remapped`): its log says so, and its
        mentions and triples refer to the entities they lead to. Chunks keep their vectors; documents that are not (or
        no longer) in the store are left out. Entities whose mentions or triples changed are stale, as after `add`."""
        ...

    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        """These chunks carry these vectors (float32 [len(chunks), dimension])."""
        ...

    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        """The documents with these ids, in the order asked, unknown ones left out; all, by id, where None."""
        ...

    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        """Chunks by id (as `documents`), or those of one document in order."""
        ...

    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        """Mentions in these chunks, or of this entity, or all; by (document, start, end, entity)."""
        ...

    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        """Entities by id (as `documents`)."""
        ...

    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        """Triples by id (as `documents`), with every source."""
        ...

    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        """Triples that have one of these ids (entities or values) as head or tail, by id, at most `limit` of them
        (the most confident ones)."""
        ...

    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """For each normalised name (`name_key`), the ids of the entities with a name or alias of that key,
        sorted; also those whose titled name carries the key before a bracket ("lothair" finds "Lothair (novel)"):
        `rules.entity_keys`. Every key asked is in the answer, with an empty list where nothing is found."""
        ...

    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        """The `k` chunks, entities or relations nearest to a unit vector [dimension] by cosine, best first. Nothing
        before an encoder is configured; StoreError for a vector of another dimension."""
        ...

    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        """The `k` chunks (by text and title) or entities (by names, aliases and description) that match words of
        the query best (BM25), best first. Any text is a valid query; its characters have no special meaning."""
        ...

    def adjacency(self) -> Adjacency:
        """The whole graph as compact arrays at the present generation (memory-mapped where it is large)."""
        ...

    def query(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 10.0, limit: int = 1000
    ) -> QueryResult:
        """The rows of a read-only Cypher query that passed the guard. Raises QueryError on a write, an
        unlisted function or procedure, a syntax error or a time-out; StoreUnsupportedError without Cypher."""
        ...

    def close(self) -> None:
        """The store is closed and its locks are gone; closing twice is harmless."""
        ...


__all__ = [
    "Batch",
    "Counts",
    "Described",
    "DocumentRecord",
    "GraphStore",
    "Hit",
    "Kind",
    "QueryResult",
    "StoreInfo",
    "Vectors",
]
