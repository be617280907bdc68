"""A Neo4j server behind the official driver: connecting, transactions with retries, plain values, clear errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import neo4j
from neo4j import exceptions
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from clew.graph.errors import QueryError, SettingsError, StoreError, StoreFormatError
from clew.graph.stores.cypher.rows import Row

_Result = TypeVar("_Result")
OLDEST = (5, 18)  # the first with vector.similarity.cosine, on which exact scores depend
_OURS = (
    "graph",
    "write",
    "cache",
    "beside",
    "name",
)  # what a URL may say to Clew; the rest of its query is the driver's
_DERIVED = frozenset({"embedding", "words", "keys", "forms", "sources", "spans", "was"})
_AGENT = re.compile(r"Neo4j/(\d+)\.(\d+)")
_LABELS = ("KnowledgeBase", "Document", "Chunk", "Entity", "Value", "Triple", "Relation")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a graph lies: the driver's URI, the database (`""`: the user's home) and what the URL says to Clew."""

    uri: str
    database: str
    options: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def place_of(url: str, database: str = "") -> Place:
    """The place of `neo4j://host:port/database?option=value`. Raises SettingsError for a URL that names no host, holds
    a password, or two databases."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"The address {url!r} is not a URL: {error}.", hint="Write neo4j://HOST:7687.") from error
    if parts.username or parts.password:
        raise SettingsError(
            f"The address of {host} holds a user name or password.",
            hint="Set NEO4J_USERNAME and NEO4J_PASSWORD instead.",
        )
    if not host:
        raise SettingsError(f"The address {url!r} names no server.", hint="Write neo4j://HOST:7687, or set NEO4J_URI.")
    named = parts.path.strip("/")
    if named and database and named != database:
        raise SettingsError(
            f"The address names the database {named!r}, the settings {database!r}.", hint="Unset NEO4J_DATABASE."
        )
    query = parse_qsl(parts.query, keep_blank_values=True)
    rest = urlencode([pair for pair in query if pair[0] not in _OURS])
    address = f"[{host}]" if ":" in host else host
    uri = f"{parts.scheme}://{address}" + (f":{port}" if port else "") + (f"?{rest}" if rest else "")
    return Place(uri, named or database, {name: value for name, value in query if name in _OURS})


class Server:
    """One driver to one database. `retry_time`: seconds for which a failed transaction is tried again; with
    `read_only` every session is opened for reading, and a change is refused before the server is asked."""

    def __init__(
        self,
        place: Place,
        *,
        username: str = "",
        password: str = "",
        retry_time: float = 15.0,
        read_only: bool = False,
    ) -> None:
        self.place = place
        self._read_only = read_only
        with translated("opened", place):
            self._driver = neo4j.GraphDatabase.driver(
                place.uri,
                auth=(username, password) if username or password else None,
                max_transaction_retry_time=retry_time,
                connection_timeout=10.0,
                connection_acquisition_timeout=30.0,
                notifications_min_severity="OFF",
                user_agent="clew",
            )
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        try:  # once, without trying again: an address that does not answer is told at once
            with translated("opened", place), self._session(neo4j.READ_ACCESS) as session:
                agent = session.run("RETURN 1").consume().server.agent
            self.version = version_of(agent, place)
        except BaseException:
            self._driver.close()
            raise

    def _session(self, access: str = neo4j.WRITE_ACCESS, fetch_size: int = 1000) -> neo4j.Session:
        return self._driver.session(
            database=self.place.database or None,
            default_access_mode=access,
            fetch_size=fetch_size,
            bookmark_manager=self._bookmarks,
        )

    def reading(self, work: Callable[[neo4j.ManagedTransaction], _Result], done: str = "read") -> _Result:
        """What `work` returns of one read transaction, which is tried again on passing errors."""
        with translated(done, self.place), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(work)

    def writing(self, work: Callable[[neo4j.ManagedTransaction], _Result], done: str = "written") -> _Result:
        """What `work` returns of one write transaction: all of it happened, or nothing and StoreError."""
        self._check_writable(done)
        with translated(done, self.place), self._session() as session:
            return session.execute_write(work)

    def _check_writable(self, done: str) -> None:
        if self._read_only:
            raise StoreError(
                f"The graph at {self.place} was opened for reading only, so it cannot be {done}.",
                hint="Open it with write=yes in its address.",
            )

    def rows(self, cypher: str, **parameters: Any) -> list[Row]:
        """The rows of one reading statement."""
        return self.reading(lambda tx: rows(tx, cypher, **parameters))

    def command(self, cypher: str, **parameters: Any) -> None:
        """A statement that must run alone, such as one that makes an index, is done."""
        self._check_writable("prepared")
        with translated("prepared", self.place), self._session() as session:
            session.run(cypher, parameters).consume()

    def query(
        self, cypher: str, parameters: Mapping[str, Any], *, timeout: float, limit: int
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and up to `limit` rows of a query that passed the guard, in a transaction that cannot write and ends
        after `timeout` seconds. Raises QueryError."""
        try:
            with (
                translated("read", self.place),
                self._session(neo4j.READ_ACCESS, max(1, min(limit, 1000))) as session,
                session.begin_transaction(timeout=max(timeout, 0.001)) as transaction,
            ):
                result = transaction.run(cypher, dict(parameters))
                columns = tuple(result.keys())
                found = [tuple(map(plain, record.values())) for record in result.fetch(limit)]
        except (TypeError, ValueError, OverflowError) as error:
            raise QueryError(f"A parameter cannot be sent to Neo4j: {error}.", hint="Use plain values.") from error
        except StoreError as error:
            _refuse_query(error, timeout)
        return columns, found

    def close(self) -> None:
        """The driver and all its connections are closed."""
        self._driver.close()


def rows(transaction: neo4j.ManagedTransaction, cypher: str, **parameters: Any) -> list[Row]:
    """The rows of a statement within a transaction."""
    return [dict(zip(record.keys(), record.values(), strict=True)) for record in transaction.run(cypher, parameters)]


def version_of(agent: str, place: Place) -> tuple[int, int]:
    """Major and minor version of the server that calls itself so. Raises StoreFormatError where it is too old or not
    Neo4j."""
    match = _AGENT.match(agent)
    wanted = f"Clew needs Neo4j {OLDEST[0]}.{OLDEST[1]} or later."
    if match is None:
        raise StoreFormatError(f"The server at {place.uri} is not Neo4j: it calls itself {agent[:80]!r}.", hint=wanted)
    version = int(match[1]), int(match[2])
    if version < OLDEST:
        raise StoreFormatError(f"The server at {place.uri} is too old: {agent[:80]}.", hint=wanted)
    return version


def plain(value: Any) -> Any:
    """A value of the driver as plain Python: nodes and relationships as dicts, paths as lists of them, dates and
    times as ISO text, points as dicts."""
    if isinstance(value, Node | Relationship | Path):
        return _element(value)
    if isinstance(value, Date | DateTime | Time | Duration):
        return value.iso_format()
    if isinstance(value, Point):
        names = ("longitude", "latitude", "height") if value.srid in {4326, 4979} else ("x", "y", "z")
        return {"srid": value.srid, **dict(zip(names, map(float, value), strict=False))}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return bytes(value) if isinstance(value, bytearray) else value


def _element(value: Node | Relationship | Path) -> Row:
    if isinstance(value, Path):
        return {"nodes": list(map(plain, value.nodes)), "relationships": list(map(plain, value.relationships))}
    if isinstance(value, Relationship):
        return {"label": value.type, **_properties(value)}
    labels = sorted(value.labels, key=lambda name: (name not in _LABELS, name))
    return {"label": labels[0] if labels else "", **_properties(value)}


def _properties(element: Node | Relationship) -> Row:
    return {key: plain(item) for key, item in element.items() if key not in _DERIVED}


@contextmanager
def translated(done: str, place: Place) -> Iterator[None]:
    """What the driver raises inside is raised as StoreError: the graph could not be `done`."""
    try:
        yield
    except exceptions.AuthError as error:
        raise StoreError(
            f"Neo4j at {place.uri} does not accept the user name or password.",
            hint="Set NEO4J_USERNAME and NEO4J_PASSWORD.",
        ) from error
    except exceptions.Forbidden as error:
        raise StoreError(
            f"Neo4j at {place} does not let this user do that: it could not be {done}.",
            hint="Use a user who may write, or a database that is not read-only.",
        ) from error
    except exceptions.Neo4jError as error:
        _raise_server_error(error, done, place)
    except (exceptions.ServiceUnavailable, exceptions.SessionExpired, exceptions.IncompleteCommit, OSError) as error:
        kept = " Nothing of this change was kept, or all of it." if done == "written" else ""
        raise StoreError(
            f"Neo4j at {place.uri} does not answer, so the graph could not be {done}.{kept}",
            hint="Check that it runs and is reachable, then run the same again.",
        ) from error
    except (exceptions.DriverError, UnicodeError) as error:
        raise StoreError(f"The graph at {place} could not be {done}: {_first(error)}", hint="Correct it.") from error
    except (exceptions.ConfigurationError, ValueError) as error:
        if done != "opened":
            raise
        raise StoreError(f"{place} cannot be opened: {_first(error)}", hint="Write neo4j://HOST:7687.") from error


def _raise_server_error(error: exceptions.Neo4jError, done: str, place: Place) -> NoReturn:
    code = error.code or ""
    if "ReadOnly" in code or "WriteOnReadOnly" in code:
        raise StoreError(
            f"The database {place} is read-only, so it could not be {done}.",
            hint="Open one that may be written, or allow it in the server's settings.",
        ) from error
    if "DatabaseNotFound" in code:
        raise StoreError(f"Neo4j has no database {place.database!r}.", hint="Set NEO4J_DATABASE.") from error
    if "MemoryPool" in code or "OutOfMemory" in code:
        raise StoreError(
            f"Neo4j ran out of memory, so the graph could not be {done}; nothing of it was kept.",
            hint="Write fewer documents at once (batch_size), or give the server more memory.",
        ) from error
    if "no such" in str(error.message) and "schema index" in str(error.message):
        raise StoreError(
            f"The graph at {place} has lost an index.", hint="Open the knowledge base again: that makes it anew."
        ) from error
    raise StoreError(
        f"The graph at {place} could not be {done}: {_first(error)}", hint=f"Neo4j says {code}."
    ) from error


def _refuse_query(error: StoreError, timeout: float) -> NoReturn:
    cause = error.__cause__
    code = (cause.code or "") if isinstance(cause, exceptions.Neo4jError) else ""
    if "Timeout" in code or "TimedOut" in code or "Terminated" in code:
        raise QueryError(
            f"The query took longer than {timeout:g} seconds.", hint="Ask for less, or allow it more time."
        ) from error
    if code.startswith(("Neo.ClientError.Statement", "Neo.ClientError.Procedure", "Neo.ClientError.Schema")):
        raise QueryError(f"The store does not understand the query: {_first(cause)}", hint="Correct it.") from error
    raise error


def _first(error: BaseException | None) -> str:
    """The first line of what an error says."""
    text = (getattr(error, "message", None) or str(error)).strip()
    return text.splitlines()[0][:300] if text else "no reason given"
