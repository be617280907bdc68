"""What folders of files say: loaded, chunked, read and resolved as `clew ingest` does it, without a store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clew.graph.model import Value
from clew.ingest.chunk import chunk
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.load.load import Loaded, Problem, Remark, load
from clew.ingest.resolution.stated import with_stated

Said = set[tuple[str, str, str]]


@pytest.fixture
def said(extractor: SpacyExtractor) -> Callable[..., Said]:
    """A function of paths: the triples (head, relation, tail) that they say."""

    def read(*paths: Path, plain: bool = False) -> Said:
        items = [item for item in load(paths, plain=plain) if isinstance(item, Loaded)]
        chunked = [(item.document, chunk(item.document, sections=item.sections)) for item in items]
        found: Said = set()
        for item, extraction in zip(items, extractor(chunked), strict=True):
            for triple in with_stated(item.document, extraction, item.triples).triples:
                tail = triple.tail.text if isinstance(triple.tail, Value) else triple.tail
                found.add((triple.head, triple.relation, tail))
        return found

    return read


@pytest.fixture
def told() -> Callable[..., tuple[list[Loaded], str]]:
    """A function of paths: the documents in them, and all lines of the report."""

    def read(*paths: Path, plain: bool = False) -> tuple[list[Loaded], str]:
        items = list(load(paths, plain=plain))
        loaded = [item for item in items if isinstance(item, Loaded)]
        lines = [f"{item.document.uri} {item.note}" for item in loaded if item.note]
        lines += [str(item) for item in items if isinstance(item, Problem)]
        lines += [f"{item.uri} {item.text}" for item in items if isinstance(item, Remark)]
        return loaded, "\n".join(lines)

    return read
