"""A store that another process of this user has open, asked over loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.stores.shared import address as served_place
from clew.graph.stores.shared import arrays as served_arrays
from clew.graph.stores.shared import wire
from clew.graph.stores.shared.address import Endpoint
from clew.graph.stores.shared.owner import STREAMS

_SECONDS = 5.0  # in which loopback must answer a knock
_IDLE = 8  # connections kept for the next calls


def find_owner(folder: Path) -> Remote | None:
    """The store in this folder as its owner serves it, None where nobody does (any more). Raises Foreign where another
    version of Clew serves it."""
    endpoint = served_place.find(folder)
    if endpoint is None:
        return None
    try:
        return Remote(folder, endpoint)
    except wire.Foreign:
        raise
    except wire.Lost:
        return None


class Remote:
    """Calls on the store behind this endpoint, from any thread: each takes a connection of its own. Raises Lost where
    the owner is gone; errors of the store come as they are."""

    def __init__(self, folder: Path, endpoint: Endpoint) -> None:
        self._folder, self._endpoint = folder, endpoint
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._closed = False
        self._adjacency: Adjacency | None = None
        self._give_back(self._connect())

    @property
    def told(self) -> str:
        """Who has the store open, in words."""
        return f"process {self._endpoint.process}"

    def call(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """What the owner's store returns; an iterator for what streams, its first page being here."""
        if name == "adjacency":
            return self._read_adjacency()
        if name in STREAMS:
            return self._stream(name, arguments, options)
        with self._line() as line:
            return _ask(line, name, arguments, options)

    def _stream(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Iterator[Any]:
        """One page at a time is here; the connection is kept from others until the last."""
        line = self._take()
        return self._pages(line, self._page(line, name, arguments, options))

    def _page(self, line: socket.socket, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        try:
            _, more, items = _ask(line, name, arguments, options)
        except BaseException as error:
            line.close()
            raise error.error if isinstance(error, _Told) else error from None
        if not more:
            self._give_back(line)
        return more, items

    def _pages(self, line: socket.socket, page: Any) -> Iterator[Any]:
        more, items = page
        try:
            yield from items
            while more:
                more, items = self._page(line, "next", (), {})
                yield from items
        finally:
            if more:  # nobody wants the rest: the owner need not keep it
                line.close()

    def _read_adjacency(self) -> Adjacency:
        held = self._adjacency
        with self._line() as line:
            answer = _ask(line, "adjacency", (-1 if held is None else held.generation, False), {})
            found = served_arrays.heard(answer, self._folder, held)
            if found is None:
                answer = _ask(line, "adjacency", (-1, True), {})
                found = served_arrays.heard(answer, self._folder, None)
        if found is None:
            raise wire.Lost("no adjacency came")
        self._adjacency = found
        return found

    # -- connections -----------------------------------------------------------------------------------------------

    def _connect(self) -> socket.socket:
        try:
            line = socket.create_connection(("127.0.0.1", self._endpoint.port), timeout=_SECONDS)
        except OSError as error:
            raise wire.Lost(str(error)) from error
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.introduce(line, bytes.fromhex(self._endpoint.token))
        except BaseException as error:
            line.close()
            raise wire.Lost(str(error)) if isinstance(error, OSError) else error from None
        return line

    @contextmanager
    def _line(self) -> Iterator[socket.socket]:
        """A connection for one exchange; after an exchange that was broken off it is not used again."""
        line = self._take()
        try:
            yield line
        except _Told as told:
            self._give_back(line)
            raise told.error from None
        except BaseException:
            line.close()
            raise
        self._give_back(line)

    def _take(self) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, line: socket.socket) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < _IDLE:
                self._idle.append(line)
                return
        line.close()

    def close(self) -> None:
        """No connection is kept; the store stays open where it is."""
        with self._lock:
            self._closed = True
            lines, self._idle = self._idle, []
        for line in lines:
            with contextlib.suppress(OSError):
                line.close()


class _Told(Exception):  # noqa: N818 - carries one
    """The store's own error: the connection is as good as before."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def _ask(line: socket.socket, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The value that answers, the whole page where it is one. Raises _Told with the store's own error."""
    wire.send(line, *wire.dump((name, arguments, options)))
    answer = wire.receive(line)
    if not isinstance(answer, tuple) or not answer:
        raise wire.Lost("no answer of ours")
    if answer[0] == "page" and len(answer) == 3:
        return answer
    if answer[0] == "error" and len(answer) == 4:
        raise _Told(wire.unpacked_error(*answer[1:]))
    if answer[0] != "ok" or len(answer) != 2:
        raise wire.Lost("no answer of ours")
    return answer[1]
