"""What the front door does with an ontology: reading that keeps to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clew.settings import Settings

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder
    from clew.ingest.ontology.guide import Guided
    from clew.ingest.pipeline import IngestReport
    from clew.language_model import AnyExtractor


def guided(extractor: AnyExtractor, settings: Settings, embedder: Embedder) -> AnyExtractor | Guided:
    """The extractor, which keeps to the ontology of the settings where there is one; `embedder` is the one that embeds
    the graph. Raises InputError."""
    if not settings.ontology:
        return extractor
    from clew.graph.embeddings.embeddings import DEFAULT_MODEL
    from clew.graph.embeddings.open import open_embedder
    from clew.ingest.ontology.guide import Guided
    from clew.ingest.ontology.read import read_ontology

    ontology = read_ontology(settings.ontology)
    # The network that reads by an ontology was trained on the default encoder, whichever one embeds the graph.
    if embedder.fingerprint.partition("/")[0] != DEFAULT_MODEL:
        cache = Path(settings.cache) if settings.cache else None
        embedder = open_embedder(cache=cache, threads=settings.threads or None)
    return Guided(extractor, ontology, embedder, extractor=extractor.fingerprint)


def with_guide(extract: AnyExtractor | Guided, report: IngestReport) -> IngestReport:
    """The report, with what the ontology did in this run."""
    guide = getattr(extract, "report", None)
    return replace(report, guide=guide) if guide is not None else report
