"""The body of a message: what its sender wrote, what is quoted and by whom, and the signature. Takes linear time.

Words of no language are looked for. A quotation is told by its marks, or by a block of header lines; who wrote it by
the line above it, which ends with a colon and names an address or a time; a signature by its dashes, or by a line
that is no more than the sender's own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr

_MARK = re.compile(r"[ \t]*>[ \t]?")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_TIMED = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_FIELD = re.compile(r"[ \t*]{0,4}([^\W\d_][\w .-]{0,24}?)\*?[ \t]?[::]\*?[ \t]*(\S.{0,400})")
_RULE = re.compile(r"\s*([-_=*])\1{4,}")
_WORD = re.compile(r"[^\s,;:()<>\[\]\"]+")
_DASHES = frozenset({"--", "-- ", "—", "__"})
_LONGEST_ATTRIBUTION = 300
_MOST_LINES = 12  # of a signature
_LEAST_FIELDS = 3
_DEEPEST = 8  # quotations in quotations


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a body. `kind` is `own`, `attribution` (the line that says who is quoted), `quoted` or `signature`;
    `author` and `address` are the quoted one's, as far as known."""

    kind: str
    lines: tuple[str, ...]
    depth: int = 0
    author: str = ""
    address: str = ""

    @property
    def text(self) -> str:
        """The lines, without blank ones at their ends."""
        return "\n".join(self.lines).strip("\n")


def parts(body: str, sender: str) -> list[Part]:
    """The body's parts in order; together they hold all its words. `sender` is the name of who wrote it."""
    found: list[Part] = []
    for part in _quotations(body.split("\n")):
        if part.kind == "own" or (part.kind == "quoted" and part.depth == 0):
            found += _signed(part, part.author or sender)
        else:
            found.append(part)
    return [part for part in found if part.text.strip()]


def _quotations(
    lines: list[str], kind: str = "own", depth: int = 0, author: str = "", address: str = ""
) -> Iterator[Part]:
    """Lines of one level, attributions and quotations, in order; what is quoted without a word on its author is by
    whom was quoted before. Below a header, all is the earlier message."""
    held: list[str] = []
    before = ("", "")
    at = 0
    while at < len(lines):
        fields = 0 if depth else _header(lines, at)
        if fields:
            yield Part(kind, tuple(held), depth, author, address)
            yield Part("attribution", tuple(lines[at : at + fields]))
            author, address = _sender(lines[at : at + fields])
            kind, held, at = "quoted", [], at + fields
        elif depth < _DEEPEST and _is_quoted(lines[at]):
            above, attribution = _attribution(held)
            yield Part(kind, tuple(above), depth, author, address)
            yield Part("attribution", tuple(attribution))
            before = author_of(" ".join(attribution)) if attribution else before
            end = _end_of_quote(lines, at)
            inside = [_MARK.sub("", line, count=1) for line in lines[at:end]]
            yield from _quotations(inside, "quoted", depth + 1, *before)
            held, at = [], end
        else:
            held.append(lines[at])
            at += 1
    yield Part(kind, tuple(held), depth, author, address)


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t").startswith(">")


def _end_of_quote(lines: list[str], at: int) -> int:
    """The line behind the quotation that begins here; blank lines inside it belong to it."""
    end = at
    for place in range(at, len(lines)):
        if _is_quoted(lines[place]):
            end = place + 1
        elif lines[place].strip():
            break
    return end


def _attribution(own: list[str]) -> tuple[list[str], list[str]]:
    """The lines above a quotation, and the last of them that say whose it is."""
    last = len(own)
    while last and not own[last - 1].strip():
        last -= 1
    found: list[str] = []
    for size in (1, 2, 3):
        lines = own[max(0, last - size) : last]
        words = " ".join(lines).strip()
        if not words.endswith((":", "：")) or len(words) > _LONGEST_ATTRIBUTION:
            break
        author, address = author_of(words)
        if author and (address or _TIMED.search(words)):
            found = found or lines
            if author != address:
                found = lines
                break
    return own[: last - len(found)] if found else own, found


def author_of(words: str) -> tuple[str, str]:
    """(name, address) of whom a line such as "On Monday at 18:40, Ben Wirth <ben@example.org> wrote:" names."""
    words = words.strip().rstrip(":： ")
    address = _ADDRESS.search(words)
    if address is not None:
        words_before = words[: address.start()].rstrip("<([ \"'").rstrip()
        return _name_at_end(words_before) or address.group(), address.group()
    pieces = words.split()
    while pieces and not _is_name(pieces[-1]):
        pieces.pop()
    return _name_at_end(" ".join(pieces)), ""


def _name_at_end(words: str) -> str:
    """The run of capitalised words without digits that the words end with."""
    taken: list[str] = []
    for piece in reversed(words.split()):
        if taken and piece.endswith((",", ";", ":")):
            break
        if not _is_name(piece):
            break
        taken.append(piece.strip("\"'“”„"))
    return " ".join(reversed(taken)).strip(" ,;")


def _is_name(piece: str) -> bool:
    bare = piece.strip("\"'“”„,;()")
    return bare[:1].isupper() and not any(letter.isdigit() for letter in bare)


def _header(lines: list[str], at: int) -> int:
    """How many lines from here are the header of an earlier message, as some programs put it below an answer; a rule
    or a line of dashes may stand above it."""
    first = at
    if _RULE.match(lines[at]) and at:
        at += 1
        while at < len(lines) and not lines[at].strip():
            at += 1
    elif not at or lines[at - 1].strip():
        return 0
    end = at
    while end < len(lines) and _FIELD.fullmatch(lines[end].rstrip()):
        end += 1
    fields = lines[at:end]
    timed = any(_TIMED.search(line) for line in fields)
    return end - first if len(fields) >= _LEAST_FIELDS and timed and _sender(fields)[0] else 0


def _sender(lines: list[str]) -> tuple[str, str]:
    """(name, address) in the first of these header lines that names somebody."""
    for line in lines:
        match = _FIELD.fullmatch(line.rstrip())
        if match is None:
            continue
        value = match.group(2).strip()
        name, address = parseaddr(value)
        if "@" in address:
            return name or address, address
        return (value, "") if all(_is_name(word) for word in value.split()) else ("", "")
    return "", ""


def _signed(part: Part, author: str) -> Iterator[Part]:
    """The part, and the signature at its end."""
    at = _signature(list(part.lines), author)
    yield Part(part.kind, part.lines[:at], part.depth, part.author, part.address)
    if at < len(part.lines):
        yield Part("signature", part.lines[at:], part.depth, author, part.address)


def _signature(lines: list[str], author: str) -> int:
    """The line at which the signature begins; the number of lines where there is none."""
    for at, line in enumerate(lines):
        rest = sum(bool(each.strip()) for each in lines[at + 1 :]) if line in _DASHES or line.strip() == "--" else 0
        if 0 < rest <= _MOST_LINES:
            return at
    filled = [at for at, line in enumerate(lines) if line.strip()][-_MOST_LINES:]
    named = [at for at in filled if _is_own_name(lines[at], author)]
    return named[0] if named and named[0] != filled[0] else len(lines)


def _is_own_name(line: str, author: str) -> bool:
    """Is the line no more than the author's name, or a part of it, with what follows behind a comma or a bar?"""
    head = re.split(r"[,|·•(/]", line, maxsplit=1)[0]
    said = [word.casefold().strip(".-–— ") for word in _WORD.findall(head)]
    known = [word.casefold() for word in author.split()]
    return bool(said) and len(line) <= 100 and all(word in known for word in said)


__all__ = ["Part", "author_of", "parts"]
