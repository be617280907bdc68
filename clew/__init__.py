"""Clew: documents to a knowledge graph, questions to answers with the reasoning path that proves them.

    import clew

    with clew.open("kb") as kg:
        kg.add(["Ada Hill founded Acme in Oslo.", "Ada Hill was born in Bergen."])  # files: kg.ingest("docs/")
        print(kg.ask("Where was the founder of Acme born?").text)

Importing this package loads no model, no engine and no network library; each is loaded when first needed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not (Path(__file__).parent / "graph").is_dir():  # a checkout without symlinks has small text files instead
    raise ImportError(
        "This checkout of Clew has no symbolic links, so its rooms cannot be found. On Windows turn on developer "
        "mode, run: git config core.symlinks true && git checkout -- clew, or install the package with pip."
    )

if TYPE_CHECKING:
    from clew.api import KnowledgeGraph, open  # noqa: A004 - clew.open reads like gzip.open
    from clew.gnn.reports import Evaluation, TrainProgress, TrainReport
    from clew.graph.adjacency.adjacency import Subgraph
    from clew.graph.embeddings.embeddings import Embedder
    from clew.graph.errors import (
        AnswerError,
        BudgetError,
        ClewError,
        EncoderMismatchError,
        InputError,
        MissingExtraError,
        ModelError,
        NotFoundError,
        QueryError,
        SettingsError,
        SourceError,
        StoreError,
        StoreFormatError,
        StoreLockedError,
        StoreMissingError,
        StoreUnsupportedError,
    )
    from clew.graph.model import Chunk, Document, Entity, Mention, ReasoningPath, Source, Triple, Value
    from clew.graph.store import Counts, Hit, QueryResult
    from clew.graph.upgrade import Upgrade
    from clew.ingest.extract.types import Chunked, Extraction, Extractor, RawMention, RawTriple
    from clew.ingest.load.load import Fields, Problem
    from clew.ingest.ontology.report import GuideReport, Rejected
    from clew.ingest.pipeline import IngestReport, Progress
    from clew.ingest.resolution.log import Merged
    from clew.retrieval.answer import Answer, Candidate, EdgeRole, Evidence, Explanation, Quote, RankedChunk, Retrieval
    from clew.retrieval.generate.quote import Generator
    from clew.retrieval.hybrid import TextHits
    from clew.retrieval.question.link import Meant, Question, Seeds, Span
    from clew.retrieval.reasoning.rank import Network, Reasoner, Scores
    from clew.settings import Settings
    from clew.views import EntityView, Fact, PathView, Status

_HOMES = {
    "clew.api": ("KnowledgeGraph", "open"),
    "clew.gnn.reports": ("Evaluation", "TrainProgress", "TrainReport"),
    "clew.graph.adjacency.adjacency": ("Subgraph",),
    "clew.graph.embeddings.embeddings": ("Embedder",),
    "clew.graph.errors": (
        "AnswerError",
        "BudgetError",
        "ClewError",
        "EncoderMismatchError",
        "InputError",
        "MissingExtraError",
        "ModelError",
        "NotFoundError",
        "QueryError",
        "SettingsError",
        "SourceError",
        "StoreError",
        "StoreFormatError",
        "StoreLockedError",
        "StoreMissingError",
        "StoreUnsupportedError",
    ),
    "clew.graph.model": ("Chunk", "Document", "Entity", "Mention", "ReasoningPath", "Source", "Triple", "Value"),
    "clew.graph.store": ("Counts", "Hit", "QueryResult"),
    "clew.graph.upgrade": ("Upgrade",),
    "clew.ingest.extract.types": ("Chunked", "Extraction", "Extractor", "RawMention", "RawTriple"),
    "clew.ingest.load.load": ("Fields", "Problem"),
    "clew.ingest.ontology.report": ("GuideReport", "Rejected"),
    "clew.ingest.pipeline": ("IngestReport", "Progress"),
    "clew.ingest.resolution.log": ("Merged",),
    "clew.retrieval.answer": (
        "Answer",
        "Candidate",
        "EdgeRole",
        "Evidence",
        "Explanation",
        "Quote",
        "RankedChunk",
        "Retrieval",
    ),
    "clew.retrieval.generate.quote": ("Generator",),
    "clew.retrieval.hybrid": ("TextHits",),
    "clew.retrieval.question.link": ("Meant", "Question", "Seeds", "Span"),
    "clew.retrieval.reasoning.rank": ("Network", "Reasoner", "Scores"),
    "clew.settings": ("Settings",),
    "clew.views": ("EntityView", "Fact", "PathView", "Status"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "AnswerError",
    "BudgetError",
    "Candidate",
    "Chunk",
    "Chunked",
    "ClewError",
    "Counts",
    "Document",
    "EdgeRole",
    "Embedder",
    "EncoderMismatchError",
    "Entity",
    "EntityView",
    "Evaluation",
    "Evidence",
    "Explanation",
    "Extraction",
    "Extractor",
    "Fact",
    "Fields",
    "Generator",
    "GuideReport",
    "Hit",
    "IngestReport",
    "InputError",
    "KnowledgeGraph",
    "Meant",
    "Mention",
    "Merged",
    "MissingExtraError",
    "ModelError",
    "Network",
    "NotFoundError",
    "PathView",
    "Problem",
    "Progress",
    "QueryError",
    "QueryResult",
    "Question",
    "Quote",
    "RankedChunk",
    "RawMention",
    "RawTriple",
    "Reasoner",
    "ReasoningPath",
    "Rejected",
    "Retrieval",
    "Scores",
    "Seeds",
    "Settings",
    "SettingsError",
    "Source",
    "SourceError",
    "Span",
    "Status",
    "StoreError",
    "StoreFormatError",
    "StoreLockedError",
    "StoreMissingError",
    "StoreUnsupportedError",
    "Subgraph",
    "TextHits",
    "TrainProgress",
    "TrainReport",
    "Triple",
    "Upgrade",
    "Value",
    "open",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'clew' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
