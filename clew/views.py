"""What `status`, `show` and `path` hand back: plain frozen values, ready for JSON."""

from __future__ import annotations

import difflib
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.coverage import sparse
from clew.export_formats import FORMATS, RDF
from clew.graph.errors import InputError, NotFoundError, require
from clew.graph.model import Entity, ReasoningPath, Triple, name_key
from clew.graph.store import Counts, GraphStore
from clew.retrieval.verbalize import Library, Quote, quotes_of, statement

if TYPE_CHECKING:
    from clew.graph.export.vault import VaultReport


@dataclass(frozen=True, slots=True)
class Status:
    """What a knowledge base holds and was made with."""

    store: str
    counts: Counts
    encoder: str
    dimension: int
    extracted_with: str
    format_version: int
    note: str = ""  # what is wrong with it, where anything is

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fact:
    """One triple as a sentence, with the passages that say it."""

    statement: str
    triple: Triple
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class EntityView:
    """All that the graph knows of an entity; `total` triples, of which `facts` holds the most confident ones."""

    entity: Entity
    name: str
    type: str
    aliases: tuple[str, ...]
    mentions: int
    documents: tuple[str, ...]
    facts: tuple[Fact, ...]
    total: int

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PathView:
    """A reasoning path with its names, one sentence a step and the passages behind each."""

    path: ReasoningPath
    names: tuple[str, ...]
    facts: tuple[Fact, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


def status(url: str, store: GraphStore) -> Status:
    """The status of an open store."""
    info, counts = store.info(), store.counts()
    few = sparse(counts.chunks, counts.triples, ())
    note = sparse(counts.chunks, counts.triples, (document.language for document in store.documents())) if few else ""
    return Status(url, counts, info.encoder, info.dimension, info.extracted_with, info.format_version, note)


def entity_view(store: GraphStore, entity: Entity, *, limit: int) -> EntityView:
    """The entity with up to `limit` of its triples, the most confident first."""
    triples = store.neighborhood([entity.id], limit=max(limit, 10_000))
    triples.sort(key=lambda triple: (-triple.confidence, triple.head != entity.id, triple.relation, triple.id))
    mentions = list(store.mentions(entity=entity.id))
    titles = {document.title or document.uri for document in store.documents(sorted({m.document for m in mentions}))}
    return EntityView(
        entity,
        entity.name,
        entity.type,
        entity.aliases,
        len(mentions),
        tuple(sorted(titles)),
        tuple(_facts(store, triples[:limit])),
        len(triples),
    )


def path_view(store: GraphStore, path: ReasoningPath) -> PathView:
    """The path with names and quotes."""
    names = {entity.id: entity.name for entity in store.entities(sorted(set(path.nodes)))}
    values = {triple.tail_id: triple.tail.text for triple in path.triples if not isinstance(triple.tail, str)}
    ordered = tuple(names.get(node, values.get(node, node)) for node in path.nodes)
    return PathView(path, ordered, tuple(_facts(store, path.triples)))


def _facts(store: GraphStore, triples: Iterable[Triple]) -> list[Fact]:
    triples = list(triples)
    ends = {end for triple in triples for end in (triple.head, triple.tail) if isinstance(end, str)}
    names = {entity.id: entity.name for entity in store.entities(sorted(ends))}
    library = Library.fetch(store, {source.chunk for triple in triples for source in triple.sources})
    return [Fact(statement(triple, names), triple, quotes_of(triple, library)) for triple in triples]


def document_ids(store: GraphStore, name: str) -> list[str]:
    """Ids of the documents that go by this id, else by this URI, else by this path, else by this exact title. The
    records of a file go by its URI or path too."""
    found = [document.id for document in store.documents([name])]
    if found:
        return found
    uris = [name, Path(name).absolute().as_uri()] if "\0" not in name and len(name) < 4096 else [name]
    known = [(document.id, document.uri, document.title) for document in store.documents()]
    for wanted in uris:
        found = [id_ for id_, uri, _ in known if uri == wanted or uri.startswith(f"{wanted}#")]
        if found:
            return found
    return [id_ for id_, _, title in known if title == name]


def export(store: GraphStore, file: Path | None, format: str) -> int:  # noqa: A002 - the word users type
    """The graph is in the file, or on standard output; returns how many lines, statements or triples. Raises
    InputError for another format, and where it cannot be written."""
    if format not in FORMATS:
        raise InputError(f"There is no export format called {format!r}.", hint=f"Use one of: {', '.join(FORMATS)}.")
    if format == "jsonl":
        from clew.graph.export.jsonl import export_lines

        return write_lines(export_lines(store), file)
    if format in RDF:
        require("pyoxigraph", "Oxigraph", "rdf")
        from clew.graph.rdf import exchange as rdf_exchange

        return rdf_exchange.export(store, sys.stdout.buffer if file is None else file, format)
    if file is None:
        raise InputError(
            f"{format} cannot go to standard output.", hint="Name a file, or for csv, parquet and vault a folder."
        )
    if format == "vault":
        return export_vault(store, file).notes
    from clew.graph.export.interchange import interchange

    interchange(store, file, format)
    return store.counts().triples


def export_vault(store: GraphStore, folder: Path) -> VaultReport:
    """The folder holds a note for each entity; what a person wrote there stays. Returns what was done."""
    from clew.graph.export.vault import write_vault

    return write_vault(store, folder)


def write_lines(lines: Iterable[str], file: Path | None) -> int:
    """The lines are in the file, which is replaced only when all are written, or on standard output."""
    if file is None:
        count = 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is the count
            sys.stdout.write(line + "\n")
        return count
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as stream:
            count = 0
            for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is the count
                stream.write(line + "\n")
        Path(stream.name).replace(file)
    except OSError as error:
        raise InputError(
            f"Cannot write {file}: {error.strerror}.", hint="Name a file in a folder you may write."
        ) from error
    return count


def find_entity(store: GraphStore, name: str) -> Entity:
    """The entity of this id, name or alias; the most mentioned one where several share it.

    Raises NotFoundError naming near matches.
    """
    by_id = list(store.entities([name]))
    if by_id:
        return by_id[0]
    key = name_key(name)
    found = list(store.entities(store.find([key]).get(key, [])))
    if found:
        return min(found, key=lambda entity: (name_key(entity.name) != key, -sum(entity.names.values()), entity.id))
    raise NotFoundError(f"There is no entity called {name!r}.", hint=_near(store, name))


def _near(store: GraphStore, name: str) -> str:
    hits = store.search_text("entity", name, 10)
    names = [entity.name for entity in store.entities([hit.id for hit in hits])]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3) or names[:3]
    return f"Near it: {', '.join(near)}." if near else "Search for it with: clew ask."
