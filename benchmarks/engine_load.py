"""The engine's own bulk load, as the floor under ingestion: every row of a finished database, with the same indexes,
into an empty one. Nothing of Clew takes part. Only `seconds` of the load itself are counted, not the reading."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import arcadedb_embedded as arcadedb
import numpy as np

Row = dict[str, Any]
HEAP = "3g"  # more than the engine needs: its bulk load keeps all edges until the end
SLICE = 20_000  # vertices handed over at a time


@dataclass
class Table:
    """A type with its properties and rows. Edges carry the row ids of their ends in `ends`."""

    name: str
    kind: str
    buckets: int
    properties: dict[str, str]
    rids: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Index:
    """An index on the properties of a type, as the engine's SQL makes it."""

    table: str
    properties: tuple[str, ...]
    kind: str
    metadata: str = ""


KINDS = {"v": "VERTEX", "e": "EDGE", "d": "DOCUMENT"}


def database_folder(knowledge_base: Path) -> Path:
    """The folder of the engine's database in a knowledge base."""
    return next(knowledge_base.rglob("schema.json")).parent


def read(folder: Path) -> tuple[list[Table], list[Index]]:
    """All types with all their rows, and the indexes."""
    types = json.loads((folder / "schema.json").read_text(encoding="utf-8"))["types"]
    tables = [
        Table(name, KINDS[entry["type"]], max(len(entry["buckets"]), 1), _properties(entry))
        for name, entry in types.items()
    ]
    with arcadedb.open_database(str(folder), jvm_kwargs={"heap_size": HEAP}) as database:
        for table in tables:
            _fill(database, table)
    found = {_index_of(name, entry) for name, type_ in types.items() for entry in type_.get("indexes", {}).values()}
    return tables, sorted(found, key=lambda index: (index.table, index.properties))


def _properties(entry: dict[str, Any]) -> dict[str, str]:
    return {
        name: "ARRAY_OF_FLOATS"
        if made["type"] == "FLOAT[]"
        else " OF ".join(filter(None, (made["type"], made.get("of"))))
        for name, made in entry.get("properties", {}).items()
    }


def _index_of(table: str, entry: dict[str, Any]) -> Index:
    kind = entry["type"]
    if kind == "LSM_TREE":
        kind = "UNIQUE" if entry["unique"] else "NOTUNIQUE"
    metadata = {key: entry[key] for key in ("analyzer", "similarity") if key in entry}
    return Index(table, tuple(entry["properties"]), kind, json.dumps(metadata) if metadata else "")


def _fill(database: Any, table: Table) -> None:
    ends = ", @out AS _out, @in AS _in" if table.kind == "EDGE" else ""
    for result in database.query("sql", f"SELECT *, @rid AS _rid{ends} FROM `{table.name}`"):  # noqa: S608 - own names
        row = {key: value for key, value in result.to_dict().items() if not key.startswith("@") and value is not None}
        table.rids.append(str(row.pop("_rid")))
        if table.kind == "EDGE":
            table.ends.append((str(row.pop("_out")), str(row.pop("_in"))))
        table.rows.append({key: _value(value, table.properties.get(key, "")) for key, value in row.items()})


def _value(value: Any, kind: str) -> Any:
    return np.asarray(value, dtype=np.float32) if kind == "ARRAY_OF_FLOATS" else value


def load(folder: Path, tables: list[Table], indexes: list[Index]) -> float:
    """The rows and indexes are in a new database in `folder`; returns the seconds that took."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    with arcadedb.create_database(str(folder), jvm_kwargs={"heap_size": HEAP}) as database:
        for table in tables:
            _declare(database, table)
        nodes = [table for table in tables if table.kind == "VERTEX"]
        edges = [table for table in tables if table.kind == "EDGE"]
        renumbered: dict[str, str] = {}
        with database.graph_batch(expected_edge_count=sum(len(table.rows) for table in edges) or None) as batch:
            for table in nodes:
                for at in range(0, len(table.rows), SLICE):
                    made = batch.create_vertices(table.name, [_java(row) for row in table.rows[at : at + SLICE]])
                    renumbered.update(zip(table.rids[at:], made, strict=False))
            for table in edges:
                _connect(batch, table, renumbered)
        for table in tables:
            if table.kind == "DOCUMENT" and table.rows:
                database.insert_many(table.name, table.rows)
        for index in indexes:
            _index(database, index, tables)
    return time.perf_counter() - start


def _declare(database: Any, table: Table) -> None:
    database.command("sql", f"CREATE {table.kind} TYPE `{table.name}` BUCKETS {table.buckets}")
    for name, kind in table.properties.items():
        database.command("sql", f"CREATE PROPERTY `{table.name}`.`{name}` {kind}")


def _java(row: Row) -> Row:
    return {k: arcadedb.to_java_float_array(v) if isinstance(v, np.ndarray) else v for k, v in row.items()}


def _connect(batch: Any, table: Table, renumbered: dict[str, str]) -> None:
    sources = [renumbered[source] for source, _ in table.ends]
    targets = [renumbered[target] for _, target in table.ends]
    batch.new_edges(sources, table.name, targets, table.rows if any(table.rows) else None)


def _index(database: Any, index: Index, tables: list[Table]) -> None:
    if index.kind == "LSM_VECTOR":
        rows = next(table.rows for table in tables if table.name == index.table)
        name = index.properties[0]
        dimensions = next((len(row[name]) for row in rows if name in row), 0)
        if dimensions:
            database.create_vector_index(index.table, name, dimensions, quantization="NONE")
        return
    names = ", ".join(
        f"`{name.removesuffix(' by item')}`{name[-8:] * name.endswith(' by item')}" for name in index.properties
    )
    metadata = f" METADATA {index.metadata}" if index.metadata else ""
    database.command("sql", f"CREATE INDEX ON `{index.table}` ({names}) {index.kind}{metadata}")
