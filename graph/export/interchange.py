"""A knowledge base for other tools: GraphML, CSV, Parquet, and a Cypher script. Entities and values are nodes, triples
edges; where each is said stays behind (`rdf_exchange.export` and `export.export_lines` lose nothing).

What XML or UTF-8 cannot carry becomes U+FFFD. Equal graphs give equal files.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from clew.graph.errors import InputError, MissingExtraError
from clew.graph.identifiers import identifier
from clew.graph.model import Triple, Value
from clew.graph.store import GraphStore
from clew.graph.stores.cypher.rows import label_of, type_of

_NODE = ("id", "kind", "type", "name", "aliases", "iri", "description", "datatype", "normal", "language")
_EDGE = ("id", "head", "relation", "tail", "confidence", "sources")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SLICE = 500  # rows in one statement of a Cypher script, or one group of a Parquet file times 20
Row = dict[str, Any]


def nodes(store: GraphStore) -> Iterator[Row]:
    """Entities by id, then values by id; a list is JSON."""
    for entity in store.entities():
        yield _clean(
            id=entity.id,
            kind="entity",
            type=entity.type,
            name=entity.name,
            aliases=json.dumps(entity.aliases, ensure_ascii=False),
            iri=entity.iri,
            description=entity.description,
            datatype="",
            normal="",
            language="",
        )
    for id_, value in sorted(_values(store.triples()).items()):
        yield _clean(
            id=id_,
            kind="value",
            type="",
            name=value.text,
            aliases="[]",
            iri="",
            description="",
            datatype=value.datatype,
            normal=value.normal,
            language=value.language,
        )


def _values(triples: Iterable[Triple]) -> dict[str, Value]:
    """The values by id; of several ways to write one, the first in the alphabet."""
    found: dict[str, Value] = {}
    for triple in triples:
        if isinstance(triple.tail, Value):
            held = found.setdefault(triple.tail.id, triple.tail)
            if (triple.tail.text, triple.tail.normal) < (held.text, held.normal):
                found[triple.tail.id] = triple.tail
    return found


def edges(store: GraphStore) -> Iterator[Row]:
    """Triples by id; `sources` counts the places that say it."""
    for triple in store.triples():
        yield _clean(
            id=triple.id,
            head=triple.head,
            relation=triple.relation,
            tail=triple.tail_id,
            confidence=triple.confidence,
            sources=len(triple.sources),
        )


def _clean(**row: Any) -> Row:
    return {name: _ILLEGAL.sub("\ufffd", value) if isinstance(value, str) else value for name, value in row.items()}


def write_graphml(store: GraphStore, path: str | Path) -> None:
    """The file is the graph in GraphML (http://graphml.graphdrawing.org), as Gephi, yEd and networkx read it."""
    with _writing(path) as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        kinds = {"confidence": "double", "sources": "int"}
        for domain, names in (("node", _NODE[1:]), ("edge", ("relation", "confidence", "sources"))):
            for name in names:
                kind = kinds.get(name, "string")
                out.write(f'<key id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>\n')
        out.write('<graph id="clew" edgedefault="directed">\n')
        for row in nodes(store):
            out.write(f"<node id={_attribute(row['id'])}>{_data('node', _NODE[1:], row)}</node>\n")
        for row in edges(store):
            ends = f"id={_attribute(row['id'])} source={_attribute(row['head'])} target={_attribute(row['tail'])}"
            out.write(f"<edge {ends}>{_data('edge', ('relation', 'confidence', 'sources'), row)}</edge>\n")
        out.write("</graph>\n</graphml>\n")


def _attribute(value: str) -> str:
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _data(domain: str, names: Iterable[str], row: Row) -> str:
    told = ((name, str(row[name])) for name in names if row[name] != "")
    return "".join(f'<data key="{domain}-{name}">{escape(value, {chr(13): "&#13;"})}</data>' for name, value in told)


def write_csv(store: GraphStore, folder: str | Path) -> None:
    """The folder holds `nodes.csv` and `edges.csv`, with a header each."""
    for name, columns, rows in (("nodes", _NODE, nodes(store)), ("edges", _EDGE, edges(store))):
        with _writing(Path(folder) / f"{name}.csv") as out:
            table = csv.DictWriter(out, columns, lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


def write_parquet(store: GraphStore, folder: str | Path) -> None:
    """The folder holds `nodes.parquet` and `edges.parquet`. Raises MissingExtraError without pyarrow."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtraError("pyarrow", "parquet") from None
    kinds = {"confidence": pa.float64(), "sources": pa.int64()}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, columns, rows in (("nodes", _NODE, nodes(store)), ("edges", _EDGE, edges(store))):
        schema = pa.schema([(column, kinds.get(column, pa.string())) for column in columns])
        with pq.ParquetWriter(Path(folder) / f"{name}.parquet", schema) as writer:
            while part := list(islice(rows, 20 * _SLICE)):
                writer.write_table(pa.Table.from_pylist(part, schema=schema))


def write_cypher(store: GraphStore, path: str | Path) -> None:
    """The file is a script that makes the graph in an empty Neo4j 5 (`cypher-shell -f FILE`): nodes `Entity` and
    `Value`, also labelled with their type, and relationships of readable types."""
    with _writing(path) as out:
        for label in ("Entity", "Value"):
            out.write(
                f"CREATE CONSTRAINT clew_{label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE;\n"
            )
        out.write("CALL db.awaitIndexes(60);\n")
        labelled = (
            (_labels(row), {key: row[key] for key in _NODE if key != "kind" and row[key] != ""}) for row in nodes(store)
        )
        _statements(out, labelled, lambda labels: f"CREATE (n:{labels}) SET n = row")
        kinds = {row["id"]: "Value" for row in nodes(store) if row["kind"] == "value"}
        typed = (((kinds.get(row["tail"], "Entity"), type_of(row["relation"])), row) for row in edges(store))
        _statements(
            out,
            typed,
            lambda kind: (
                f"MATCH (head:Entity {{id: row.head}}) MATCH (tail:{kind[0]} {{id: row.tail}}) "
                f"CREATE (head)-[r:{identifier(kind[1])}]->(tail) "
                "SET r = {id: row.id, relation: row.relation, confidence: row.confidence, sources: row.sources}"
            ),
        )


def _labels(row: Row) -> str:
    if row["kind"] == "value":
        return "Value"
    label = label_of(row["type"])
    return f"Entity:{identifier(label)}" if label else "Entity"


def _statements(out: TextIO, rows: Iterable[tuple[Any, Row]], statement: Callable[[Any], str]) -> None:
    """Rows of one kind, up to 500, become one statement; kinds wait for each other in memory, 500 rows each."""
    waiting: dict[Any, list[Row]] = {}
    for kind, row in rows:
        waiting.setdefault(kind, []).append(row)
        if len(waiting[kind]) == _SLICE:
            _statement(out, waiting.pop(kind), statement(kind))
    for kind in sorted(waiting, key=str):
        _statement(out, waiting[kind], statement(kind))


def _statement(out: TextIO, rows: list[Row], then: str) -> None:
    told = ",\n  ".join(
        "{" + ", ".join(f"{key}: {_literal(value)}" for key, value in row.items()) + "}" for row in rows
    )
    out.write(f"UNWIND [\n  {told}\n] AS row {then};\n")


def _literal(value: str | float) -> str:
    """A value as Cypher writes it. A backslash is parted from a `u` after it: Neo4j reads `\\u0027` before anything
    else, and might take the second half of an escaped backslash for its beginning."""
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    escaped = escaped.replace("\t", "\\t")
    parted = re.sub(r"\\(?=[uU])", r"\\' + '", escaped)
    return "'" + parted.replace("\x7f", "\\u007F") + "'"  # as it stands Neo4j's parser refuses it


def _writing(path: str | Path) -> TextIO:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Path(path).open("w", encoding="utf-8", newline="")


_WRITERS = {"graphml": write_graphml, "csv": write_csv, "parquet": write_parquet, "cypher": write_cypher}


def interchange(store: GraphStore, path: str | Path, format: str) -> None:  # noqa: A002 - the word that users know
    """The graph is written as `graphml` or `cypher` (a file), `csv` or `parquet` (a folder). Raises InputError."""
    if format not in _WRITERS:
        raise InputError(f"There is no format {format!r}.", hint=f"Use one of: {', '.join(sorted(_WRITERS))}.")
    try:
        _WRITERS[format](store, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}", hint="Name another place.") from None
