"""A knowledge base in an RDF store on disk (Oxigraph): every fact is a triple in the named graph of its document.

    GRAPH urn:clew:document:D   the facts; BASE clew:record (all that the document says), clew:vectors (its chunks')
    GRAPH urn:clew:state        BASE clew:info, clew:generation; ENTITY clew:described, clew:stale;
                                RELATION clew:described

Each write is one transaction of its own size. Search structures are derived: opening reads all of the store into
memory, where the memory store keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from pyoxigraph import Literal, NamedNode, Quad, Store

from clew.graph.errors import StoreError, StoreFormatError, StoreLockedError, StoreMissingError, StoreUnsupportedError
from clew.graph.garbage_collection import uncollected
from clew.graph.model import FORMAT_VERSION, Merge, Triple, Value
from clew.graph.rdf import terms as rdf
from clew.graph.rdf.terms import BASE, clew, entity_node, node, relation_node
from clew.graph.store import Batch, Described, DocumentRecord, QueryResult, StoreInfo, Vectors
from clew.graph.stores.exclusive_lock import locked
from clew.graph.stores.memory import MemoryStore
from clew.graph.stores.rdf.packed import pack, pack_vectors, unpack, unpack_vectors

_STATE = NamedNode("urn:clew:state")
_RECORD, _VECTORS, _INFO, _GENERATION, _DESCRIBED, _STALE = (
    clew(name) for name in ("record", "vectors", "info", "generation", "described", "stale")
)
_TRUE = rdf.text("true")


class RdfStore(MemoryStore):
    """A knowledge base in the folder `path`. One process owns it at a time; it has no Cypher, but SPARQL."""

    def __init__(self, path: str, *, create: bool = True) -> None:
        super().__init__()
        self._on_disk: set[NamedNode] = set()  # entities and relations with a clew:described on disk
        self._stale_on_disk: set[NamedNode] = set()  # entities with a clew:stale on disk
        self._unsaved: set[str] = set()
        self._unsaved_relations: set[str] = set()
        self._disk = _open(path, create=create)
        try:
            with uncollected():
                self._load()
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise StoreFormatError(
                f"The RDF store {path} is damaged or no knowledge base: {error!r}", hint="Restore it from an export."
            ) from None

    # -- opening -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        told = self._state(BASE, _INFO)
        if told is None:
            if next(iter(self._disk), None) is not None:
                raise ValueError("it holds RDF that is not Clew's")
            return
        info = json.loads(told)
        if info["format_version"] > FORMAT_VERSION:
            raise StoreFormatError(
                f"The knowledge base has format {info['format_version']}, newer than {FORMAT_VERSION}.",
                hint="Open it with a newer version of Clew.",
            )
        super().configure(encoder=info["encoder"], dimension=info["dimension"], extracted_with=info["extracted_with"])
        for quad in self._disk.quads_for_pattern(BASE, _RECORD, None):
            self._load_record(unpack(rdf.value_of(quad.object)), quad.graph_name)
        for quad in self._disk.quads_for_pattern(None, _DESCRIBED, None, _STATE):
            self._load_described(quad)
        for quad in self._disk.quads_for_pattern(None, _STALE, None, _STATE):
            self._stale_on_disk.add(_named(quad))
            self._stale[rdf.entity_of(quad.subject)] = None
        generations = [int(rdf.value_of(quad.object)) for quad in self._in_state(BASE, _GENERATION)]
        self._info = StoreInfo(**{**info, "generation": max(generations, default=0)})
        self._unsaved.clear()
        self._unsaved_relations.clear()

    def _load_record(self, record: DocumentRecord, graph: Any) -> None:
        self._replace(None, record)
        packed = next(self._disk.quads_for_pattern(BASE, _VECTORS, None, graph), None)
        if packed is not None:
            vectors = unpack_vectors(rdf.value_of(packed.object), self._info.dimension)
            for chunk, vector in zip(record.chunks, vectors, strict=True):
                if np.isfinite(vector[0]):  # a chunk without a vector has NaN
                    self._vectors["chunk"].put(chunk.id, vector)

    def _load_described(self, quad: Quad) -> None:
        self._on_disk.add(_named(quad))
        description, packed = json.loads(rdf.value_of(quad.object))
        vectors = unpack_vectors(packed, self._info.dimension)
        relation = rdf.relation_of(quad.subject)
        if _named(quad) == relation_node(relation):
            self._vectors["relation"].put(relation, vectors[0])
            self._stale_relations.pop(relation, None)
            return
        id_ = rdf.entity_of(quad.subject)
        self._tallies[id_].description = description
        self._stale.pop(id_, None)
        if len(vectors):
            self._vectors["entity"].put(id_, vectors[0])

    def _in_state(self, subject: NamedNode, predicate: NamedNode) -> Iterator[Quad]:
        return iter(self._disk.quads_for_pattern(subject, predicate, None, _STATE))

    def _state(self, subject: NamedNode, predicate: NamedNode) -> str | None:
        found = next(self._in_state(subject, predicate), None)
        return None if found is None else rdf.value_of(found.object)

    # -- writing: first in memory, where nothing can fail any more, then on disk, all of it or nothing -----------------

    @locked
    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        old = self._info
        super().configure(encoder=encoder, dimension=dimension, extracted_with=extracted_with)
        if self._info == old:
            return
        told = {name: value for name, value in asdict(self._info).items() if name != "generation"}
        changes = [f"DELETE WHERE {{ GRAPH {_STATE} {{ {BASE} {_INFO} ?o }} }}"]
        inserts = [Quad(BASE, _INFO, Literal(json.dumps(told)), _STATE)]
        if (encoder, dimension) != (old.encoder, old.dimension):
            changes += [
                f"DELETE WHERE {{ GRAPH {_STATE} {{ ?s {_DESCRIBED} ?o }} }}",
                f"DELETE WHERE {{ GRAPH {_STATE} {{ ?s {_STALE} ?o }} }}",
                f"DELETE WHERE {{ GRAPH ?g {{ {BASE} {_VECTORS} ?o }} }}",
            ]
            kept = {id_: tally.description for id_, tally in self._tallies.items() if tally.description}
            inserts += [_described(entity_node(id_), description, None) for id_, description in kept.items()]
            inserts += [Quad(entity_node(id_), _STALE, _TRUE, _STATE) for id_ in kept]
            self._on_disk = {entity_node(id_) for id_ in kept}
            self._stale_on_disk = set(self._on_disk)
        self._save(changes, inserts)

    @locked
    def add(self, batch: Batch) -> None:
        known = {record.document.id for record in batch.records if record.document.id in self._records}
        super().add(batch)
        changes = [f"DROP SILENT GRAPH {node('document', id_)}" for id_ in sorted(known)]
        inserts: list[Quad] = []
        start = 0
        for record in batch.records:
            end = start + len(record.chunks)
            inserts += _record_quads(record, batch.chunk_vectors[start:end])
            start = end
        self._save(changes, inserts)

    @locked
    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        known = [id_ for id_ in merges if id_ in self._records]
        super().remap(merges)
        if known:
            inserts = [quad for id_ in known for quad in _record_quads(self._records[id_], self._vectors_of(id_))]
            self._save([f"DROP SILENT GRAPH {node('document', id_)}" for id_ in known], inserts)

    def _vectors_of(self, document: str) -> Vectors:
        """The vectors of its chunks; a chunk without one has NaN."""
        held = [self._vectors["chunk"].get(chunk.id) for chunk in self._records[document].chunks]
        none = np.full(self._info.dimension, np.nan, dtype=np.float32)
        return np.array([none if vector is None else vector for vector in held], dtype=np.float32)

    @locked
    def remove(self, documents: Sequence[str]) -> int:
        known = [id_ for id_ in dict.fromkeys(documents) if id_ in self._records]
        count = super().remove(documents)
        if count:
            self._save([f"DROP SILENT GRAPH {node('document', id_)}" for id_ in known], [])
        return count

    @locked
    def describe(self, described: Described) -> None:
        super().describe(described)
        changes: list[str] = []
        inserts: list[Quad] = []
        told: list[tuple[NamedNode, str, Vectors]] = []
        if described.entity_vectors is not None:
            pairs = zip(described.entities.items(), described.entity_vectors, strict=True)
            told += [(entity_node(id_), text, vector) for (id_, text), vector in pairs if id_ in self._tallies]
        if described.relation_vectors is not None:
            named = zip(described.relations, described.relation_vectors, strict=True)
            told += [(relation_node(name), "", vector) for name, vector in named if name in self._relations]
        for subject, text, vector in told:
            if subject in self._on_disk:
                changes.append(_forget(subject, _DESCRIBED))
            if subject in self._stale_on_disk:
                changes.append(_forget(subject, _STALE))
                self._stale_on_disk.discard(subject)
            inserts.append(_described(subject, text, vector))
            self._on_disk.add(subject)
        self._save(changes, inserts)

    @locked
    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        super().set_chunk_vectors(chunks, vectors)
        changes: list[str] = []
        inserts: list[Quad] = []
        for document in dict.fromkeys(self._chunks[id_].document for id_ in chunks if id_ in self._chunks):
            graph = node("document", document)
            changes.append(f"DELETE WHERE {{ GRAPH {graph} {{ {BASE} {_VECTORS} ?o }} }}")
            inserts.append(Quad(BASE, _VECTORS, Literal(pack_vectors(self._vectors_of(document))), graph))
        self._save(changes, inserts)

    def _replace_mentions(self, old: DocumentRecord | None, new: DocumentRecord | None) -> set[str]:
        touched = super()._replace_mentions(old, new)
        self._unsaved |= touched
        return touched

    def _replace_triples(self, old: DocumentRecord | None, new: DocumentRecord | None) -> set[str]:
        touched = super()._replace_triples(old, new)
        self._unsaved |= touched
        return touched

    def _unlink(self, triple: Triple) -> None:
        super()._unlink(triple)
        self._unsaved_relations.add(triple.relation)

    def _save(self, changes: list[str], inserts: list[Quad]) -> None:
        """The changes, the insertions, what follows for touched entities and relations, and the generation are on
        disk. Where that fails, the store is closed: memory is ahead of the disk, which holds all that came before."""
        changes += self._forgotten(inserts)
        inserts.append(Quad(BASE, _GENERATION, rdf.whole(self._info.generation), _STATE))
        try:
            if changes:
                facts = "\n".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" for quad in inserts)
                self._disk.update(" ;\n".join([_forget(BASE, _GENERATION), *changes, f"INSERT DATA {{ {facts} }}"]))
            else:
                self._disk.extend(inserts)
        except (OSError, RuntimeError, ValueError, SyntaxError, MemoryError) as error:
            self._closed = True
            raise StoreError(
                f"The RDF store could not be written: {error}",
                hint="Mend the cause and open it again; nothing is lost.",
            ) from None

    def _forgotten(self, inserts: list[Quad]) -> list[str]:
        """Marks what became stale and forgets what vanished, if only for a moment."""
        changes: list[str] = []
        for id_ in sorted(self._unsaved):
            subject = entity_node(id_)
            if subject not in self._on_disk:
                continue
            if id_ not in self._tallies or (
                self._vectors["entity"].get(id_) is None and not self._tallies[id_].description
            ):
                changes += [_forget(subject, _DESCRIBED), _forget(subject, _STALE)]
                self._on_disk.discard(subject)
                self._stale_on_disk.discard(subject)
            elif subject not in self._stale_on_disk:
                inserts.append(Quad(subject, _STALE, _TRUE, _STATE))
                self._stale_on_disk.add(subject)
        for name in sorted(self._unsaved_relations):
            subject = relation_node(name)
            if subject in self._on_disk and (name not in self._relations or name in self._stale_relations):
                changes.append(_forget(subject, _DESCRIBED))
                self._on_disk.discard(subject)
        self._unsaved.clear()
        self._unsaved_relations.clear()
        return changes

    # -- reading -------------------------------------------------------------------------------------------------

    @locked
    def query(self, cypher: str, parameters: Any = None, *, timeout: float = 10.0, limit: int = 1000) -> QueryResult:  # noqa: ARG002
        raise StoreUnsupportedError(
            "An RDF store has no Cypher.", hint="Ask in SPARQL, or open the knowledge base as arcadedb:PATH."
        )

    def close(self) -> None:
        with self._lock:
            super().close()
            self.__dict__.pop("_disk", None)  # the last reference lets go of the folder's lock


def _open(path: str, *, create: bool) -> Store:
    folder = Path(path).expanduser()
    if not path or (not create and not (folder / "CURRENT").exists()):
        raise StoreMissingError(
            f"There is no RDF store at {path!r}.", hint="Check the path, or ingest something into it."
        )
    if folder.exists() and not (folder / "CURRENT").exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreFormatError(f"{path} is no RDF store.", hint="Name a new folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Store(str(folder))
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreLockedError(f"Another process has {path} open.", hint="Close it there first.") from None
        hint = "Check who may read that folder, or put back a copy."
        raise StoreError(f"The RDF store {path} cannot be opened: {error}", hint=hint) from None


def _record_quads(record: DocumentRecord, vectors: Vectors) -> Iterable[Quad]:
    graph = node("document", record.document.id)
    yield Quad(BASE, _RECORD, Literal(pack(replace(record, document=replace(record.document, text="")))), graph)
    if len(record.chunks):
        yield Quad(BASE, _VECTORS, Literal(pack_vectors(vectors)), graph)
    for triple in record.triples:
        tail = rdf.literal(triple.tail) if isinstance(triple.tail, Value) else entity_node(triple.tail)
        yield Quad(entity_node(triple.head), relation_node(triple.relation), tail, graph)


def _described(subject: NamedNode, description: str, vector: Vectors | None) -> Quad:
    packed = "" if vector is None else pack_vectors(vector)
    return Quad(subject, _DESCRIBED, Literal(json.dumps([description, packed])), _STATE)


def _forget(subject: NamedNode, predicate: NamedNode) -> str:
    return f"DELETE WHERE {{ GRAPH {_STATE} {{ {subject} {predicate} ?o }} }}"


def _named(quad: Quad) -> NamedNode:
    if not isinstance(quad.subject, NamedNode):
        raise ValueError(f"{quad.subject} is not named")
    return quad.subject
