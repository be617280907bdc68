"""The whole graph to an RDF file and back, without loss: facts, and where each is said, as PROV-O."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, cast

import numpy as np
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from clew.graph.errors import SourceError
from clew.graph.export.files import replacing
from clew.graph.model import Document
from clew.graph.rdf import terms as rdf
from clew.graph.rdf.map import entity_quads, grouped, info_quads, record_of, record_quads, records_of, relation_quads
from clew.graph.rdf.parse import check_format, format_of, quads
from clew.graph.rdf.terms import TYPE, clew, term
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore, Vectors

_SLICE = 1000
_FILLED = 200_000  # quads handed over at a time: about 100 MB
_IN_MEMORY = 1 << 25


def export(store: GraphStore, file: str | Path | IO[bytes], format: str = "") -> int:  # noqa: A002 - users' word
    """The file holds the whole knowledge base in this RDF format (empty: the one its name tells); returns the number
    of statements. Equal graphs are equal files.

    In `trig`, `nquads` and `json-ld` what a document says stands in a graph named after it; `turtle`, `ntriples` and
    `rdfxml` carry the same statements in one graph. A path is replaced when all is written. Raises InputError.
    """
    if isinstance(file, str | Path):
        path = Path(file)
        name = format or format_of(path.name)
        check_format(name)
        with replacing(path) as part, _opened(part, packed=path.suffix == ".gz") as stream:
            return export(store, stream, name)
    kind = check_format(format)
    counted = _Counted(store_quads(store))
    parts = iter(counted) if kind.supports_datasets else (quad.triple for quad in counted)
    serialize(cast(Iterable[Quad], parts), file, kind, prefixes=dict(rdf.PREFIXES))
    return counted.count


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        if not packed:
            yield raw
            return
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as stream:  # no name, no clock: equal graphs, equal files
            yield cast(IO[bytes], stream)


@dataclass
class _Counted:
    quads: Iterator[Quad]
    count: int = 0

    def __iter__(self) -> Iterator[Quad]:
        for quad in self.quads:
            self.count += 1
            yield quad


def store_quads(store: GraphStore) -> Iterator[Quad]:
    """Everything a store says, in a fixed order: what it is, entities, relations, documents."""
    yield from info_quads(store.info())
    for entity in store.entities():
        yield from entity_quads(entity)
    for name in store.adjacency().relations:
        yield from relation_quads(name)
    for record in records_of(store):
        yield from record_quads(record)
        yield from schema_quads(record.document)


def schema_quads(document: Document) -> Iterator[Quad]:
    """The schema that a document of RDF brought, as it stood there, in the document's graph."""
    if written := document.metadata.get(rdf.SCHEMA, ""):
        with suppress(SyntaxError, ValueError):  # metadata of that name which hold something else
            for quad in list(parse(written, RdfFormat.N_TRIPLES, rename_blank_nodes=False)):
                yield Quad(quad.subject, quad.predicate, quad.object, rdf.node("document", document.id))


class Exported:
    """An exported file, read into a temporary database on disk; close it to be rid of that."""

    def __init__(self, held: Store) -> None:
        self.held = held

    @staticmethod
    def is_in(held: Store) -> bool:
        """True where this database holds a knowledge base that Clew exported."""
        return next(held.quads_for_pattern(rdf.BASE, TYPE, clew("KnowledgeBase")), None) is not None

    @property
    def extracted_with(self) -> str:
        """What the knowledge base says it was extracted with."""
        found = next(self.held.quads_for_pattern(rdf.BASE, clew("extractedWith"), None), None)
        return rdf.text_of(found.object) if found else ""

    def records(self) -> Iterator[DocumentRecord]:
        """What each document says, its text put together from its chunks. Raises SourceError for a damaged one."""
        documents = sorted(
            rdf.value_of(quad.subject) for quad in self.held.quads_for_pattern(None, TYPE, clew("Document"))
        )
        for iri in documents:
            try:
                record = record_of(grouped(self._about(NamedNode(iri))))
            except (KeyError, ValueError, IndexError, TypeError) as error:
                raise SourceError(f"holds a damaged document, {iri}: {error!r}") from None
            text = "".join(chunk.text for chunk in record.chunks)
            yield replace(record, document=replace(record.document, text=text))

    def _about(self, document: NamedNode) -> Iterator[Quad]:
        """The document, all that names it as its document, and the statements of its sources."""
        find = self.held.quads_for_pattern
        yield from find(document, None, None)
        for member in find(None, clew("document"), document):
            yield from find(member.subject, None, None)
            for told in find(member.subject, clew("triple"), None):
                for name in ("subject", "predicate", "object"):
                    yield from find(cast(NamedNode, told.object), term("rdf", name), None)

    def descriptions(self) -> Iterator[tuple[str, str]]:
        """Entity ids with their descriptions, by id."""
        found = self.held.quads_for_pattern(None, clew("description"), None)
        yield from sorted({(rdf.entity_of(quad.subject), rdf.text_of(quad.object)) for quad in found})


@contextmanager
def exported(file: str | Path | IO[bytes], format: str = "") -> Iterator[Exported]:  # noqa: A002
    """What an exported file holds. Raises SourceError where it is broken or no export of Clew's."""
    name = str(file) if isinstance(file, str | Path) else ""
    kind = format or format_of(name)
    if not isinstance(file, str | Path):
        with scratch(0) as held:
            fill(held, _whole(quads(file, kind), "The file"))
            yield _checked(held, "The file")
        return
    path = Path(file)
    try:
        size = path.stat().st_size
        with scratch(size) as held, gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            fill(held, _whole(quads(cast(IO[bytes], stream), kind), name))
            yield _checked(held, name)
    except (EOFError, OSError, zlib.error) as error:
        raise SourceError(f"{name} cannot be read: {error}") from None


def _checked(held: Store, name: str) -> Exported:
    if not Exported.is_in(held):
        raise SourceError(f"{name} is no knowledge base that Clew exported.", hint="Ingest it.")
    return Exported(held)


def fill(held: Store, found: Iterable[Quad]) -> None:
    """The database holds these quads too. Handed over at once, they would all stand in memory."""
    rest = iter(found)
    while part := list(islice(rest, _FILLED)):
        held.bulk_extend(part)


@contextmanager
def scratch(size: int) -> Iterator[Store]:
    """A quad store that is gone afterwards: in memory for a file of up to 32 MB, else in a temporary folder."""
    if size <= _IN_MEMORY:
        yield Store()
        return
    with tempfile.TemporaryDirectory(prefix="clew-rdf-") as folder:
        yield Store(folder)


def _whole(found: Iterable[Quad | str], name: str) -> Iterator[Quad]:
    for quad in found:
        if isinstance(quad, str):
            raise SourceError(f"{name}: {quad}", hint="Export it again.")
        yield quad


def restore(
    file: str | Path | IO[bytes],
    store: GraphStore,
    encode: Callable[[Sequence[str]], Vectors],
    *,
    encoder: str,
    dimension: int,
    format: str = "",  # noqa: A002
    chunk_texts: Callable[[DocumentRecord], Sequence[str]] | None = None,
) -> int:
    """The store holds what `export` wrote, with new vectors; returns the number of documents.

    `encode` makes unit vectors [n, dimension] of texts, `chunk_texts` what is embedded of each chunk (default: its
    text). Raises SourceError for a broken file.
    """
    count = 0
    with exported(file, format) as kept:
        store.configure(encoder=encoder, dimension=dimension, extracted_with=kept.extracted_with)
        records = kept.records()
        while batch := tuple(islice(records, 64)):
            texts = [
                text
                for record in batch
                for text in (chunk_texts(record) if chunk_texts else [chunk.text for chunk in record.chunks])
            ]
            store.add(Batch(batch, encode(texts) if texts else np.zeros((0, dimension), dtype=np.float32)))
            count += len(batch)
        told = kept.descriptions()
        while part := dict(islice(told, _SLICE)):
            store.describe(Described(part, encode(list(part.values()))))
        names = list(store.adjacency().relations)
        for start in range(0, len(names), _SLICE):
            slice_ = tuple(names[start : start + _SLICE])
            store.describe(Described(relations=slice_, relation_vectors=encode(slice_)))
    return count
