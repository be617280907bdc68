"""`clew.open`, and the KnowledgeGraph that it opens: the one object a user holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from clew.knowledge_graph.asking import Asking
from clew.knowledge_graph.learning import Learning
from clew.knowledge_graph.writing import Writing
from clew.settings import Settings, load_settings


class KnowledgeGraph(Writing, Asking, Learning):
    """A knowledge base that can be asked. A context manager; its methods may be called from several threads."""


def open(  # noqa: A001 - clew.open reads like gzip.open
    path: str | Path | None = None,
    *,
    create: bool = True,
    check_encoder: bool = True,
    warm: bool = False,
    settings: Settings | None = None,
    **overrides: Any,
) -> KnowledgeGraph:
    """The knowledge base at `path` (a folder, `rdf:PATH`, `neo4j://HOST`, `memory:`; or the setting `store`).

    `overrides` are settings by name; `check_encoder=False` is for `reembed` alone; with `warm` the encoder is loaded
    beside the store, for callers who will need it at once. Raises SettingsError, StoreError
    and its children: EncoderMismatchError where the knowledge base was made with another embedding model.
    """
    if settings is None:
        settings, _ = load_settings(overrides=overrides)
    elif overrides:
        settings = replace(settings, **overrides)
    url = str(path) if path is not None else settings.store
    return KnowledgeGraph(url, settings=settings, create=create, check_encoder=check_encoder, warm=warm)
