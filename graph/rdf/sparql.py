"""SPARQL over any store: the graph as RDF (`rdf_map`), kept for as long as the store's generation stays.

Queries run in a process of their own (`rdf_worker`), which is ended when one takes too long. Each prefix of
`rdf_terms.PREFIXES` may be used without declaring it. What stands in any named graph is found without naming it.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Store

from clew.graph.errors import QueryError
from clew.graph.rdf.exchange import fill, store_quads
from clew.graph.rdf.guard import guard
from clew.graph.rdf.terms import PREFIXES
from clew.graph.store import GraphStore, QueryResult

if TYPE_CHECKING:
    from rdflib import Dataset

_WORKER = Path(__file__).with_name("worker.py")
_START = 30.0  # seconds in which the worker must answer at all, on top of a query's own time


class _Snapshot:
    """One generation of a store in a temporary folder, and the process that answers over it."""

    def __init__(self, store: GraphStore) -> None:
        self.generation = store.info().generation
        self._folder = tempfile.TemporaryDirectory(prefix="clew-sparql-")
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        held = Store(self._folder.name)
        fill(held, store_quads(store))
        held.flush()
        del held

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The worker's answer. Raises QueryError where it comes too late or not at all."""
        with self._lock:
            process, fresh = self._process, False
            if process is None or process.poll() is not None:
                process, fresh = self._started(), True
                self._process = process
            line = _exchange(process, json.dumps(request) + "\n", timeout + (_START if fresh else 0))
            if not line:
                self.stop()
                if line is None:
                    raise QueryError(
                        f"The query took more than {timeout:g} seconds.",
                        hint="Bind more of it, or raise the setting query_timeout.",
                    )
                raise QueryError("The query needs too much memory.", hint="Bind more of it, or add a LIMIT.")
            answer: dict[str, Any] = json.loads(line)
            return answer

    def _started(self) -> subprocess.Popen[str]:
        # -P: the worker's own folder holds modules whose names must not hide others.
        command = [sys.executable, "-P", str(_WORKER), self._folder.name]
        return subprocess.Popen(  # noqa: S603 - our own file, a folder that we made
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def stop(self) -> None:
        """The process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def close(self) -> None:
        """Process and folder are gone."""
        self.stop()
        self._folder.cleanup()


def _exchange(process: subprocess.Popen[str], request: str, timeout: float) -> str | None:
    """The line that answers, empty where the process ended, None where it does not come in time."""
    found: queue.Queue[str] = queue.Queue()

    def exchange() -> None:
        try:
            if process.stdin is not None and process.stdout is not None:
                process.stdin.write(request)
                process.stdin.flush()
                found.put(process.stdout.readline())
        except (OSError, ValueError):  # it ended meanwhile
            found.put("")

    threading.Thread(target=exchange, daemon=True).start()
    try:
        return found.get(timeout=timeout)
    except queue.Empty:
        return None


_snapshots: weakref.WeakKeyDictionary[GraphStore, _Snapshot] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def _snapshot(store: GraphStore) -> _Snapshot:
    """That of the store's present generation, made if need be; it goes when the store does."""
    with _making:
        held = _snapshots.get(store)
        if held is None or held.generation != store.info().generation:
            if held is not None:
                held.close()
            held = _snapshots[store] = _Snapshot(store)
            weakref.finalize(store, held.close)
        return held


def sparql(store: GraphStore, query: str, timeout: float = 10.0, limit: int = 1000) -> QueryResult:
    """The rows of a read-only SPARQL query (SELECT, ASK, CONSTRUCT, DESCRIBE), at most `limit` of them.

    IRIs and texts are strings, numbers and truth values Python's own, what is unbound None. The first query after a
    change of the store maps all of it to RDF. Raises QueryError for one that is no query, that would write or leave
    the knowledge base, or that takes over `timeout` seconds.
    """
    guarded = guard(query)
    request = {"query": guarded, "prefixes": dict(PREFIXES), "limit": max(limit, 0)}
    answer = _snapshot(store).ask(request, timeout)
    if "error" in answer:
        raise QueryError(f"The query is no valid SPARQL: {answer['error'][:500]}", hint="Mend it and ask again.")
    rows = tuple(tuple(row) for row in answer["rows"])
    return QueryResult(tuple(answer["columns"]), rows, answer["truncated"])


def as_rdflib(store: GraphStore) -> Dataset:
    """The store's present content as an rdflib Dataset (held by Oxigraph in memory); changing it changes no store."""
    from oxrdflib import OxigraphStore
    from rdflib import Dataset

    held = Store()
    fill(held, store_quads(store))
    return Dataset(store=OxigraphStore(store=held), default_union=True)
