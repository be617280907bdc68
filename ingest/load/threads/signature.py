"""What a signature says of its sender: role, organisation, and where to reach them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(r"[^,|·•/\n]+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_WEB = re.compile(r"(?:https?://|www\.)\S{3,200}")
_PHONE = re.compile(r"[+(]?\d[\d ()./-]{5,24}\d")
_LABEL = re.compile(r"[ \t]*[^\W\d_][\w. -]{0,12}:[ \t]*")
_DOMAIN = re.compile(r"@([\w-]+)")
_MOST_WORDS = 7
_MOST = 10  # pieces that are read


@dataclass(frozen=True, slots=True)
class Stated:
    """`text[start:end]` of a signature is the `value` of this relation of the sender; `entity` says whether it is a
    thing of its own."""

    relation: str
    value: str
    start: int
    end: int
    entity: bool = False


def stated(text: str, sender: str, address: str) -> list[Stated]:
    """What the signature says: by its shape a telephone number, an address or a page; else the first piece behind the
    name is the role, the second the organisation; a single one is the organisation where the mail's domain says so."""
    plain: list[re.Match[str]] = []
    found: list[Stated] = []
    for match in _PIECE.finditer(_blanked(text)):
        words = match.group().strip(" \t-–—")
        if words and not _is_name(words, sender) and _says(words):
            plain.append(match)
    found += _reached(text)
    domain = _DOMAIN.search(address)
    organisation = _organisation(plain[:_MOST], domain.group(1) if domain else "")
    for place, match in enumerate(plain[:_MOST]):
        start, end = _trimmed(text, match.start(), match.end())
        if place == organisation:
            found.append(Stated("works at", text[start:end], start, end, entity=True))
        elif place == 0:
            found.append(Stated("role", text[start:end], start, end))
    return found


def _organisation(pieces: list[re.Match[str]], domain: str) -> int:
    """Which piece names the organisation: one that the domain is made of, else the second; -1 for none."""
    for place, match in enumerate(pieces):
        words = [word.casefold() for word in match.group().split()]
        if domain and any(len(word) > 2 and word in domain.casefold() for word in words):
            return place
    return 1 if len(pieces) > 1 else -1


def _reached(text: str) -> Iterator[Stated]:
    for pattern, relation in ((_ADDRESS, "e-mail"), (_WEB, "website"), (_PHONE, "phone")):
        for match in pattern.finditer(text):
            yield Stated(relation, match.group(), match.start(), match.end())


def _blanked(text: str) -> str:
    """The text with numbers, addresses and their labels as bars, of the same length."""
    for pattern in (_ADDRESS, _WEB, _PHONE):
        text = pattern.sub(lambda match: "|" * len(match.group()), text)
    return text


def _is_name(words: str, sender: str) -> bool:
    known = sender.casefold().split()
    return all(word.casefold().strip(".,") in known for word in words.split())


def _says(words: str) -> bool:
    capital = any(word[:1].isupper() for word in words.split())
    plain = any(letter.isalpha() for letter in words) and not any(letter.isdigit() for letter in words)
    return capital and plain and len(words.split()) <= _MOST_WORDS and words[-1] not in ".!?:"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    label = _LABEL.match(text, start, end)
    start = label.end() if label else start
    while start < end and text[start] in " \t-–—":
        start += 1
    while end > start and text[end - 1] in " \t-–—":
        end -= 1
    return start, end


__all__ = ["Stated", "stated"]
