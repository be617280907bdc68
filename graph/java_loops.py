"""Work that stays in the Java machine: loops over many records in one call from Python, where each record would cost
several, and rows that another thread of Java's reads meanwhile.

Each loop is put together of method handles (`java.lang.invoke.MethodHandles`), since nothing can be compiled here. Its
arrays and lists have one element for each record.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jpype
import numpy as np

from clew.graph.store import Vectors


def read_rows(text: str) -> Any:
    """The rows of a JSON text, as what will be (`join()`) a Java list of maps: another thread of Java's reads it."""
    handle = _handles().insertArguments(_reading(), 0, [jpype.JString(text)])
    supplier = _class("java.lang.invoke.MethodHandleProxies").asInterfaceInstance(_class(_SUPPLIER), handle)
    return _class("java.util.concurrent.CompletableFuture").supplyAsync(supplier)


def connect(vertices: Sequence[Any], type_name: str, ends: Sequence[Any], rows: Any) -> None:
    """vertices[i].newEdge(type_name, ends[i], rows[i]), `rows` being a Java list of maps."""
    arrays = jpype.JArray(_class(_VERTEX))(vertices), jpype.JArray(_class(_RECORD))(ends)
    _connect().invokeWithArguments([arrays[0], jpype.JString(type_name), arrays[1], rows])


def save(records: Sequence[Any], rows: Any) -> None:
    """records[i].set(rows[i]).save(), `rows` being a Java list of maps."""
    _save().invokeWithArguments([jpype.JArray(_class(_CHANGING))(records), rows])


def assign(records: Sequence[Any], name: str, vectors: Vectors) -> None:
    """records[i].set(name, vectors[i]), with `vectors` float32 [n, dimension]."""
    floats = jpype.JArray.of(np.ascontiguousarray(vectors, dtype=np.float32), dtype=jpype.JFloat)
    _assign().invokeWithArguments([jpype.JArray(_class(_CHANGING))(records), jpype.JString(name), floats])


_VERTEX, _CHANGING = "com.arcadedb.graph.Vertex", "com.arcadedb.database.MutableDocument"
_RECORD = "com.arcadedb.database.Identifiable"
_SUPPLIER, _LIST = "java.util.function.Supplier", "java.util.List"


@lru_cache(maxsize=1)
def _reading() -> Any:
    rows, text, list_ = _class("com.arcadedb.serializer.json.JSONArray"), _class("java.lang.String"), _class(_LIST)
    parse = _handles().publicLookup().findConstructor(rows, _type(None, text))
    return _handles().filterReturnValue(parse, _method(rows, "toList", list_))


@lru_cache(maxsize=1)
def _connect() -> Any:
    vertex, text, end = _class(_VERTEX), _class("java.lang.String"), _class(_RECORD)
    vertices, ends, objects = jpype.JArray(vertex), jpype.JArray(end), jpype.JArray(jpype.JObject)
    make = _method(vertex, "newEdge", _class("com.arcadedb.graph.MutableEdge"), text, end, objects)
    make = make.asFixedArity().asCollector(objects, 1).asType(_type(None, vertex, text, end, jpype.JObject))
    make = _collect(make, 3, _row())
    make = _collect(make, 2, _element(ends))
    make = _collect(make, 0, _element(vertices))
    each = _permute(make, _type(None, jpype.JInt, vertices, text, ends, _class(_LIST)), 1, 0, 2, 3, 0, 4, 0)
    return _loop(vertices, each)


@lru_cache(maxsize=1)
def _save() -> Any:
    record = _class(_CHANGING)
    records = jpype.JArray(record)
    fill, write = _method(record, "set", record, _class("java.util.Map")), _method(record, "save", record)
    write = _handles().filterReturnValue(fill, write).asType(_type(None, record, jpype.JObject))
    write = _collect(write, 1, _row())
    write = _collect(write, 0, _element(records))
    return _loop(records, _permute(write, _type(None, jpype.JInt, records, _class(_LIST)), 1, 0, 2, 0))


@lru_cache(maxsize=1)
def _assign() -> Any:
    record, text = _class(_CHANGING), _class("java.lang.String")
    records, vectors = jpype.JArray(record), jpype.JArray(jpype.JFloat, 2)
    write = _method(record, "set", record, text, jpype.JObject)
    write = write.asType(_type(None, record, text, jpype.JArray(jpype.JFloat)))
    write = _collect(write, 2, _element(vectors))
    write = _collect(write, 0, _element(records))
    return _loop(records, _permute(write, _type(None, jpype.JInt, records, text, vectors), 1, 0, 2, 3, 0))


def _loop(array: Any, each: Any) -> Any:
    """`each`, of a number, an array of this kind and more, for every number below the length of that array."""
    return _handles().countedLoop(_handles().arrayLength(array), None, each)


def _row() -> Any:
    return _method(_class(_LIST), "get", jpype.JObject, jpype.JInt)


def _element(array: Any) -> Any:
    return _handles().arrayElementGetter(array)


def _collect(target: Any, place: int, filter_: Any) -> Any:
    return _handles().collectArguments(target, place, filter_)


def _permute(target: Any, type_: Any, *order: int) -> Any:
    return _handles().permuteArguments(target, type_, *order)


def _method(owner: Any, name: str, result: Any, *parameters: Any) -> Any:
    return _handles().publicLookup().findVirtual(owner, name, _type(result, *parameters))


def _type(result: Any, *parameters: Any) -> Any:
    """The type of a method; nothing is returned where `result` is None."""
    made = _class("java.lang.Void").TYPE if result is None else result.class_
    return _class("java.lang.invoke.MethodType").methodType(made, [one.class_ for one in parameters])


def _handles() -> Any:
    return _class("java.lang.invoke.MethodHandles")


def _class(name: str) -> Any:
    return jpype.JClass(name)
