"""Dates and numbers: found in running text, and written as ISO dates and decimal numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from clew.graph.model import Value

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name: number for number, name in enumerate(_NAMES, 1)} | {
    name[:3]: number for number, name in enumerate(_NAMES, 1)
}
MONTHS["sept"] = 9
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d\d(?:-\d\d)?\b)"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<month>{_MONTH})(?![a-z])"
    rf"(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?=\s*,|\s+\d{{3}}))?(?:\s*,)?\s+(?P<year>\d{{3,4}})\b"
    rf"|\b(?P<only>\d{{3,4}})(?![\d,.]\d|\d)",
)
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


class Found(NamedTuple):
    """A date in a text: `text[start:end]`, and what it means in ISO form."""

    start: int
    end: int
    normal: str


def date_in(text: str, start: int = 0) -> Found | None:
    """The first date in the text from `start` on: a full one, a month of a year, or a year."""
    for match in _DATE.finditer(text, start):
        if match["iso"]:
            normal = iso(*match["iso"].split("-"))
        elif match["only"]:
            normal = iso(match["only"])
        else:
            day = match["day"] or match["day2"] or ""
            normal = iso(match["year"], str(MONTHS[match["month"].rstrip(".").lower()]), day)
        if normal:
            return Found(match.start(), match.end(), normal)
    return None


def iso(year: str, month: str = "", day: str = "") -> str:
    """`1875`, `1875-11` or `1875-11-11`; empty where there is no such date."""
    if not (year.isascii() and year.isdecimal()) or not 1 <= int(year) <= 2200:
        return ""
    parts = [year.zfill(4)]
    for part, most in ((month, 12), (day, 31)):
        if not part:
            break
        if not (part.isascii() and part.isdecimal()) or not 1 <= int(part) <= most:
            return ""
        parts.append(part.zfill(2))
    return "-".join(parts)


def date_value(text: str, normal: str) -> Value:
    """A date as a Value."""
    return Value(text, "date", normal)


def typed_value(text: str) -> Value | None:
    """The Value of a cell that is a date or a number and nothing else; None for any other text."""
    stripped = text.strip()
    if len(stripped) > 40:
        return None
    found = date_in(stripped)
    if found is not None and (found.start, found.end) == (0, len(stripped)):
        return Value(stripped, "date", found.normal)
    return number_value(stripped)


def number_value(text: str) -> Value | None:
    """The Value of a number written in digits or as a small number word; None for any other text."""
    stripped = text.strip()
    if stripped.lower() in NUMBER_WORDS:
        return Value(stripped, "number", str(NUMBER_WORDS[stripped.lower()]))
    if stripped.isascii() and _NUMBER.fullmatch(stripped):
        whole, point, part = stripped.replace(",", "").lstrip("+").partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        part = part.rstrip("0")
        return Value(stripped, "number", f"{sign}{digits.lstrip('0') or '0'}" + (f".{part}" if point and part else ""))
    number, _, scale = stripped.rpartition(" ")
    if scale.lower() in _SCALES and (value := number_value(number)) is not None:
        scaled = f"{Decimal(value.normal) * _SCALES[scale.lower()]:f}"
        return Value(stripped, "number", scaled.rstrip("0").rstrip(".") if "." in scaled else scaled)
    return None


def token_dates(words: Sequence[str], low: Sequence[str]) -> list[tuple[int, int, str]]:
    """Dates among tokens, as (first token, token after the last, ISO date), in order and without overlap."""
    found: list[tuple[int, int, str]] = []
    index, size = 0, len(words)
    while index < size:
        word = words[index]
        date = None
        if word[0].isdigit():
            date = _from_number(words, low, index, size)
        elif low[index] in MONTHS and word[0].isupper():
            date = _from_month(words, low, index, size)
        if date is None:
            index += 1
        else:
            found.append((index, *date))
            index = date[0]
    return found


def _from_month(words: Sequence[str], low: Sequence[str], at: int, size: int) -> tuple[int, str] | None:
    """`May 5 , 1950`, `May 1950`, `May 5`."""
    month = str(MONTHS[low[at]])
    if at + 1 < size and _is_day(words[at + 1]):
        year = at + 2 + (at + 2 < size and words[at + 2] == ",")
        if year < size and _is_year(words[year]):
            return year + 1, iso(words[year], month, words[at + 1])
        return None
    if at + 1 < size and _is_year(words[at + 1]):
        return at + 2, iso(words[at + 1], month)
    return None


def _from_number(words: Sequence[str], low: Sequence[str], at: int, size: int) -> tuple[int, str] | None:
    """`5 May 1950`, `1950-05-05`, `1950`."""
    word = words[at]
    day = word[:-2] if word[-2:] in {"st", "nd", "rd", "th"} else word
    if _is_day(day) and at + 2 < size and low[at + 1] in MONTHS:
        year = at + 2 + (words[at + 2] == "," and at + 3 < size)
        normal = iso(words[year], str(MONTHS[low[at + 1]]), day) if _is_year(words[year]) else ""
        return (year + 1, normal) if normal else None
    if len(word) == 10 and word[4] == word[7] == "-":
        normal = iso(*word.split("-"))
        return (at + 1, normal) if normal else None
    if len(word) == 4 and _is_year(word) and word[0] in "12" and "1000" <= word <= "2100":
        return at + 1, word
    if len(word) == 3 and _is_year(word) and at and low[at - 1] in {"in", "until", "since", "by", "from"}:
        return at + 1, iso(word)
    return None


def _is_year(word: str) -> bool:
    return 3 <= len(word) <= 4 and word.isascii() and word.isdecimal() and word != "000"


def _is_day(word: str) -> bool:
    return len(word) <= 2 and word.isascii() and word.isdecimal() and 1 <= int(word) <= 31
