"""Other tools read back what was written for them: the same nodes, edges and texts, whatever characters they hold."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx
import pytest

from clew.graph.errors import InputError
from clew.graph.export.interchange import edges, interchange, nodes
from clew.graph.model import Value, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore

STRANGE = [
    "\\u0027 OR 1=1 //",
    "a\\",
    'O\'Brien "B" `x`',
    "<&]]>\r\n\tend",
    "=1+1,;|",
    "\x07\ud800🧵",
    "\\' }] AS row DETACH DELETE n //",
    "東京",
]


@pytest.fixture
def filled(
    golden: tuple[DocumentRecord, ...], say: Callable[..., DocumentRecord], batch: Callable[..., Batch]
) -> Iterator[GraphStore]:
    store = open_store("memory:")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    facts = [(name, f"r {name}", other) for name, other in pairwise(STRANGE)]
    values = [(name, "value", Value(name, language="en")) for name in STRANGE]
    store.add(batch(*golden, say("strange.txt", *facts, *values)))
    yield store
    store.close()


def plain(rows: Iterator[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items()} for row in rows]


def test_graphml_is_what_networkx_reads(filled: GraphStore, tmp_path: Path) -> None:
    interchange(filled, tmp_path / "kb.graphml", "graphml")
    graph = networkx.read_graphml(tmp_path / "kb.graphml", force_multigraph=True)
    told = {row["id"]: row for row in nodes(filled)}
    assert set(graph.nodes) == set(told)
    for id_, data in graph.nodes(data=True):
        assert {name: value for name, value in told[id_].items() if name != "id" and value != ""} == data
    expected = {(row["head"], row["tail"], row["relation"], row["confidence"], row["sources"]) for row in edges(filled)}
    found = {(*ends, data["relation"], data["confidence"], data["sources"]) for *ends, data in graph.edges(data=True)}
    assert found == expected
    assert len(graph.edges) == filled.counts().triples


def test_csv_reads_back(filled: GraphStore, tmp_path: Path) -> None:
    interchange(filled, tmp_path / "kb", "csv")
    for name, rows in (("nodes", nodes(filled)), ("edges", edges(filled))):
        with (tmp_path / "kb" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file)) == plain(rows)


def test_parquet_reads_back(filled: GraphStore, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    interchange(filled, tmp_path / "kb", "parquet")
    for name, rows in (("nodes", nodes(filled)), ("edges", edges(filled))):
        assert parquet.read_table(tmp_path / "kb" / f"{name}.parquet").to_pylist() == list(rows)


def test_the_same_graph_gives_the_same_files(filled: GraphStore, tmp_path: Path) -> None:
    for format_, name in (("graphml", "a"), ("cypher", "b")):
        interchange(filled, tmp_path / name, format_)
        first = (tmp_path / name).read_bytes()
        interchange(filled, tmp_path / name, format_)
        assert (tmp_path / name).read_bytes() == first


def test_a_cypher_script_holds_no_escape_that_could_be_read_early(filled: GraphStore, tmp_path: Path) -> None:
    interchange(filled, tmp_path / "kb.cypher", "cypher")
    script = (tmp_path / "kb.cypher").read_text(encoding="utf-8")
    assert "\\u" not in script.lower()
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", script)
    assert "DETACH DELETE" not in bare
    assert "1=1" not in bare


def test_a_cypher_script_loads_in_neo4j(filled: GraphStore, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = str(request.getfixturevalue("neo4j_url")).partition("?")[0]
    import neo4j

    interchange(filled, tmp_path / "kb.cypher", "cypher")
    script = (tmp_path / "kb.cypher").read_text(encoding="utf-8")
    user, password = os.environ.get("NEO4J_USERNAME", ""), os.environ.get("NEO4J_PASSWORD", "")
    with neo4j.GraphDatabase.driver(url, auth=(user, password) if password else None) as driver:
        for statement in script.split(";\n"):
            if statement.strip():
                driver.execute_query(statement)
        found, _, _ = driver.execute_query("MATCH (n) RETURN n.id AS id, n.name AS name, labels(n) AS labels")
        assert {(row["id"], row["name"]) for row in found} == {(row["id"], row["name"]) for row in nodes(filled)}
        labels = {row["id"]: set(row["labels"]) for row in found}
        assert labels[entity_id("Benjamin Disraeli")] == {"Entity", "THING"}
        told, _, _ = driver.execute_query(
            "MATCH (h)-[r]->(t) RETURN h.id AS head, r.relation AS relation, t.id AS tail, type(r) AS type"
        )
        expected = {(row["head"], row["relation"], row["tail"]) for row in edges(filled)}
        assert {(row["head"], row["relation"], row["tail"]) for row in told} == expected
        assert {row["type"] for row in told if row["relation"] == "place of birth"} == {"PLACE_OF_BIRTH"}
        driver.execute_query("DROP CONSTRAINT clew_entity_id IF EXISTS")
        driver.execute_query("DROP CONSTRAINT clew_value_id IF EXISTS")


def test_an_unknown_format_is_refused(filled: GraphStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="graphml"):
        interchange(filled, tmp_path / "x", "docx")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        interchange(filled, tmp_path / "file" / "x", "graphml")
