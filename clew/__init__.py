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
    from clew.ingest.load.load import Fields
    from clew.ingest.pipeline import IngestReport, Progress
    from clew.ingest.resolution.log import Merged
    from clew.retrieval.answer import Answer, EdgeRole, Evidence, Explanation, Quote
    from clew.settings import Settings
    from clew.training import TrainReport

_HOMES = {
    "clew.api": ("KnowledgeGraph", "open"),
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
    "clew.ingest.load.load": ("Fields",),
    "clew.ingest.resolution.log": ("Merged",),
    "clew.ingest.pipeline": ("IngestReport", "Progress"),
    "clew.training": ("TrainReport",),
    "clew.retrieval.answer": ("Answer", "EdgeRole", "Evidence", "Explanation", "Quote"),
    "clew.settings": ("Settings",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "AnswerError",
    "BudgetError",
    "Chunk",
    "ClewError",
    "Document",
    "EdgeRole",
    "EncoderMismatchError",
    "Entity",
    "Evidence",
    "Explanation",
    "Fields",
    "IngestReport",
    "InputError",
    "KnowledgeGraph",
    "Mention",
    "Merged",
    "MissingExtraError",
    "ModelError",
    "NotFoundError",
    "Progress",
    "QueryError",
    "Quote",
    "ReasoningPath",
    "Settings",
    "SettingsError",
    "Source",
    "SourceError",
    "StoreError",
    "StoreFormatError",
    "StoreLockedError",
    "StoreMissingError",
    "StoreUnsupportedError",
    "TrainReport",
    "Triple",
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
