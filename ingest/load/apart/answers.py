"""What the process of its own answers, as JSON: documents and problems, field by field."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clew.graph.model import Document
from clew.ingest.load.items import Fields, Loaded, Origin, Problem, Section
from clew.ingest.structure.blocks import Block


def asked(origin: Origin) -> str:
    """The file to read, as a line."""
    told = {"path": str(origin.path), "uri": origin.uri, "name": origin.name, "kind": origin.kind}
    return json.dumps({**told, "fields": asdict(origin.fields), "plain": origin.plain})


def origin_of(line: str) -> Origin:
    """The file to read."""
    told = json.loads(line)
    path, fields = Path(told.pop("path")), Fields(**told.pop("fields"))
    return Origin(path, fields=fields, **told)


def answer(found: Loaded | Problem) -> str:
    """The document or problem as a line. A document's `read`, `triples` and annotations have no place in it."""
    if isinstance(found, Problem):
        return json.dumps({"problem": asdict(found)})
    document = {name: getattr(found.document, name) for name in _DOCUMENT}
    document["metadata"] = dict(found.document.metadata)
    blocks = [[getattr(block, name) for name in _BLOCK] for block in found.blocks]
    sections = [[section.start, section.title, section.level] for section in found.sections]
    return json.dumps({"document": document, "blocks": blocks, "sections": sections, "note": found.note})


def found_in(line: str) -> Loaded | Problem:
    """The document or problem of that line."""
    told = json.loads(line)
    if "problem" in told:
        return Problem(**told["problem"])
    document = Document(**{**told["document"], "access": tuple(told["document"]["access"])})
    blocks = tuple(Block(**dict(zip(_BLOCK, map(_tuples, block), strict=True))) for block in told["blocks"])
    return Loaded(document, sections=tuple(Section(*one) for one in told["sections"]), note=told["note"], blocks=blocks)


_DOCUMENT = tuple(name for name in Document.__slots__ if name != "annotations")
_BLOCK = tuple(Block.__slots__)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
