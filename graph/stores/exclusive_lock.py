"""One thread at a time in a store, and none in a closed one: what the stores share of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from clew.graph.errors import StoreError

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


def locked(method: Callable[Concatenate[Any, _Args], _Result]) -> Callable[Concatenate[Any, _Args], _Result]:
    """The method of a store (with a `_lock` and a `_closed`) runs alone, and only while the store is open."""

    @wraps(method)
    def alone(self: Any, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with self._lock:
            if self._closed:
                raise StoreError("The knowledge base is closed.", hint="Open it again.")
            return method(self, *args, **kwargs)

    return alone
