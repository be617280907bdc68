"""What was filled into a PDF's form, put behind the labels that stand on the page; and its readers' comments."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pypdfium2 import raw

from clew.ingest.load.decode import clean
from clew.ingest.load.pdf.pieces import Piece

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
_BOXES = {raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON}
_VALUES = {raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX}
_MOST = 10_000  # annotations of a page
_LONGEST_LABEL = 12  # words


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    value: str
    checked: bool | None
    box: Piece


def filled(pieces: list[Piece], page: Any, form: Any) -> tuple[list[Piece], list[str]]:
    """The page's pieces with the values of its form, and the comments on it."""
    comments: list[str] = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET:
            field = _field(annotation, form) if form else None
            pieces = _with(pieces, field) if field else pieces
        elif raw.FPDFAnnot_GetSubtype(annotation) not in {raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP}:
            said, author = (_string(annotation, name) for name in (b"Contents", b"T"))
            if said:
                comments.append(f"Comment by {author}: {said}" if author else f"Comment: {said}")
        raw.FPDFPage_CloseAnnot(annotation)
    return pieces, comments


def _field(annotation: Any, form: Any) -> _Field | None:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    names = [raw.FPDFAnnot_GetFormFieldAlternateName, raw.FPDFAnnot_GetFormFieldName]
    name = next(filter(None, (_wide(_given(get, form, annotation)) for get in names)), "")
    place = Piece("", box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top), 0)
    if kind in _BOXES:
        return _Field(name, "", bool(raw.FPDFAnnot_IsChecked(form, annotation)), place)
    if kind in _VALUES:
        value = _wide(_given(raw.FPDFAnnot_GetFormFieldValue, form, annotation)).strip()
        return _Field(name, value, None, place) if value else None
    return None


def _with(pieces: list[Piece], field: _Field) -> list[Piece]:
    if field.checked is not None:
        label = _nearest(field.box, [one for one in pieces if one.beside(field.box) and one.left > field.box.left])
        label = label or _label(pieces, field)
        mark = "☒ " if field.checked else "☐ "
        if label is None:
            return [*pieces, replace(field.box, text=mark + _said(field.name), size=field.box.height)]
        return [replace(one, text=mark + one.text) if one is label else one for one in pieces]
    label = _label(pieces, field)
    if label is None:
        name = _said(field.name) or "Field"
        return [*pieces, replace(field.box, text=name, value=field.value, size=field.box.height, order=len(pieces))]
    return [replace(one, value=field.value) if one is label else one for one in pieces]


def _label(pieces: Sequence[Piece], field: _Field) -> Piece | None:
    """What stands before the field, is called like it, or stands above it."""
    free = [one for one in pieces if not one.value and one.text.count(" ") < _LONGEST_LABEL]
    wanted = {word.casefold() for word in _WORD.findall(field.name)}
    shared = {id(one): len(wanted & {word.casefold() for word in _WORD.findall(one.text)}) for one in free}
    most = max(shared.values(), default=0)
    called = [one for one in free if most and shared[id(one)] == most and 2 * most >= len(wanted)]
    box = field.box
    before = [one for one in free if one.beside(box) and one.right <= box.left + 3]
    above = [
        one
        for one in free
        if one.bottom >= box.top - 3
        and one.bottom - box.top < 2 * one.height
        and min(one.right, box.right) > max(one.left, box.left)
    ]
    nearest = _nearest(box, before)
    if nearest is not None and (not called or any(one is nearest for one in called)):
        return nearest
    return _nearest(box, called) or nearest or _nearest(box, above)


def _nearest(box: Piece, pieces: Sequence[Piece]) -> Piece | None:
    def distance(one: Piece) -> float:
        across = max(box.left - one.right, one.left - box.right, 0.0)
        return across + 3 * abs((one.top + one.bottom) - (box.top + box.bottom)) / 2

    return min(pieces, key=distance, default=None)


def _said(name: str) -> str:
    return " ".join(_WORD.findall(name.rpartition(".")[2]))


def _given(get: Callable[..., int], *first: Any) -> Callable[[Any, int], int]:
    """The library's function with all but its buffer given."""
    return lambda buffer, length: get(*first, buffer, length)


def _string(annotation: Any, key: bytes) -> str:
    return _wide(_given(raw.FPDFAnnot_GetStringValue, annotation, key)).strip()


def _wide(get: Callable[[Any, int], int]) -> str:
    """The text that the library's function writes into a buffer, in UTF-16."""
    length = get(None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return " ".join(clean(buffer.raw[: length - 2].decode("utf-16-le", "replace")).split())
