"""The export as lines, out of a store in memory: documents with annotations are there too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import clew


def test_a_talk_in_memory_is_exported(open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text("From: Ada Berg <a@example.org>\nSubject: Boats\n\nI left Oslo.\n")
    kg = open_kb("memory:")
    kg.ingest(tmp_path / "a.eml")
    kg.export(tmp_path / "graph.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "graph.jsonl").read_text(encoding="utf-8").splitlines()]
    (document,) = [row for row in rows if row["kind"] == "document"]
    assert document["title"] == "Boats"
    assert "annotations" not in document
