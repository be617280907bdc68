"""Canvas files: cards on a board and the arrows between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean, read_text
from clew.ingest.load.items import LINKS_TO, Loaded, Origin, Problem, ReadyTriple
from clew.ingest.load.notes.note import Counts
from clew.ingest.load.notes.vault import Vault
from clew.ingest.structure.blocks import Block
from clew.ingest.structure.turns import Annotations

_LONGEST_NAME = 80


def read_canvas(origin: Origin, vault: Vault, counts: Counts) -> Loaded:
    """A line for each card and each arrow; an arrow says that its ends are linked, by its label where it has one."""
    raw, note = read_text(origin.path)
    try:
        board = json.loads(raw)
        nodes = {str(each["id"]): _card(each, vault) for each in board.get("nodes", ()) if isinstance(each, dict)}
        edges = [each for each in board.get("edges", ()) if isinstance(each, dict)]
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise SourceError(f"is no valid canvas: {error}") from error
    lines = [words for _, words in nodes.values() if words]
    triples: list[ReadyTriple] = []
    length = sum(len(line) + 1 for line in lines)
    for edge in edges:
        head, tail = (nodes.get(str(edge.get(key)), ("", ""))[0] for key in ("fromNode", "toNode"))
        relation = " ".join(clean(str(edge.get("label") or "")).split()).lower() or LINKS_TO
        if not head or not tail or head == tail:
            continue
        line = f"{head} {relation} {tail}"
        triples.append(ReadyTriple(head, relation, tail, length, length + len(line), tail_type="OTHER"))
        lines.append(line)
        length += len(line) + 1
    counts.links += len(triples)
    text = "\n".join(lines)
    if not text.strip():
        raise SourceError("holds no cards with words")
    document = Document.make(origin.uri, text, title=origin.stem)
    return Loaded(_annotated(document), triples=tuple(triples), note=note, blocks=tuple(_blocks(lines)))


def read_alone(origin: Origin) -> Iterator[Loaded | Problem]:
    """The board of a canvas that lies in no vault."""
    yield read_canvas(origin, Vault(), Counts())


def _card(node: dict[str, Any], vault: Vault) -> tuple[str, str]:
    """The entity that a card is, and its words. A card of several lines is a text, and no entity."""
    kind = node.get("type")
    if kind == "file":
        target = vault.target(str(node.get("file") or ""), "")
        return target.name, target.name
    words = clean(str(node.get("text") or node.get("label") or node.get("url") or "")).strip()
    one = "\n" not in words and len(words) <= _LONGEST_NAME
    return (words.strip("#* ") if one else ""), words


def _annotated(document: Document) -> Document:
    return replace(document, annotations=Annotations(""))


def _blocks(lines: list[str]) -> list[Block]:
    blocks, at = [], 0
    for line in lines:
        blocks.append(Block("code", at, at + len(line)))
        at += len(line) + 1
    return blocks


__all__ = ["read_alone", "read_canvas"]
