"""One run of ingestion: what is loaded, in which language, what is read out of it, and folders kept in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.coverage import sparse
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import document_id
from clew.graph.store import GraphStore
from clew.ingest import pipeline
from clew.ingest.in_step import Watch, in_step
from clew.ingest.load.in_memory import page_uri
from clew.ingest.load.language import Languages
from clew.ingest.load.load import Loaded, Problem, Remark, load, size
from clew.ingest.meter import Meter
from clew.ingest.resolution.log import remove
from clew.language_model import estimated, metered
from clew.ontologies import guided, with_guide
from clew.settings import Settings

if TYPE_CHECKING:
    from clew.ingest.pipeline import IngestReport, Progress
    from clew.language_model import AnyExtractor


def ingest(
    store: GraphStore,
    extractor: AnyExtractor,
    embedder: Embedder,
    settings: Settings,
    paths: Sequence[str | Path],
    *,
    named: Mapping[str, Any],
    dry_run: bool = False,
    refresh: bool = False,
    sync: bool = False,
    say: Callable[[str], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """What these sources say is in the store, as `KnowledgeGraph.ingest` has it; `named` are options of `load`."""
    sized = {name: value for name, value in named.items() if name != "stdin_format"}
    meter = Meter(progress, size(paths, **sized)) if progress is not None and not dry_run else None
    loaded = Watch(load(paths, begun=meter.begun if meter else None, **named))
    done = _read(loaded, store, extractor, embedder, settings, meter=meter, dry_run=dry_run, refresh=refresh)
    return in_step(done, store, embedder, paths, loaded, sync=sync, say=say)


def add(
    store: GraphStore,
    extractor: AnyExtractor,
    embedder: Embedder,
    settings: Settings,
    loaded: Sequence[Loaded],
    *,
    dry_run: bool = False,
    refresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """What these documents say is in the store, as `KnowledgeGraph.add` has it."""
    characters = sum(len(item.document.text) for item in loaded)
    meter = Meter(progress, None, characters) if progress is not None and not dry_run else None
    return _read(loaded, store, extractor, embedder, settings, meter=meter, dry_run=dry_run, refresh=refresh)


def add_triples(
    store: GraphStore,
    extractor: AnyExtractor,
    embedder: Embedder,
    settings: Settings,
    loaded: Sequence[Loaded],
    *,
    id_: str | None,
    **how: Any,
) -> IngestReport:
    """These documents of triples are in the store, and no others of the same id."""
    done = add(store, extractor, embedder, settings, loaded, **how)
    if id_ is None or done.stopped:
        return done
    gone: list[str] = []
    while known := list(store.documents([document_id(page_uri(id_, len(loaded) + len(gone)))])):
        gone.append(known[0].id)
    if gone and not done.dry_run:
        remove(store, embedder, gone)
    return replace(done, removed=len(gone))


def _read(
    loaded: Iterable[Loaded | Problem | Remark],
    store: GraphStore,
    extractor: AnyExtractor,
    embedder: Embedder,
    settings: Settings,
    *,
    meter: Meter | None,
    dry_run: bool,
    refresh: bool,
) -> IngestReport:
    """What is loaded is in the store; with `dry_run`, what would be done."""
    spoken = Languages(loaded, reads=getattr(extractor, "language", ""))
    extract = guided(extractor, settings, embedder)
    same: dict[str, Any] = {
        "extractor": extract.fingerprint,
        "chunk_size": settings.chunk_size,
        "refresh": refresh,
    }
    if dry_run:
        run = partial(pipeline.dry_run, spoken, store, extract, embedder, **same)
        done = with_guide(extract, estimated(extractor, run))
    else:
        same["batch_size"] = settings.batch_size
        if meter is None:
            run = partial(pipeline.ingest, spoken, store, extract, embedder, **same)
        else:
            same["progress"] = meter.tell
            read = meter.extractor(extract)
            run = partial(pipeline.ingest, meter.loaded(spoken), store, read, embedder, **same)
        done = with_guide(extract, metered(extractor, run))
    few = sparse(done.chunks, done.triples, spoken.codes)
    return replace(done, notes=(*done.notes, *spoken.notes, *([few] if few and not dry_run else [])))
