"""The words of a Word paragraph, run by run, and what hangs on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from clew.ingest.load.office.package import Element, attribute, drawn_words, local, parsed
from clew.ingest.load.text_builder import Words

_SKIPPED = {"delText", "instrText", "pPr", "rPr", "rt", "sdtPr", "sdtEndPr", "fldData", "proofErr", "delInstrText"}
_MARKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
_ON = {"", "1", "true", "on"}


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on a paragraph: a text `box` (its element), a note by `kind` and id, or what a picture is `said` to
    show."""

    kind: Literal["box", "said", "footnote", "endnote", "comment"] | str
    text: str = ""
    element: Element = None


@dataclass
class Runs:
    """Reads what is inside a paragraph into `said` and `hanging`."""

    losses: Counter[str]
    part: Any
    said: Words
    hanging: list[Hanging] = field(default_factory=list)
    _struck: bool = False

    def read(self, root: Element) -> None:
        """All that the element holds is read, in order, with a stack of its own: files nest deeper than Python's."""
        stack: list[tuple[Element, bool]] = [(child, False) for child in reversed(root)]
        while stack:
            element, self._struck = stack.pop()
            inner = self._one(element)
            stack += [(child, self._struck) for child in reversed(list(inner))]

    def _one(self, element: Element) -> Any:
        """What the element says; returns what is to be read inside it."""
        name = local(element)
        if name in _SKIPPED or not name:
            return ()
        if name == "t":
            self.said.add(element.text or "", silent=self._struck)
            return ()
        if name in _MARKS:
            self.said.add(_MARKS[name] if self.said.lines or name == "noBreakHyphen" else " ")
            return ()
        if name in _NOTES:
            self.hanging.append(Hanging(_NOTES[name], attribute(element, "id")))
            return ()
        reader = getattr(self, f"_{name}", None)
        return reader(element) if reader is not None else element

    def _r(self, element: Element) -> Any:
        properties = next((child for child in element if local(child) == "rPr"), ())
        on = {local(one) for one in properties if attribute(one, "val") in _ON}
        if "vanish" in on:
            self.losses["hidden runs of text left out"] += 1
            return ()
        self._struck = self._struck or bool(on & {"strike", "dstrike"})
        return element

    def _del(self, _: Element) -> Any:
        self.losses["tracked deletions left out"] += 1
        return ()

    def _moveFrom(self, _: Element) -> Any:  # noqa: N802 - named as the element is
        return ()

    def _AlternateContent(self, element: Element) -> Any:  # noqa: N802
        return next((child for child in element if local(child) in {"Choice", "Fallback"}), ())

    def _sym(self, element: Element) -> Any:
        code = attribute(element, "char")
        number = int(code, 16) if code and all(one in "0123456789abcdefABCDEF" for one in code) else 0
        if 0xF000 <= number <= 0xF0FF:  # a place in a font of symbols, of which nobody can say what it shows
            self.losses["symbols of a font of their own left out"] += 1
        elif 0 < number < 0xD800:
            self.said.add(chr(number))
        return ()

    def _txbxContent(self, element: Element) -> Any:  # noqa: N802
        self.hanging.append(Hanging("box", element=element))
        return ()

    def _docPr(self, element: Element) -> Any:  # noqa: N802
        shown = attribute(element, "descr") or attribute(element, "title")
        graphic = element.getparent()
        inside = {local(one) for one in graphic.iter()} if graphic is not None else set()
        if shown:
            self.hanging.append(Hanging("said", shown))
        elif "pic" in inside and "txbxContent" not in inside:
            self.losses["pictures without a description"] += 1
        return ()

    def _imagedata(self, element: Element) -> Any:
        shown = attribute(element, "title")
        if shown:
            self.hanging.append(Hanging("said", shown))
        else:
            self.losses["pictures without a description"] += 1
        return ()

    def _textpath(self, element: Element) -> Any:
        """The letters of WordArt of the old kind."""
        self.hanging.append(Hanging("said", attribute(element, "string")))
        return ()

    def _object(self, element: Element) -> Any:
        self.losses["embedded objects not read"] += 1
        return [box for box in element.iter() if local(box) == "txbxContent"]

    def _relIds(self, element: Element) -> Any:  # noqa: N802 - a diagram
        return self._drawn(attribute(element, "dm"), "diagrams not read")

    def _chart(self, element: Element) -> Any:
        return self._drawn(attribute(element, "id"), "charts not read")

    def _drawn(self, relation: str, loss: str) -> Any:
        """The words of a drawing's part hang on the paragraph."""
        rel = self.part.rels.get(relation)
        said = drawn_words(parsed(rel.target_part.blob)) if rel is not None and not rel.is_external else []
        self.hanging += [Hanging("said", one) for one in said]
        if loss.startswith("charts"):
            self.losses["charts of which only the titles are read"] += 1
        elif not said:
            self.losses[loss] += 1
        return ()

    def _oMath(self, element: Element) -> Any:  # noqa: N802
        self.losses["formulas read as plain letters"] += 1
        return element

    def _checkBox(self, element: Element) -> Any:  # noqa: N802 - a check box of the old kind has no text of its own
        states = {local(one): attribute(one, "val") in _ON for one in element}
        self.said.add("☒ " if states.get("checked", states.get("default", False)) else "☐ ")
        return ()

    def _ddList(self, element: Element) -> Any:  # noqa: N802 - a drop-down list of the old kind likewise
        entries = [attribute(one, "val") for one in element if local(one) == "listEntry"]
        chosen = next((attribute(one, "val") for one in element if local(one) in {"result", "default"}), "0")
        if entries and chosen.isdigit() and int(chosen) < len(entries):
            self.said.add(entries[int(chosen)] + " ")
        return ()


__all__ = ["Hanging", "Runs"]
