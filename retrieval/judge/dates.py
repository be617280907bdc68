"""When a document was written, as far as it says so itself, so that what is said later counts as the present state."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from clew.graph.model import Chunk, Document

HEAD = 500  # characters at a document's start in which its date stands
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"\b(1[5-9]\d\d|20\d\d|21\d\d)-(\d\d)(?:-(\d\d))?")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?{_NAME},? (\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b{_NAME} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.I)
_MONTH = re.compile(rf"\b{_NAME} (\d{{4}})\b", re.I)
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_YEAR = re.compile(r"\b(19\d\d|20\d\d)\b")


def date_in(text: str) -> str:
    """The first date in the text as `YYYY-MM-DD` (with 00 for what is not said), "" where there is none."""
    found: list[tuple[int, str]] = []
    for match in (_ISO.search(text), _DAY_FIRST.search(text), _MONTH_FIRST.search(text), _MONTH.search(text)):
        if match is not None:
            found.append((match.start(), _written(match)))
    if (match := _NUMERIC.search(text)) is not None:
        found.append((match.start(), f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"))
    if found:
        return min(found)[1]
    year = _YEAR.search(text)
    return f"{year[1]}-00-00" if year else ""


def _written(match: re.Match[str]) -> str:
    if match.re is _ISO:
        return f"{match[1]}-{match[2]}-{match[3] or '00'}"
    if match.re is _DAY_FIRST:
        return f"{match[3]}-{_MONTHS[match[2][:3].casefold()]:02d}-{int(match[1]):02d}"
    if match.re is _MONTH_FIRST:
        return f"{match[3]}-{_MONTHS[match[1][:3].casefold()]:02d}-{int(match[2]):02d}"
    return f"{match[2]}-{_MONTHS[match[1][:3].casefold()]:02d}-00"


def written_on(document: Document, first: Chunk | None) -> str:
    """The day that a document gives as its own: in its metadata, its name, or its first lines; "" where none."""
    stated = next(
        (document.metadata[key] for key in ("date", "sent", "created", "updated") if document.metadata.get(key)), ""
    )
    return (
        date_in(stated)
        or date_in(document.uri.rpartition("/")[2].replace("_", " "))
        or date_in(first.text[:HEAD] if first else "")
    )


def recency(days: Mapping[str, str], documents: Sequence[str]) -> dict[str, float]:
    """For each document where it stands among these by its day, 0 the earliest to 1 the latest; 0.5 without a day."""
    known = sorted({days[id_] for id_ in documents if days.get(id_)})
    last = max(len(known) - 1, 1)
    return {id_: known.index(days[id_]) / last if days.get(id_) and len(known) > 1 else 0.5 for id_ in documents}
