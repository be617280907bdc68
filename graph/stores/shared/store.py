"""A store on disk that several processes of one user have open at once.

An embedded engine belongs to one process. The first that opens the store owns it and serves it to the others
(`served_owner`), which find it by a file in its folder (`served_place`) and ask it over loopback (`served_client`).
When the owner ends, however it ends, the next call of any other opens the store again: one becomes the owner, the rest
connect to it, and the call is repeated. All that writes may be repeated: saying the same again changes nothing.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

from clew.graph import store_rules as rules
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.errors import StoreError, StoreFormatError, StoreLockedError
from clew.graph.model import Chunk, Document, Entity, Mention, Merge, Triple
from clew.graph.store import Batch, Counts, Described, GraphStore, Hit, Kind, QueryResult, StoreInfo, Vectors
from clew.graph.stores.arcadedb import folder as arcadedb_place
from clew.graph.stores.shared import address as served_place
from clew.graph.stores.shared import owner as served_owner
from clew.graph.stores.shared.client import Remote, find_owner
from clew.graph.stores.shared.owner import Owner
from clew.graph.stores.shared.wire import Foreign, Lost

_TRIES = 10  # owners that may end, one after the other, during one call
_IN_DOCUMENT = attrgetter("position", "start")
_all: weakref.WeakSet[SharedStore] = weakref.WeakSet()
_forked: list[Any] = []  # what a forked child must neither use nor let go of: the parent's engines


@dataclass(frozen=True, slots=True)
class _Question:
    """A call that streams: its answer comes in the order of `ids`, where there are any, else of `key`, which rises."""

    name: str
    ids: list[str] | None
    options: Mapping[str, Any] = field(default_factory=dict)
    key: Callable[[Any], Any] = attrgetter("id")

    def arguments(self, place: int) -> tuple[list[str], ...]:
        """What to ask for when those before this place have come."""
        return () if self.ids is None else (self.ids[place:],)


def _listed(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)


class SharedStore(GraphStore):
    """The store that `engine(create)` opens in `folder`, opened here or in whichever process of this user has it open
    already. Raises what the engine does; StoreLockedError where the process that has it open does not serve it."""

    def __init__(self, folder: Path, engine: Callable[[bool], GraphStore], *, create: bool = True) -> None:
        self._folder, self._engine = folder, engine
        self._turn = threading.Lock()
        self._closed = False
        self._role: Owner | Remote | None = self._open(create)
        _all.add(self)

    @property
    def owner(self) -> str:
        """Who has the store open, in words."""
        return "nobody" if self._role is None else self._role.told

    # -- opening -------------------------------------------------------------------------------------------------

    def _open(self, create: bool) -> Owner | Remote:
        began, pause = time.monotonic(), 0.02
        while True:
            foreign = False
            try:
                remote = find_owner(self._folder)
            except Foreign:  # if it is the owner at all, and no stranger at the address that a dead one left behind
                remote, foreign = None, True
            try:
                return self._own(create) if remote is None else remote
            except StoreLockedError:
                if foreign:
                    raise StoreLockedError(
                        f"Another version of Clew has the knowledge base at {self._folder} open.",
                        hint="Close it there, or use that version.",
                    ) from None
                self._wait(began, served_place.patience(self._folder))
            except StoreFormatError:
                if not served_place.is_young(self._folder):
                    raise
                self._wait(began, 2.0)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def _wait(self, began: float, seconds: float) -> None:
        """Raises what is at hand when this has taken so long: while another process makes, opens or closes the store,
        it is neither to be had nor to be reached."""
        if self._closed or time.monotonic() - began > seconds:
            raise  # noqa: PLE0704 - called where an error is handled

    def _own(self, create: bool) -> Owner:
        if _forked:
            raise StoreError(
                f"The process that held the knowledge base at {self._folder} ended, and one forked from it cannot.",
                hint="Start processes with spawn rather than fork.",
            )
        with arcadedb_place.shared():
            store = self._engine(create)
        try:
            return Owner(store, self._folder)
        except OSError as error:
            store.close()
            raise StoreError(
                f"The knowledge base at {self._folder} cannot be served to other processes: {error.strerror}.",
                hint="Check who may write to that folder, and that this machine has a loopback address.",
            ) from error

    def _reopen(self, lost: Owner | Remote | None) -> None:
        """Another owner is found, or this process is the owner, unless a thread beside this one has seen to it."""
        with self._turn:
            if self._role is not lost or self._closed or isinstance(lost, Owner):
                return
            if lost is not None:
                lost.close()
            self._role = None
            self._role = self._open(create=False)

    def _call(self, name: str, *arguments: Any, **options: Any) -> Any:
        for _ in range(_TRIES):
            role = self._role
            if self._closed:
                raise StoreError("The knowledge base is closed.", hint="Open it again.")
            try:
                if role is not None:
                    return role.call(name, arguments, options)
            except Lost:
                pass
            self._reopen(role)
        raise StoreError(
            f"The process that holds the knowledge base at {self._folder} ends again and again.",
            hint="Look for what ends it, such as too little memory, and try it again.",
        )

    def _stream(self, question: _Question) -> Iterator[Any]:
        role = self._role  # where this process is the owner it stays so, and nothing needs to be resumed
        items = self._call(question.name, *question.arguments(0), **question.options)
        return items if isinstance(role, Owner) else self._resumed(question, items)

    def _resumed(self, question: _Question, items: Iterator[Any]) -> Iterator[Any]:
        """The items; where the owner ends in between, the next one is asked for those that have not come yet."""
        last, place = None, 0
        while True:
            role, floor = self._role, last
            try:
                for item in items:
                    if question.ids is not None:
                        place = question.ids.index(item.id, place) + 1
                    elif floor is not None and question.key(item) <= floor:
                        continue
                    last = question.key(item)
                    yield item
                return
            except Lost:
                self._reopen(role)
                items = self._call(question.name, *question.arguments(place), **question.options)

    # -- what it is ----------------------------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        found: StoreInfo = self._call("info")
        return found

    def counts(self) -> Counts:
        found: Counts = self._call("counts")
        return found

    # -- writing -------------------------------------------------------------------------------------------------

    def configure(self, *, encoder: str, dimension: int, extracted_with: str) -> None:
        self._call("configure", encoder=encoder, dimension=dimension, extracted_with=extracted_with)

    def add(self, batch: Batch) -> None:
        self._call("add", batch)

    def remove(self, documents: Sequence[str]) -> int:
        if isinstance(self._role, Owner):
            return int(self._call("remove", documents))
        # Should the owner end after it removed them and before it said so, the next finds none to remove.
        held = len({document.id for document in self.documents(documents)})
        return max(held, int(self._call("remove", documents)))

    def stale(self, limit: int) -> tuple[list[str], list[str]]:
        found: tuple[list[str], list[str]] = self._call("stale", limit)
        return found

    def describe(self, described: Described) -> None:
        self._call("describe", described)

    def remap(self, merges: Mapping[str, Sequence[Merge]]) -> None:
        self._call("remap", merges)

    def set_chunk_vectors(self, chunks: Sequence[str], vectors: Vectors) -> None:
        self._call("set_chunk_vectors", chunks, vectors)

    # -- reading -------------------------------------------------------------------------------------------------

    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        return self._stream(_Question("documents", _listed(ids)))

    def chunks(self, ids: Sequence[str] | None = None, *, document: str | None = None) -> Iterator[Chunk]:
        if document is None:
            return self._stream(_Question("chunks", _listed(ids)))
        return self._stream(_Question("chunks", None, {"ids": ids, "document": document}, _IN_DOCUMENT))

    def mentions(self, *, chunks: Sequence[str] | None = None, entity: str | None = None) -> Iterator[Mention]:
        return self._stream(_Question("mentions", None, {"chunks": chunks, "entity": entity}, rules.mention_key))

    def entities(self, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        return self._stream(_Question("entities", _listed(ids)))

    def triples(self, ids: Sequence[str] | None = None) -> Iterator[Triple]:
        return self._stream(_Question("triples", _listed(ids)))

    def neighborhood(self, entities: Sequence[str], *, limit: int = 1000) -> list[Triple]:
        found: list[Triple] = self._call("neighborhood", entities, limit=limit)
        return found

    # -- searching -----------------------------------------------------------------------------------------------

    def find(self, keys: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self._call("find", keys)
        return found

    def search_vectors(self, kind: Kind, vector: Vectors, k: int) -> list[Hit]:
        found: list[Hit] = self._call("search_vectors", kind, vector, k)
        return found

    def search_text(self, kind: Literal["chunk", "entity"], query: str, k: int) -> list[Hit]:
        found: list[Hit] = self._call("search_text", kind, query, k)
        return found

    def adjacency(self) -> Adjacency:
        found: Adjacency = self._call("adjacency")
        return found

    def query(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = 10.0, limit: int = 1000
    ) -> QueryResult:
        found: QueryResult = self._call("query", cypher, parameters, timeout=timeout, limit=limit)
        return found

    def close(self) -> None:
        self._closed = True
        with self._turn:
            role, self._role = self._role, None
        if role is not None:
            role.close()

    def after_fork(self) -> None:
        """In a forked child: the parent's engine and connections are left alone, the next call asks the parent."""
        self._turn = threading.Lock()
        if isinstance(self._role, Owner):
            _forked.append(self._role)
        self._role = None


def _after_fork() -> None:
    for store in list(_all):
        store.after_fork()
    served_owner.forget_all()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
