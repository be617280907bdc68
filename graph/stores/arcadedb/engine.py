"""ArcadeDB in this process: a narrow hand on one database.

The only file that uses the engine (`java` starts it).
No Java exception leaves it: `StoreError` or one of its kinds does.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import arcadedb_embedded
import jpype
import numpy as np
from arcadedb_embedded.exceptions import ArcadeDBError
from arcadedb_embedded.type_conversion import convert_java_to_python

from clew.graph.errors import QueryError, StoreError, StoreLockedError
from clew.graph.garbage_collection import uncollected
from clew.graph.identifiers import identifier
from clew.graph.store import Vectors
from clew.graph.stores.arcadedb.bloom_filter import Seen
from clew.graph.stores.arcadedb.java_loops import assign, connect, read_rows, save
from clew.graph.stores.arcadedb.java_machine import start_java

Row = dict[str, Any]
_FULL = ("no space left", "file too large", "quota exceeded", "disk full", "not enough space")
_EXHAUSTED = ("outofmemory", "java heap space", "gc overhead")
_UNTIDY = 64 * 2**20
_KEPT_PLACES = 50_000  # about 15 MB


class Engine:
    """One open database. Not locked: its owner lets one thread in at a time."""

    def __init__(self, folder: Path, *, heap: str, create: bool, cache: Path | None = None) -> None:
        start_java(heap, cache=cache)
        with translated("opened", folder):
            make = arcadedb_embedded.create_database if create else arcadedb_embedded.open_database
            self._database = make(str(folder))
            # Without it, a commit is safe from a killed process but not from a power cut.
            self._database.set_wal_flush("yes_nometadata")
        self._folder = folder
        self._java = self._database._java_db
        self._calls = jpype.JClass("com.arcadedb.python.DbCalls")
        self._objects = jpype.JArray(jpype.JObject)
        self._both = jpype.JClass("com.arcadedb.graph.Vertex$DIRECTION").BOTH
        self._keys = {key: jpype.JArray(jpype.JString)([key]) for key in ("id", "name")}
        self._met: dict[tuple[str, str], Any] = {}  # vertices of this transaction, None for those that are not there
        self._read: dict[tuple[str, str], Any] = {}  # addresses of records that were read in this transaction
        self._places: dict[tuple[str, str], Any] = {}  # addresses of vertices that edges led to
        self._address = jpype.JClass("com.arcadedb.database.RID")
        # Of a database that was empty when it was opened it is known what it never held: a first load looks up little.
        self._seen: defaultdict[str, Seen] | None = defaultdict(Seen) if create else None
        self._machine = jpype.JClass("java.lang.Runtime").getRuntime()
        self._tidy_from = 0.0  # when it may be tidied again
        self._kept = 0  # bytes of the heap that were in use after it was tidied

    def run(self, sql: str, **parameters: Any) -> None:
        """The SQL command is done."""
        with translated("changed", self._folder):
            self._database.command("sql", sql, *([parameters] if parameters else []))

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """What the SQL query answers, as plain Python."""
        with translated("read", self._folder):
            found: list[Row] = self._database.query("sql", sql, parameters).to_json_list()
            return found

    def columns(self, sql: str, names: Sequence[str]) -> list[list[Any]]:
        """What the SQL query answers, a list for each of these columns: the quickest way to read a whole type."""
        with translated("read", self._folder):
            columns = self._database.query("sql", sql).to_columns(columns=list(names))
            return [list(columns[name]) if name in columns else [] for name in names]

    def count(self, type_name: str) -> int:
        """How many records of this type there are."""
        with translated("read", self._folder):
            return int(self._java.countType(type_name, True))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything done inside is committed, durably, or (whatever is raised) none of it."""
        # The bridge couples two collectors: Java's runs whenever Python's finds that the process has grown, and
        # Python's, over all of its objects, after each of Java's, which are many in a batch.
        with translated("written", self._folder), uncollected():
            self._met, self._read = {}, {}
            self._java.begin()
            try:
                yield
                self._java.commit()
            except BaseException:
                self._places = {}
                if self._java.isTransactionActive():
                    self._java.rollback()
                raise
            finally:
                self._met, self._read = {}, {}
                spare = max(0, len(self._places) - _KEPT_PLACES)
                self._places = dict(islice(self._places.items(), spare, None)) if spare else self._places
                self._tidy()

    def _tidy(self) -> None:
        """The heap holds little more than what is kept; seeing to it takes a twentieth of the time at most."""
        start = time.monotonic()
        if start >= self._tidy_from and self._used() > self._kept + _UNTIDY:
            self._machine.gc()
            self._kept = self._used()
            self._tidy_from = start + 20 * (time.monotonic() - start)

    def _used(self) -> int:
        return int(self._machine.totalMemory()) - int(self._machine.freeMemory())

    def get(self, type_name: str, id_: str, key: str = "id") -> Any:
        """The record of this id, None without one."""
        return self._calls.lookupFirst(self._java, type_name, self._keys[key], self._objects([id_]))

    def _vertex(self, type_name: str, id_: str, key: str = "id") -> Any:
        """The same, looked up once in a transaction: each call of the engine costs more than all else here."""
        if (type_name, id_) not in self._met:
            place = self._read.get((type_name, id_))
            found = self.get(type_name, id_, key) if place is None else self._java.lookupByRID(place, True)
            self._met[type_name, id_] = found
        return self._met[type_name, id_]

    def fetch(self, type_name: str, ids: Iterable[str], names: Sequence[str], key: str = "id") -> dict[str, Row]:
        """These properties of those records that exist, by id."""
        asked = list(dict.fromkeys(ids))
        wanted = self._perhaps(type_name, asked)
        changing = bool(self._java.isTransactionActive())
        told = ", ".join(
            [identifier(name, "arcadedb") for name in dict.fromkeys((key, *names))] + changing * ["@rid AS place"]
        )
        sql = f"SELECT {told} FROM {type_name} WHERE {key} IN :ids"  # noqa: S608 - our own names only
        found = {row[key]: row for row in self.rows(sql, ids=wanted)} if wanted else {}
        if changing:
            self._met |= {(type_name, id_): None for id_ in asked if id_ not in found}
            self._read |= {(type_name, id_): self._address(row["place"]) for id_, row in found.items()}
        return {id_: {name: found[id_].get(name) for name in names} for id_ in wanted if id_ in found}

    def _perhaps(self, type_name: str, ids: list[str]) -> list[str]:
        """Those of the ids that this type may hold."""
        if self._seen is None:
            return ids
        return [id_ for id_, unseen in zip(ids, self._seen[type_name].unseen(ids), strict=True) if not unseen]

    def _make(self, type_name: str, ids: list[str]) -> None:
        """From now on this type may hold these ids."""
        if self._seen is not None:
            self._seen[type_name].add(ids)

    def put(self, type_name: str, rows: Sequence[Row], vectors: Vectors | None = None, key: str = "id") -> None:
        """A vertex of this type for each row, made or changed, with a vector for each row where they are given."""
        if not rows:
            return
        values = read_rows(rows)
        ids = [row[key] for row in rows]
        perhaps = set(self._perhaps(type_name, ids))
        self._met |= {(type_name, id_): None for id_ in ids if id_ not in perhaps}
        self._make(type_name, ids)
        vertices = []
        for id_ in ids:
            held = self._vertex(type_name, id_, key)
            vertices.append(held.modify() if held else self._java.newVertex(type_name))
            self._met[type_name, id_] = vertices[-1]
        if vectors is not None:
            assign(vertices, "embedding", vectors)
        save(vertices, values.join())

    def link(
        self, type_name: str, ends: Sequence[tuple[tuple[str, str], tuple[str, str]]], rows: Sequence[Row]
    ) -> None:
        """An edge for each row, between two vertices each given as (type, id)."""
        if not rows:
            return
        values = read_rows(rows)
        self._make(type_name, [row["id"] for row in rows if "id" in row])
        tails = [self._vertex(*tail) for tail, _ in ends]
        connect(tails, type_name, [self._place(head) for _, head in ends], values.join())

    def _place(self, end: tuple[str, str]) -> Any:
        """The address of a vertex; of those asked for last, it is known without asking the index."""
        place = self._places.pop(end, None)
        if place is None:
            place = self._vertex(*end).getIdentity()
        self._places[end] = place
        return place

    def linked(self, type_name: str, id_: str, edges: str) -> bool:
        """Whether the vertex of this id has an edge of that type."""
        vertex = self.get(type_name, id_)
        return bool(vertex and vertex.getEdges(self._both, edges).iterator().hasNext())

    def change(self, type_name: str, rows: Sequence[Row]) -> None:
        """The records of the rows' ids carry the rows' values."""
        if rows:
            values = read_rows(rows)
            save([self._vertex(type_name, row["id"]).modify() for row in rows], values.join())

    def delete(self, type_name: str, ids: Iterable[str], key: str = "id") -> None:
        """Those records are gone, vertices with their edges."""
        for id_ in ids:
            record = self.get(type_name, id_, key)
            if record:
                self._met, self._read, self._places = {}, {}, {}  # a vertex that loses an edge is another
                record.delete()

    def delete_records(self, record_ids: Iterable[str]) -> None:
        """The records at these addresses (`@rid`) are gone."""
        for id_ in record_ids:
            self._met, self._read, self._places = {}, {}, {}
            self._java.lookupByRID(self._address(id_), True).delete()

    def vectors(self, type_name: str, key: str) -> Iterator[tuple[str, Vectors]]:
        """Key and vector of every record of this type that carries one."""
        with translated("read", self._folder):
            records = self._java.iterateType(type_name, False)
            while records.hasNext():
                record = records.next()
                vector = record.get("embedding")
                if vector is not None:
                    yield str(record.get(key)), np.asarray(vector, dtype=np.float32)

    def lookup(self, index: str, value: str) -> list[str]:
        """Ids of the records that this index holds under the value."""
        with translated("read", self._folder):
            return [id_ for id_, _ in self._cursor(self._index(index).get(self._objects([value])))]

    def search(self, index: str, words: str, limit: int) -> list[tuple[str, float]]:
        """Ids and BM25 scores of the records that match any of the words in this full-text index, best first."""
        with translated("read", self._folder):
            return self._cursor(self._index(index).get(self._objects([words]), limit))

    def _index(self, name: str) -> Any:
        return self._java.getSchema().getIndexByName(name)

    @staticmethod
    def _cursor(cursor: Any) -> list[tuple[str, float]]:
        found = []
        while cursor.hasNext():
            record = cursor.next().getRecord()
            found.append((str(record.get("id")), float(cursor.getFloatScore())))
        return found

    def cypher(
        self, text: str, parameters: Mapping[str, Any], *, timeout: float, limit: int
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and up to `limit` rows of a Cypher query that only reads. Raises QueryError."""
        key = jpype.JClass("com.arcadedb.GlobalConfiguration").COMMAND_TIMEOUT
        settings = self._java.getConfiguration()
        try:
            # The engine heeds this for the whole database only: nothing else may run meanwhile.
            settings.setValue(key, jpype.JLong(max(1, int(timeout * 1000))))
            answer = self._java.query("opencypher", text, self._database._java_parameters((dict(parameters),)))
            columns: tuple[str, ...] = ()
            rows: list[tuple[Any, ...]] = []
            while len(rows) < limit and answer.hasNext():
                row = answer.next()
                columns = columns or tuple(str(name) for name in row.getPropertyNames())
                rows.append(tuple(plain(row.getProperty(name)) for name in columns))
            answer.close()
        except (jpype.JException, ArcadeDBError, TypeError, ValueError, RuntimeError) as error:
            _refuse(error, timeout)
        finally:
            settings.setValue(key, jpype.JLong(0))
        return columns, rows

    def close(self) -> None:
        """The database is closed; its files say all that was committed."""
        with translated("closed", self._folder):
            self._database.close()


def plain(value: Any) -> Any:
    """A Java value as plain Python: nodes and relationships as dicts, paths as lists of them, dates as ISO text."""
    if hasattr(value, "getTypeName") and hasattr(value, "getPropertyNames"):
        return _element(value)
    if hasattr(value, "getVertices") and hasattr(value, "getEdges"):
        return {
            "nodes": [_element(node) for node in value.getVertices()],
            "relationships": [_element(edge) for edge in value.getEdges()],
        }
    if isinstance(value, jpype.JClass("java.util.Map")):
        return {str(key): plain(value.get(key)) for key in value}
    if isinstance(value, (jpype.JClass("java.util.Collection"), jpype.JArray)):
        return [plain(item) for item in value]
    converted = convert_java_to_python(value)
    return converted if type(converted).__module__ == "builtins" else str(converted)


_DERIVED = {"embedding", "words", "keys", "forms"}  # what serves the searches says nothing to a reader


def _element(element: Any) -> Row:
    row = {str(key): plain(element.get(key)) for key in element.getPropertyNames() if str(key) not in _DERIVED}
    return {"label": str(element.getTypeName()), **row}


def _refuse(error: BaseException, timeout: float) -> NoReturn:
    chain = _chain(error)
    if "timeout" in chain.casefold() or "timed out" in chain.casefold():
        raise QueryError(
            f"The query took longer than {timeout:g} seconds.", hint="Ask for less, or allow it more time."
        ) from error
    if _exhausted(chain):
        raise QueryError(
            "The query needs more memory than the engine has.", hint="Ask for less, or raise the setting heap."
        ) from error
    raise QueryError(f"The store does not understand the query: {_first(chain)}", hint="Correct it.") from error


@contextmanager
def translated(done: str, folder: Path) -> Iterator[None]:
    """What the engine raises inside is raised as StoreError: the knowledge base could not be `done`."""
    try:
        yield
    except (jpype.JException, ArcadeDBError, UnicodeError, OSError) as error:
        chain = _chain(error)
        place = f"The knowledge base at {folder.parent}"
        if any(words in chain.casefold() for words in _FULL):
            raise StoreError(
                f"{place} could not be {done}: the disk is full.",
                hint="Free some space and run the same again; what was reported as added is safe.",
            ) from error
        if _exhausted(chain):
            raise StoreError(
                f"{place} could not be {done}: the engine's memory is used up.",
                hint="Raise the setting heap (as CLEW_HEAP=1g does) and run the same again; no file is harmed.",
            ) from error
        if "lock" in chain.casefold() and done == "opened":
            raise StoreLockedError(
                f"{place} is open in another process.", hint="Close that one first, or use it instead."
            ) from error
        raise StoreError(
            f"{place} could not be {done}: {_first(chain)}",
            hint="If it stays so, the files are damaged: put back a copy, or move the folder away and ingest again.",
        ) from error


def _chain(error: BaseException) -> str:
    """The messages of an exception and all its causes."""
    messages: list[str] = []
    current: Any = error
    while current is not None and len(messages) < 20:
        messages.append(str(current))
        cause = current.getCause() if isinstance(current, jpype.JException) else current.__cause__
        current = cause
    return " | ".join(messages)


def _exhausted(chain: str) -> bool:
    return any(words in chain.casefold() for words in _EXHAUSTED)


def _first(chain: str) -> str:
    return chain.splitlines()[0][:300] if chain else "no reason given"
