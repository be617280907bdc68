"""Many readers or one writer in a store, none in a closed one: for engines that show a reader half of a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from clew.graph.errors import StoreError

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


class Gate:
    """Many readers or one writer of this process at a time, writers first. Not to be entered twice by one thread."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._readers = 0
        self._writers = 0  # at work or waiting
        self._writing = False
        self.closed = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """No writer is at work meanwhile."""
        with self._turn:
            self._turn.wait_for(lambda: not self._writers)
            self._readers += 1
        try:
            self._check()
            yield
        finally:
            with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    @contextmanager
    def writing(self, *, closing: bool = False) -> Iterator[None]:
        """Nobody else is at work meanwhile."""
        with self._turn:
            self._writers += 1
            self._turn.wait_for(lambda: not self._writing and not self._readers)
            self._writing = True
        try:
            if not closing:
                self._check()
            yield
        finally:
            with self._turn:
                self._writing = False
                self._writers -= 1
                self._turn.notify_all()

    def _check(self) -> None:
        if self.closed:
            raise StoreError("The knowledge base is closed.", hint="Open it again.")


def reads(
    method: Callable[Concatenate[Any, _Args], _Result],
) -> Callable[Concatenate[Any, _Args], _Result]:
    """The method of a store (with a `_gate`) runs beside other readers, and only while the store is open."""

    @wraps(method)
    def read(self: Any, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with self._gate.reading():
            return method(self, *args, **kwargs)

    return read


def writes(
    method: Callable[Concatenate[Any, _Args], _Result],
) -> Callable[Concatenate[Any, _Args], _Result]:
    """The method of a store (with a `_gate`) runs alone, and only while the store is open."""

    @wraps(method)
    def write(self: Any, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with self._gate.writing():
            return method(self, *args, **kwargs)

    return write
