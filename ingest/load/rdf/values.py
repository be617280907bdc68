"""RDF literals as Values: dates, numbers and text, with their language."""

from __future__ import annotations

import re
from datetime import date

from pyoxigraph import Literal

from clew.graph.model import Value
from clew.ingest.extract.names.dates import number_value
from clew.ingest.load.decode import clean

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRINGS = {f"{_XSD}string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}
_NUMBERS = {
    *("decimal", "integer", "double", "float", "int", "long", "short", "byte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
}
_DATE = re.compile(r"(-?\d{4,})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?")
_DATES = {"date": 3, "dateTime": 3, "dateTimeStamp": 3, "gYearMonth": 2, "gYear": 1}


def value(literal: Literal) -> Value:
    """The literal's Value; one whose text does not fit its datatype is text."""
    text = clean(literal.value)
    kind = literal.datatype.value.removeprefix(_XSD)
    if kind in _DATES and (normal := _normal(text.strip(), _DATES[kind])):
        return Value(text, "date", normal)
    if kind in _NUMBERS:
        number = number_value(_plain(text.strip()))
        if number is not None and number.datatype == "number":
            return Value(text, "number", number.normal)
    return Value(text, "text", "", literal.language or "")


def datatype(literal: Literal) -> str:
    """The datatype's IRI where the Value does not tell it, `""` for text, numbers and dates."""
    iri = literal.datatype.value
    kind = iri.removeprefix(_XSD)
    return "" if iri in _STRINGS or (kind in _NUMBERS or kind in _DATES) else iri


def _normal(text: str, parts: int) -> str:
    """The ISO date, `""` for one that is in no calendar."""
    match = _DATE.match(text)
    if match is None or not _TIME.fullmatch(text, match.end()):
        return ""
    numbers = [int(part) for part in match.groups() if part is not None]
    if len(numbers) != parts:
        return ""
    try:
        if 0 < numbers[0] < 10_000:
            date(*(*numbers, 1, 1)[:3])
    except ValueError:
        return ""
    return match[0]


def _plain(text: str) -> str:
    """A number without an exponent, where it has one of a readable size."""
    if not re.fullmatch(r"[+-]?[\d.]{1,40}[eE][+-]?\d{1,2}", text):
        return text
    return f"{float(text):.15f}".rstrip("0").rstrip(".")
