"""Work that stays in the Java machine: loops over many records in one call from Python, where each record would cost
several, and rows that another thread of Java's reads meanwhile.

Each loop is put together of method handles (`java.lang.invoke.MethodHandles`), since nothing can be compiled here. Its
arrays and lists have one element for each record.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jpype
import numpy as np

from clew.graph.store import Vectors

_VERTEX, _CHANGING = "com.arcadedb.graph.Vertex", "com.arcadedb.database.MutableDocument"
_RECORD = "com.arcadedb.database.Identifiable"
_SUPPLIER, _LIST = "java.util.function.Supplier", "java.util.List"
_Column = tuple[Any, Any, Any]  # a parameter of a loop: its type, that of an element, the handle that gets one


def read_rows(rows: Sequence[dict[str, Any]]) -> Any:
    """The rows as what will be (`join()`) a Java list of maps: they cross the border as one JSON text, which another
    thread of Java's reads."""
    handle = _handles().insertArguments(_reading(), 0, [jpype.JString(json.dumps(rows))])
    supplier = jpype.JClass("java.lang.invoke.MethodHandleProxies").asInterfaceInstance(jpype.JClass(_SUPPLIER), handle)
    return jpype.JClass("java.util.concurrent.CompletableFuture").supplyAsync(supplier)


def connect(vertices: Sequence[Any], type_name: str, ends: Sequence[Any], rows: Any) -> None:
    """vertices[i].newEdge(type_name, ends[i], rows[i]), `rows` being a Java list of maps."""
    arrays = jpype.JArray(jpype.JClass(_VERTEX))(vertices), jpype.JArray(jpype.JClass(_RECORD))(ends)
    _connect().invokeWithArguments([arrays[0], jpype.JString(type_name), arrays[1], rows])


def save(records: Sequence[Any], rows: Any) -> None:
    """records[i].set(rows[i]).save(), `rows` being a Java list of maps."""
    _save().invokeWithArguments([jpype.JArray(jpype.JClass(_CHANGING))(records), rows])


def assign(records: Sequence[Any], name: str, vectors: Vectors) -> None:
    """records[i].set(name, vectors[i]), with `vectors` float32 [n, dimension]."""
    floats = jpype.JArray.of(np.ascontiguousarray(vectors, dtype=np.float32), dtype=jpype.JFloat)
    _assign().invokeWithArguments([jpype.JArray(jpype.JClass(_CHANGING))(records), jpype.JString(name), floats])


@lru_cache(maxsize=1)
def _reading() -> Any:
    rows = jpype.JClass("com.arcadedb.serializer.json.JSONArray")
    parse = _handles().publicLookup().findConstructor(rows, _type(None, jpype.JString))
    return _handles().filterReturnValue(parse, _method(rows, "toList", jpype.JClass(_LIST)))


@lru_cache(maxsize=1)
def _connect() -> Any:
    vertex, end, objects = jpype.JClass(_VERTEX), jpype.JClass(_RECORD), jpype.JArray(jpype.JObject)
    edge = jpype.JClass("com.arcadedb.graph.MutableEdge")
    make = _method(vertex, "newEdge", edge, jpype.JString, end, objects).asFixedArity().asCollector(objects, 1)
    return _loop(make, _elements(vertex), _same(jpype.JString), _elements(end), _rows())


@lru_cache(maxsize=1)
def _save() -> Any:
    record = jpype.JClass(_CHANGING)
    fill, write = _method(record, "set", record, jpype.JClass("java.util.Map")), _method(record, "save", record)
    return _loop(_handles().filterReturnValue(fill, write), _elements(record), _rows())


@lru_cache(maxsize=1)
def _assign() -> Any:
    record, vector = jpype.JClass(_CHANGING), jpype.JArray(jpype.JFloat)
    write = _method(record, "set", record, jpype.JString, jpype.JObject)
    return _loop(write, _elements(record), _same(jpype.JString), _elements(vector))


def _elements(kind: Any) -> _Column:
    array = jpype.JArray(kind)
    return array, kind, _handles().arrayElementGetter(array)


def _rows() -> _Column:
    rows = jpype.JClass(_LIST)
    return rows, jpype.JObject, _method(rows, "get", jpype.JObject, jpype.JInt)


def _same(kind: Any) -> _Column:
    """One for all turns of the loop."""
    return kind, kind, None


def _loop(call: Any, *columns: _Column) -> Any:
    """`call` with element i of each of its columns, for every i below the length of the first, an array."""
    each = call.asType(_type(None, *(element for _, element, _ in columns)))
    order: list[int] = []
    for place, (_, _, get) in reversed(list(enumerate(columns))):
        each = _handles().collectArguments(each, place, get) if get else each
        order[:0] = [place + 1, 0] if get else [place + 1]
    each = _handles().permuteArguments(each, _type(None, jpype.JInt, *(kind for kind, _, _ in columns)), *order)
    return _handles().countedLoop(_handles().arrayLength(columns[0][0]), None, each)


def _method(owner: Any, name: str, result: Any, *parameters: Any) -> Any:
    return _handles().publicLookup().findVirtual(owner, name, _type(result, *parameters))


def _type(result: Any, *parameters: Any) -> Any:
    """The type of a method; nothing is returned where `result` is None."""
    made = jpype.JClass("java.lang.Void").TYPE if result is None else result.class_
    return jpype.JClass("java.lang.invoke.MethodType").methodType(made, [one.class_ for one in parameters])


def _handles() -> Any:
    return jpype.JClass("java.lang.invoke.MethodHandles")
