"""PowerPoint presentations, by python-pptx: every slide's shapes, tables, charts and notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import product
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.office.package import attribute, drawn_words, local, opened, parsed
from clew.ingest.load.text_builder import TextBuilder, Words, words

_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}
_BODIES = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT}
_NUMBERS = {PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE}
_DEEPEST = 20  # groups within groups


def read(origin: Origin) -> Loaded:
    """One document of all slides in their order, with what was said to each in its notes."""
    builder, named = opened(origin, "PowerPoint", "presentation", _read)
    return builder.loaded(origin, named)


def _read(data: bytes) -> tuple[TextBuilder, str]:
    presentation = Presentation(io.BytesIO(data))
    builder = TextBuilder()
    footers: set[str] = set()
    for number, slide in enumerate(presentation.slides, start=1):
        builder.place(f"slide {number}")
        builder.losses["hidden slides read too"] += slide._element.get("show") == "0"
        _Slide(builder, slide.part, footers).read(slide)
    return builder, presentation.core_properties.title or ""


class _Slide:
    def __init__(self, builder: TextBuilder, part: Any, footers: set[str]) -> None:
        self.builder, self.part, self.footers = builder, part, footers

    def read(self, slide: Any) -> None:
        """The title, then the shapes as they lie from top to bottom, then comments and notes."""
        shapes = list(_flat(slide.shapes))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for shape in titles:
            self.builder.heading(_words(shape.text_frame.text), 1)
        for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
            if not any(shape is title for title in titles):
                self._shape(shape)
        self._comments()
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            self._paragraphs(slide.notes_slide.notes_text_frame, listed=False)

    def _shape(self, shape: Any) -> None:
        kind = _placeholder(shape)
        if kind in _NUMBERS:
            return
        if kind == PP_PLACEHOLDER.FOOTER:
            said = shape.text_frame.text
            if said not in self.footers:
                self.footers.add(said)
                self.builder.paragraph(_words(said))
        elif getattr(shape, "has_table", False) and shape.has_table:
            self._table(shape.table)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            self._chart(shape.chart)
        elif shape.has_text_frame:
            self._paragraphs(shape.text_frame, listed=kind in _BODIES)
        else:
            self._drawn(shape)
        described = next((attribute(node, "descr") for node in shape._element.iter() if local(node) == "cNvPr"), "")
        if described and not shape.has_text_frame:
            self.builder.paragraph(words(described))
        elif any(local(node) == "blip" for node in shape._element.iter()) and not shape.has_text_frame:
            self.builder.losses["pictures without a description"] += 1

    def _paragraphs(self, frame: Any, *, listed: bool) -> None:
        several = sum(bool(paragraph.text.strip()) for paragraph in frame.paragraphs) > 1
        for paragraph in frame.paragraphs:
            said = _words(paragraph.text)
            if (listed and several) or paragraph.level:
                self.builder.item(said, level=paragraph.level + 1)
            else:
                self.builder.paragraph(said)

    def _table(self, table: Any) -> None:
        grid: list[list[Words | None]] = []
        covered: dict[tuple[int, int], Words] = {}
        for row, cells in enumerate(table.rows):
            line: list[Words | None] = []
            for column, cell in enumerate(cells.cells):
                said = covered.get((row, column)) or words(cell.text)
                line.append(said)
                if cell.is_merge_origin:
                    places = product(range(row, row + cell.span_height), range(column, column + cell.span_width))
                    covered |= dict.fromkeys(places, said)
            grid.append(line)
        self.builder.table(grid, header=int(bool(table.first_row)))

    def _chart(self, chart: Any) -> None:
        """A chart is the table that it draws."""
        if chart.has_title and chart.chart_title.has_text_frame:
            self.builder.paragraph(_words(chart.chart_title.text_frame.text))
        for plot in chart.plots:
            names = [words("")] + [words(str(series.name or "")) for series in plot.series]
            rows: list[list[Words | None]] = [[*names]]
            for place, category in enumerate(plot.categories):
                values = [series.values[place] if place < len(series.values) else None for series in plot.series]
                told = [words("" if value is None else f"{value:g}") for value in values]
                rows.append([words(str(category)), *told])
            self.builder.table(rows)

    def _drawn(self, shape: Any) -> None:
        """The words of a diagram, or that an object is not read."""
        relations = [attribute(node, "dm") for node in shape._element.iter() if local(node) == "relIds"]
        for relation in filter(None, relations):
            rel = self.part.rels.get(relation)
            for said in drawn_words(parsed(rel.target_part.blob)) if rel is not None else ():
                self.builder.item(words(said))
        if not relations and any(local(node) == "oleObj" for node in shape._element.iter()):
            self.builder.losses["embedded objects not read"] += 1

    def _comments(self) -> None:
        for rel in self.part.rels.values():
            if not rel.is_external and rel.reltype.endswith("/comments"):
                root = parsed(rel.target_part.blob)
                for node in root.iter():
                    said = "".join(node.itertext()) if local(node) in {"text", "txBody"} else ""
                    if said.strip():
                        self.builder.paragraph(words(f"Comment: {said}"), quoted=1)


def _flat(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _DEEPEST:
            yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _words(text: str) -> Words:
    return words(text.replace("\v", "\n"), lines=True)
