"""Folders and the knowledge base in step: what is known of files that are gone is named, followed or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import stable_id
from clew.graph.store import GraphStore
from clew.ingest.load.load import Loaded, Problem, Remark
from clew.ingest.pipeline import IngestReport
from clew.ingest.resolution.log import remove

_NAMED = 10  # files that a note names


@dataclass
class Watch:
    """What a run of loading has come across: ids of documents with their URIs, texts by hash, files with problems."""

    loaded: Iterable[Loaded | Problem | Remark]
    seen: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Loaded | Problem | Remark]:
        for item in self.loaded:
            if isinstance(item, Problem):
                self.wrong.add(_file(item.uri))
            elif isinstance(item, Loaded):
                self.seen[item.document.id] = item.document.uri
                self.texts.setdefault(_hash(item.document.text), item.document.uri)
            yield item


@dataclass(frozen=True, slots=True)
class _Gone:
    """Documents of one file that a run did not come across; `now` is where their text is found instead."""

    file: str
    documents: tuple[str, ...]
    exists: bool
    now: str = ""

    def __str__(self) -> str:
        name = unquote(urlsplit(self.file).path)
        if self.now:
            return f"{name} (now {unquote(urlsplit(self.now).path)})"
        return f"{name} ({len(self.documents):,} of its records)" if self.exists else name


def in_step(
    report: IngestReport,
    store: GraphStore,
    embedder: Embedder,
    sources: Sequence[str | Path],
    watch: Watch,
    *,
    sync: bool = False,
    say: Callable[[str], None] | None = None,
) -> IngestReport:
    """The report with notes on known files of these folders that are gone. Renamed ones are followed: what was known
    of the old name is removed, since the same text is there under the new one. With `sync` so is the rest, after
    `say` was told."""
    if report.interrupted or report.stopped:
        return report
    gone = list(_gone(store, sources, watch))
    renamed, lost = [one for one in gone if one.now], [one for one in gone if not one.now]
    notes = [f"renamed, and followed: {_listed(renamed)}"] if renamed else []
    leaving = list(renamed)
    if lost and sync and not watch.seen:
        notes.append(f"nothing that is read is left there, so nothing was removed; known are {_listed(lost)}")
    elif lost and sync:
        leaving += lost
        said = f"{'would be ' if report.dry_run else ''}removed, for it is gone: {_listed(lost)}"
        notes.append(said)
        if say is not None:
            say(said)
    elif missing := [one for one in lost if not one.exists]:
        notes.append(f"{len(missing):,} known files are gone: {_listed(missing)}; --sync removes what they said")
    removed = [document for one in leaving for document in one.documents]
    if removed and not report.dry_run:
        remove(store, embedder, removed)
    return replace(report, notes=(*report.notes, *notes), removed=len(removed))


def _gone(store: GraphStore, sources: Sequence[str | Path], watch: Watch) -> Iterator[_Gone]:
    """The known files of these folders that the run did not come across, by name."""
    places = [Path(source).expanduser().resolve() for source in sources if _is_place(source)]
    folders = tuple(f"{place.as_uri()}/" for place in places if place.is_dir())
    files = {place.as_uri() for place in places if place.is_file()}
    if not folders and not files:
        return
    known: dict[str, list[str]] = {}
    for document in store.documents():
        file = _file(document.uri)
        if document.id not in watch.seen and (file in files or file.startswith(folders or ("\0",))):
            known.setdefault(file, []).append(document.id)
    read = {_file(uri) for uri in watch.seen.values()}
    for file, documents in sorted(known.items()):
        exists = Path(unquote(urlsplit(file).path)).exists()
        if exists and (file not in read or file in watch.wrong):
            continue  # left out this time, or broken: what is known of it stays
        yield _Gone(file, tuple(documents), exists, "" if exists else _found(store, documents, watch))


def _found(store: GraphStore, documents: Sequence[str], watch: Watch) -> str:
    """The file in which the run found the texts of all these documents; "" where it did not."""
    found = set()
    for document in documents:
        text = "".join(chunk.text for chunk in store.chunks(document=document))
        found.add(_file(watch.texts.get(_hash(text), "")) if text.strip() else "")
    return next(iter(found)) if len(found) == 1 else ""


def _is_place(source: str | Path) -> bool:
    return str(source) != "-" and "\0" not in str(source) and Path(source).expanduser().exists()


def _file(uri: str) -> str:
    return uri.partition("#")[0]


def _hash(text: str) -> str:
    return stable_id("text", text)


def _listed(gone: Sequence[_Gone]) -> str:
    more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
    return ", ".join(map(str, gone[:_NAMED])) + more
