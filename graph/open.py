"""`open_store`: a URL becomes the store that it names. The only table from names to engines."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from clew.graph.errors import SettingsError, require
from clew.graph.store import GraphStore

_ENGINES = {
    "memory": "clew.graph.stores.memory:MemoryStore",
    "arcadedb": "clew.graph.stores.arcadedb.store:ArcadeStore",
    "neo4j": "clew.graph.stores.neo4j.store:Neo4jStore",
    "bolt": "clew.graph.stores.neo4j.store:Neo4jStore",
    "rdf": "clew.graph.stores.rdf.store:RdfStore",
}
_EXTRAS = {
    "neo4j": ("neo4j", "The Neo4j driver", "neo4j"),
    "bolt": ("neo4j", "The Neo4j driver", "neo4j"),
    "rdf": ("pyoxigraph", "Oxigraph", "rdf"),
}
_SHARED = {"arcadedb", "rdf"}  # embedded engines: one process owns the folder and serves the others
_NEO4J = {"NEO4J_USERNAME": "username", "NEO4J_PASSWORD": "password", "NEO4J_DATABASE": "database"}


def open_store(url: str, *, create: bool = True, heap: str = "", cache: str = "") -> GraphStore:
    """The store behind `memory:`, `arcadedb:PATH`, a bare path (which means arcadedb), `rdf:PATH` or
    `neo4j://HOST:PORT/DATABASE` (also neo4j+s:, bolt:, bolt+s:; user, password and database as in the environment's
    NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE, and the server's address as in NEO4J_URI where the URL is
    `neo4j:` alone).

    A store in a folder may be open in several processes of one user at once (`graph/stores/shared/store.py`).
    `heap` bounds the memory of an engine that runs in a Java machine (such as "768m"; empty: its default).
    `cache` is where an engine keeps derived files outside of the knowledge base (empty: the user's cache folder).
    Raises SettingsError for an address that cannot be one, StoreError where it cannot be opened, or does not exist and
    `create` is false.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or len(scheme) == 1 or "/" in scheme or "\\" in scheme:
        scheme, rest = "arcadedb", url
    if (scheme := scheme.removesuffix("+s").removesuffix("+ssc")) not in _ENGINES:
        raise SettingsError(
            f"There is no store called {scheme!r}.",
            hint=f"Use one of: {', '.join(f'{name}:' for name in sorted(_ENGINES))} or a path.",
        )
    if scheme in _EXTRAS:
        require(*_EXTRAS[scheme])
    module, _, name = _ENGINES[scheme].partition(":")
    options = {"heap": heap, "cache": cache} if scheme == "arcadedb" else {}
    if name == "Neo4jStore":
        rest = url if rest.strip("/") else os.environ.get("NEO4J_URI", url)
        options = {"cache": cache, **{option: os.environ.get(variable, "") for variable, option in _NEO4J.items()}}
        if "graph=existing" in rest.partition("?")[2].split("&"):
            module, name = "clew.graph.stores.neo4j.existing", "ExistingGraph"
            options["heap"] = heap

    def engine(create: bool) -> GraphStore:
        store: GraphStore = getattr(importlib.import_module(module), name)(rest, create=create, **options)
        return store

    if scheme not in _SHARED or not rest:
        return engine(create)
    shared = importlib.import_module("clew.graph.stores.shared.store").SharedStore
    opened: GraphStore = shared(Path(rest).expanduser().absolute(), engine, create=create)
    return opened


__all__ = ["open_store"]
