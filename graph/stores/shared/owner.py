"""The process that has a store open answers others: a thread for each connection, on loopback alone."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clew.graph.errors import StoreError
from clew.graph.store import GraphStore
from clew.graph.stores.shared import address as served_place
from clew.graph.stores.shared import arrays as served_arrays
from clew.graph.stores.shared import wire
from clew.graph.stores.shared.address import Endpoint

STREAMS = frozenset({"documents", "chunks", "mentions", "entities", "triples"})
CALLS = frozenset(
    "info counts configure add remap remove stale describe set_chunk_vectors neighborhood find search_vectors"  # noqa: SIM905
    " search_text query".split()
)
_PAGE = 1 << 18  # characters of JSON in one page of a stream, at least one item
_MOST = 256  # connections at once
_SECONDS = 120.0  # in which the other end must take an answer
_serving: set[Owner] = set()


class Owner:
    """An open store in `folder`, served to every process of this user until `close`."""

    def __init__(self, store: GraphStore, folder: Path) -> None:
        self.store, self._folder = store, folder
        self._state = threading.Condition()
        self._busy = 0
        self._closing = False
        self._saving = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._endpoint = Endpoint.new(self._listener.getsockname()[1])
        self._token = bytes.fromhex(self._endpoint.token)
        try:
            served_place.announce(folder, self._endpoint)
        except OSError:
            self._listener.close()
            raise
        _serving.add(self)
        atexit.unregister(_close_all)  # the last to be registered is the first to run: before the engines' own
        atexit.register(_close_all)
        threading.Thread(target=self._listen, name="clew-serve", daemon=True).start()

    def call(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """What the store returns, for this process."""
        return getattr(self.store, name)(*arguments, **options)

    @property
    def told(self) -> str:
        """Who has the store open, in words."""
        guests = len(self._connections)
        return f"this process, for {guests} connections of others" if guests else "this process"

    # -- connections -----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._closing or self._listener.fileno() < 0:
                    return
                time.sleep(0.05)  # such as too many open files: others may close some
                continue
            with self._state:
                welcome = not self._closing and len(self._connections) < _MOST
                if welcome:
                    self._connections.add(connection)
            if not welcome:
                connection.close()
                continue
            threading.Thread(target=self._attend, args=(connection,), name="clew-serve", daemon=True).start()

    def _attend(self, connection: socket.socket) -> None:
        """All that one connection asks is answered, until it ends or says what is no request."""
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.admit(connection, self._token)
            stream: Iterator[Any] = iter(())
            while True:
                connection.settimeout(None)
                request = wire.receive(connection)
                with self._running():
                    stream = self._answer(connection, request, stream)
        except (wire.Lost, OSError):
            pass
        finally:
            with self._state:
                self._connections.discard(connection)
            with contextlib.suppress(OSError):
                connection.close()

    @contextmanager
    def _running(self) -> Iterator[None]:
        """`close` waits until this is over; Lost once it has begun, or where the store closed itself after an error
        that leaves it unusable: then whoever asks may open it again."""
        if vars(self.store).get("_closed") and not self._closing:
            threading.Thread(target=self.close, name="clew-serve").start()
            raise wire.Lost("the store is closed")
        with self._state:
            if self._closing:
                raise wire.Lost("the owner closes")
            self._busy += 1
        try:
            yield
        finally:
            with self._state:
                self._busy -= 1
                self._state.notify_all()

    # -- requests --------------------------------------------------------------------------------------------------

    def _answer(self, connection: socket.socket, request: Any, stream: Iterator[Any]) -> Iterator[Any]:
        """The request is answered; returns the stream that the next one may go on with."""
        try:
            name, arguments, options = request
            if name in STREAMS:
                stream, name = getattr(self.store, name)(*arguments, **options), "next"
            if name == "next":
                text, data = _page(stream), b""
            else:
                text, data = wire.dump(("ok", self._call(name, arguments, options)))
            wire.check(text, data)
        except Exception as error:
            text, data = wire.dump(("error", *wire.packed_error(error)))
        connection.settimeout(_SECONDS)
        wire.send(connection, text, data)
        return stream

    def _call(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if name == "adjacency":
            return self._adjacency(*arguments)
        if name not in CALLS:
            raise StoreError(f"A store is not asked for {name!r}.")
        return getattr(self.store, name)(*arguments, **options)

    def _adjacency(self, held: int, send: bool) -> tuple[Any, ...]:
        adjacency = self.store.adjacency()
        with self._saving:
            return served_arrays.told(adjacency, self._folder, held=held, send=send)

    # -- the end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """What is running has been answered, nobody is served any more, and the store is closed."""
        with self._state:
            self._closing = True
        _serving.discard(self)
        served_place.withdraw(self._folder, self._endpoint)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._state:
            self._state.wait_for(lambda: not self._busy)
            ends = list(self._connections)
        try:
            self.store.close()
        finally:
            for connection in ends:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """In a forked child: the parent's connections end with the parent, not with this process."""
        self._closing = True
        for connection in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                os.close(connection.detach())


def _page(stream: Iterator[Any]) -> bytes:
    """The next items of the stream as one answer, and whether more may follow."""
    pieces: list[bytes] = []
    size, more = 0, True
    while size < _PAGE:
        item = next(stream, None)
        if item is None:
            more = False
            break
        pieces.append(wire.dump(item)[0])
        size += len(pieces[-1])
    return b'["t","page",%s,["l"%s]]' % (b"true" if more else b"false", b"".join(b"," + piece for piece in pieces))


def forget_all() -> None:
    """In a forked child: nothing is served here."""
    for owner in list(_serving):
        owner.forget()
    _serving.clear()


def _close_all() -> None:
    for owner in list(_serving):
        owner.close()
