"""Published OpenIE in place of Clew's own extractor: a JSON file with `docs`, each with its `title` or `text`, its
`extracted_triples` (lists of three names) and `extracted_entities`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from clew.graph.model import Chunk, Document
from clew.ingest.extract.types import Extraction, RawMention, RawTriple


class PublishedTriples:
    """An extractor that looks up what the file says of a document, by its text, else by its title."""

    def __init__(self, file: Path) -> None:
        raw = file.read_bytes()
        self.fingerprint = f"published-triples/{hashlib.sha256(raw).hexdigest()[:12]}"
        self._said: dict[str, dict[str, Any]] = {}
        for doc in json.loads(raw)["docs"]:
            for key in (doc.get("title"), doc.get("text")):
                if key:
                    self._said.setdefault(key, doc)

    def __call__(self, documents: Iterable[tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        for document, _ in documents:
            yield _extraction(document, self._said.get(document.text) or self._said.get(document.title) or {})


def _extraction(document: Document, said: dict[str, Any]) -> Extraction:
    triples = [parts for parts in said.get("extracted_triples", []) if len(parts) == 3 and all(map(str.strip, parts))]
    names = dict.fromkeys([*said.get("extracted_entities", []), *(parts[end] for parts in triples for end in (0, 2))])
    places = {name: _find(document.text, name) for name in names if name.strip()}
    mentions = [
        RawMention(start, end, document.text[start:end], "OTHER", 1.0, "name", name)
        for name, (start, end) in places.items()
        if end > start
    ]
    raw = [
        RawTriple(head, "OTHER", relation, tail, "OTHER", *_span(places[head], places[tail], document.text), 1.0)
        for head, relation, tail in triples
    ]
    return Extraction(tuple(sorted(mentions, key=lambda mention: (mention.start, mention.end))), tuple(raw))


def _find(text: str, name: str) -> tuple[int, int]:
    start = text.casefold().find(name.casefold()) if len(text.casefold()) == len(text) else text.find(name)
    return (start, start + len(name)) if start >= 0 else (0, 0)


def _span(head: tuple[int, int], tail: tuple[int, int], text: str) -> tuple[int, int]:
    """From the first to the last of the two names where both stand in the text, else all of it."""
    if head[1] and tail[1]:
        return min(head[0], tail[0]), max(head[1], tail[1])
    return 0, len(text)
