"""What the styles of a Word document say of a paragraph: heading, list item or neither, under whatever name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.ingest.load.office.package import Element, attribute, local

_HEADING = re.compile(r"(?:heading|überschrift|titre) (\d)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc \d|toc heading|table of (?:figures|authorities)|index \d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: `level` of heading, `depth` in a list (0: none), `contents` for a table of contents."""

    level: int = 0
    depth: int = 0
    contents: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """The document's styles by id."""

    by_id: Mapping[str, Style] = field(default_factory=dict)

    @staticmethod
    def of(root: Element) -> Styles:
        """The styles of a styles part, each with what it inherits."""
        raw = {attribute(style, "styleId"): style for style in root if local(style) == "style"}
        return Styles({id_: _inherited(id_, raw) for id_ in raw})

    def paragraph(self, element: Element) -> Style:
        """What the paragraph is, by its style and its own properties."""
        properties = _child(element, "pPr")
        if properties is None:
            return Style()
        style = self.by_id.get(_value(properties, "pStyle"), Style())
        return _own(properties, style)


def _inherited(id_: str, raw: Mapping[str, Element]) -> Style:
    chain: list[Element] = []
    while id_ in raw and raw[id_] not in chain and len(chain) < 20:
        chain.append(raw[id_])
        id_ = _value(raw[id_], "basedOn")
    found = Style()
    for style in reversed(chain):
        name = _value(style, "name")
        heading = _HEADING.match(name)
        if name.casefold() == "title":
            found = Style(1)
        elif heading:
            found = Style(int(heading.group(1)))
        elif _CONTENTS.match(name):
            found = Style(contents=True)
        properties = _child(style, "pPr")
        if properties is not None:
            found = _own(properties, found)
    return found


def _own(properties: Element, style: Style) -> Style:
    """The style as changed by a paragraph's properties: outline level and numbering."""
    level, depth = style.level, style.depth
    outline = _value(properties, "outlineLvl")
    if outline.isdigit():
        level = int(outline) + 1 if int(outline) < 9 else 0
    numbering = _child(properties, "numPr")
    if numbering is not None:
        place, number = _value(numbering, "ilvl"), _value(numbering, "numId")
        depth = 0 if number == "0" else (int(place) if place.isdigit() else 0) + 1
    return Style(level, depth, style.contents)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local(child) == name), None)


def _value(element: Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else attribute(child, "val")
