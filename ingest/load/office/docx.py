"""Word documents: every story of them (body, notes, comments, text boxes, headers) in reading order."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as KINDS

from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.office.docx_blocks import Story
from clew.ingest.load.office.docx_styles import Styles
from clew.ingest.load.office.package import Element, attribute, drop_entities, local, opened, parsed
from clew.ingest.load.text_builder import TextBuilder


def read(origin: Origin) -> Loaded:
    """One document of all that a reader of the file sees, insertions in and deletions out, with its blocks."""
    builder, named = opened(origin, "Word", "document", _read)
    return builder.loaded(origin, named)


def _read(data: bytes) -> tuple[TextBuilder, str]:
    word = docx.Document(io.BytesIO(data))
    part = word.part
    builder = TextBuilder()
    builder.losses["entities of the file's own not read"] += drop_entities(word.element)
    story = Story(builder, Styles.of(word.styles.element), part)
    story.notes = {
        (kind, attribute(note, "id")): note
        for kind, relation in (("footnote", KINDS.FOOTNOTES), ("endnote", KINDS.ENDNOTES), ("comment", KINDS.COMMENTS))
        for root in _parts(part, relation)
        for note in root
    }
    margins = [("header", KINDS.HEADER), ("footer", KINDS.FOOTER)]
    heads, feet = (_parts(part, relation) for _, relation in margins)
    seen: set[str] = set()
    _margins(story, heads, seen)
    story.blocks(word.element.body)
    _margins(story, feet, seen)
    return builder, word.core_properties.title or ""


def _parts(part: Any, relation: str) -> list[Element]:
    """The roots of the parts that stand in this relation to the main one, in the order of their names."""
    found = [rel.target_part for rel in part.rels.values() if rel.reltype == relation and not rel.is_external]
    return [parsed(one.blob) for one in sorted(found, key=lambda one: str(one.partname))]


def _margins(story: Story, roots: list[Element], seen: set[str]) -> None:
    """Headers or footers, each text once, whatever number of sections and pages repeats it."""
    for root in roots:
        said = " ".join("".join(node.text or "" for node in root.iter() if local(node) == "t").split())
        if any(letter.isalpha() for letter in said) and said not in seen:
            seen.add(said)
            story.blocks(root)
