"""Sources to documents: one document at a time, and every problem met on the way."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from clew.graph.errors import MissingExtraError, SourceError
from clew.ingest.load import formats, tables
from clew.ingest.load import ready_triples as triples
from clew.ingest.load.decode import open_bytes
from clew.ingest.load.items import (
    READER_VERSION,
    Attachment,
    Fields,
    Loaded,
    Origin,
    Problem,
    ReadyTriple,
    Remark,
    Section,
)
from clew.ingest.load.records import json_records as records
from clew.ingest.load.sources import Sources, kind_of, refused

__all__ = ["READER_VERSION", "Fields", "Loaded", "Problem", "ReadyTriple", "Remark", "Section", "count", "load", "size"]


def _from(module: str, name: str) -> Callable[[Origin], Iterator[Loaded | Problem | Attachment]]:
    """The reader of this name, whose module, and the library that it needs, is imported when a file asks for it."""

    def read(origin: Origin) -> Iterator[Loaded | Problem | Attachment]:
        reader: Callable[[Origin], Iterator[Loaded | Problem | Attachment]]
        reader = getattr(import_module(f"clew.ingest.load.{module}"), name)
        return reader(origin)

    return read


def _beginning(words: bytes) -> Callable[[Origin], int]:
    """A counter of the lines that begin with these words."""

    def count(origin: Origin) -> int:
        with open_bytes(origin.path) as lines:
            return sum(line.startswith(words) for line in lines)

    return count


_LONGEST_REASON = 500  # characters
_DEEPEST = 3  # messages within messages, and what is attached to them
_RDF = ("turtle", "ntriples", "nquads", "trig", "json-ld", "rdfxml")
_READERS: dict[str, Callable[[Origin], Iterator[Loaded | Problem | Attachment]]] = {
    "txt": formats.read_txt,
    "md": formats.read_md,
    **dict.fromkeys(formats.SINGLE, formats.read_single),
    "csv": tables.read_table,
    "json": records.read_json,
    "jsonl": records.read_jsonl,
    "eml": _from("threads.mail", "read_eml"),
    "mbox": _from("threads.mail", "read_mbox"),
    "vtt": _from("threads.captions", "read_vtt"),
    "srt": _from("threads.captions", "read_srt"),
    "ics": _from("calendars", "read_ics"),
    "vcf": _from("calendars", "read_vcf"),
    "canvas": _from("notes.canvas", "read_alone"),
    **dict.fromkeys(_RDF, formats.read_rdf),
}
_COUNTERS: dict[str, Callable[[Origin], int]] = {
    "folder": lambda origin: sum(path.is_file() for path in origin.path.rglob("*")),
    "mbox": _beginning(b"From "),
    "ics": _beginning(b"BEGIN:V"),
    "vcf": _beginning(b"BEGIN:VCARD"),
    "csv": tables.count_table,
    "json": records.count_json,
    "jsonl": records.count_jsonl,
    **dict.fromkeys(_RDF, formats.count_rdf),
}


def load(
    sources: Iterable[str | Path],
    *,
    fields: Fields | None = None,
    recursive: bool = True,
    stdin_format: str = "txt",
    plain: bool = False,
    begun: Callable[[Path], None] | None = None,
) -> Iterator[Loaded | Problem | Remark]:
    """Yields every document that the sources hold, in a fixed order, and every problem met; raises none.

    Folders that are vaults of notes, exports of chats and the like are read as such, unless `plain`.

    A source is a file, a folder (sorted, with its subfolders if `recursive`), a glob pattern, a SPARQL endpoint
    (`sparql+https://HOST/PATH`, perhaps with `#GRAPH`), or `-` for standard input, read as `stdin_format` (`txt`,
    `md`, `html`, `csv`, `tsv`, `json`, `jsonl`, `pdf`, `docx`, `ttl`, `nt`, `nq`, `trig`, `jsonld`, `rdf`). A
    document's URI is that of the resolved file, with `#ID` for a record of a csv, json or jsonl file and
    `#statements=FIRST-LAST` for RDF; that of standard input hashes its content. Memory holds one document, or the
    text of one json file, at a time. `begun` is called with each file before it is read.
    """
    run = Sources(fields or Fields(), recursive=recursive, stdin_format=stdin_format, plain=plain)
    for source in sources:
        for found in run.files(str(source)):
            if isinstance(found, Problem | Remark):
                yield found
            else:
                if begun is not None:
                    begun(found.path)
                yield from _read(found)


def count(
    sources: Iterable[str | Path], *, fields: Fields | None = None, recursive: bool = True, plain: bool = False
) -> int | None:
    """How many documents `load` will yield, or a few more where some cannot be read (about as many, of RDF);
    None for standard input and SPARQL endpoints."""
    names = [str(source) for source in sources]
    if any(name == "-" or name.startswith("sparql+") for name in names):
        return None
    run = Sources(fields or Fields(), recursive=recursive, stdin_format="", plain=plain)
    found = (origin for name in names for origin in run.files(name))
    return sum(_count(origin) for origin in found if isinstance(origin, Origin))


def size(
    sources: Iterable[str | Path], *, fields: Fields | None = None, recursive: bool = True, plain: bool = False
) -> int | None:
    """How many bytes the files that `load` will read have; None for standard input and SPARQL endpoints."""
    names = [str(source) for source in sources]
    if any(name == "-" or name.startswith("sparql+") for name in names):
        return None
    run = Sources(fields or Fields(), recursive=recursive, stdin_format="", plain=plain)
    found = [origin for name in names for origin in run.files(name) if isinstance(origin, Origin)]
    return sum(_bytes(origin.path) for origin in found)


def _bytes(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(_bytes(inner) for inner in path.iterdir() if not inner.is_symlink())
        return path.stat().st_size
    except OSError:
        return 0


def _read(origin: Origin, depth: int = 0) -> Iterator[Loaded | Problem]:
    """What the file's reader yields, then the problem that stopped it, if one did."""
    try:
        for found in (origin.reader or _READERS[origin.kind])(origin):
            if isinstance(found, Attachment):
                yield from _attached(found, origin, depth + 1)
            else:
                yield _short(found) if isinstance(found, Problem) else found
    except SourceError as error:
        yield _short(Problem(origin.uri, str(error)))
    except MissingExtraError as error:
        yield Problem(origin.uri, f"needs what is missing here: {error}")
    except (EOFError, zlib.error) as error:
        yield Problem(origin.uri, f"is a broken .gz file: {error}")
    except OSError as error:
        yield Problem(origin.uri, refused(error))


def _attached(found: Attachment, holder: Origin, depth: int) -> Iterator[Loaded | Problem]:
    """The documents of a file that lies in another one."""
    kind = kind_of(found.name)
    if not kind or depth > _DEEPEST:
        reason = "is of a kind that is not read" if not kind else "lies too deep"
        yield Problem(found.uri, f"holds {found.name}, which {reason}", skipped=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"attached{''.join(Path(found.name).suffixes[-2:])}"
        path.write_bytes(found.data)
        for item in _read(Origin(path, found.uri, found.name, kind, holder.fields, plain=holder.plain), depth):
            if isinstance(item, Loaded):
                metadata = {**found.metadata, **item.document.metadata}
                yield replace(item, document=replace(item.document, metadata=metadata))
            else:
                yield replace(item, reason=f"holds {found.name}, which {item.reason}")


def _short(problem: Problem) -> Problem:
    """The problem, which quotes no more of a file than fits a line of the report."""
    if len(problem.reason) <= _LONGEST_REASON:
        return problem
    half = _LONGEST_REASON // 2 - 2
    return replace(problem, reason=f"{problem.reason[:half]} … {problem.reason[-half:]}")


def _count(origin: Origin) -> int:
    try:
        if origin.kind in {"txt", "csv"} and triples.is_triples(origin):
            return triples.count_triples(origin)
        return _COUNTERS[origin.kind](origin) if origin.kind in _COUNTERS else 1
    except (SourceError, EOFError, zlib.error, OSError):
        return 0
