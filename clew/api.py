"""`clew.open`, and the KnowledgeGraph that it opens: the one object a user holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.graph.errors import SettingsError
from clew.knowledge_graph.asking import Asking
from clew.knowledge_graph.learning import Learning
from clew.knowledge_graph.writing import Writing
from clew.settings import RULES, Settings, load_settings, with_options

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder
    from clew.ingest.extract.types import Extractor
    from clew.retrieval.generate.quote import Generator
    from clew.retrieval.reasoning.rank import Reasoner


class KnowledgeGraph(Writing, Asking, Learning):
    """A knowledge base that can be asked. A context manager; its methods may be called from several threads."""


def open(  # noqa: A001 - clew.open reads like gzip.open
    path: str | Path | None = None,
    *,
    create: bool = True,
    check_encoder: bool = True,
    warm: bool = False,
    settings: Settings | None = None,
    extractor: str | Extractor | None = None,
    reasoner: str | Reasoner | None = None,
    generator: str | Generator | None = None,
    embedder: str | Embedder | None = None,
    encoder: str | None = None,
    device: str | None = None,
    extractor_model: str | None = None,
    ontology: str | None = None,
    chunk_size: int | None = None,
    batch_size: int | None = None,
    checkpoint: str | None = None,
    k: int | None = None,
    budget: int | None = None,
    hops: int | None = None,
    paths: int | None = None,
    sure: float | None = None,
    llm_url: str | None = None,
    llm_model: str | None = None,
    llm_key: str | None = None,
    llm_price_in: float | None = None,
    llm_price_out: float | None = None,
    llm_budget: float | None = None,
    llm_tokens: int | None = None,
    llm_timeout: float | None = None,
    llm_concurrency: int | None = None,
    heap: str | None = None,
    cache: str | None = None,
    query_timeout: float | None = None,
    query_limit: int | None = None,
    threads: int | None = None,
) -> KnowledgeGraph:
    """The knowledge base at `path` (a folder, `rdf:PATH`, `neo4j://HOST`, `memory:`; or the setting `store`).

    The other options are settings by name (docs/settings.md), over those of `settings`, or of `clew.toml` and the
    environment. `extractor`, `embedder`, `reasoner` and `generator` take a name or an object of your own
    (docs/extending.md); an `embedder`'s name is the setting `encoder`. `check_encoder=False` is for `reembed` alone;
    with `warm` the encoder is loaded beside the store, for callers who will need it at once. Raises SettingsError,
    StoreError and its children: EncoderMismatchError where the knowledge base was made with another embedder.
    """
    given: dict[str, Any] = {name: value for name, value in locals().items() if name in RULES and value is not None}
    own = {role: given.pop(role) for role in _ROLES if not isinstance(given.get(role, ""), str)}
    if embedder is not None and encoder is not None:
        raise SettingsError("Both embedder and encoder are given.", hint="Give one of them.")
    if isinstance(embedder, str):
        given["encoder"] = embedder
    elif embedder is not None:
        own["embedder"] = embedder
    settings = load_settings(overrides=given)[0] if settings is None else with_options(settings, given)
    url = str(path) if path is not None else settings.store
    return KnowledgeGraph(url, settings=settings, create=create, check_encoder=check_encoder, warm=warm, **own)


_ROLES = ("extractor", "reasoner", "generator")  # settings that an object may take the place of
