"""One run of ingestion: what is loaded, in which language, what is read out of it, and folders kept in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.coverage import sparse
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.store import GraphStore
from clew.ingest import pipeline
from clew.ingest.in_step import Watch, in_step
from clew.ingest.load.language import Languages
from clew.ingest.load.load import load, size
from clew.ingest.meter import Meter
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
    meter = None
    if progress is not None and not dry_run:
        sized = {name: value for name, value in named.items() if name != "stdin_format"}
        meter = Meter(progress, size(paths, **sized))
    begun = meter.begun if meter else None
    spoken = Languages(load(paths, begun=begun, **named), reads=getattr(extractor, "language", ""))
    loaded = Watch(spoken)
    extract = guided(extractor, settings, embedder)
    same: dict[str, Any] = {
        "extractor": extract.fingerprint,
        "chunk_size": settings.chunk_size,
        "refresh": refresh,
    }
    if dry_run:
        run = partial(pipeline.dry_run, loaded, store, extract, embedder, **same)
        done = with_guide(extract, estimated(extractor, run))
    else:
        same["batch_size"] = settings.batch_size
        if meter is None:
            run = partial(pipeline.ingest, loaded, store, extract, embedder, **same)
        else:
            same["progress"] = meter.tell
            read = meter.extractor(extract)
            run = partial(pipeline.ingest, meter.loaded(loaded), store, read, embedder, **same)
        done = with_guide(extract, metered(extractor, run))
    few = sparse(done.chunks, done.triples, spoken.codes)
    done = replace(done, notes=(*done.notes, *spoken.notes, *([few] if few and not dry_run else [])))
    return in_step(done, store, embedder, paths, loaded, sync=sync, say=say)
