"""Bytes to clean text: find the encoding, refuse what is no text, make line ends and characters uniform.

The cleaned text is the document's text, the one that every offset refers to. Cleaning is: no byte order mark; every
line end is a line feed; lone surrogates become U+FFFD, control characters and every width of blank spaces; marks that
nobody sees (soft hyphens, zero-width spaces, marks of direction, tags) are gone, and so are joiners outside of the
scripts that join; ligatures are letters; Unicode form NFC (except within runs of over 32 marks, which take quadratic
time and occur in no language).
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from clew.graph.errors import SourceError

MAX_BYTES = 1 << 30
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|[\v\f]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# A soft hyphen where a line was broken takes the line's end with it. Combining joiners and variation selectors have no
# shape of their own; tags spell what only a machine would read.
_UNSEEN = re.compile(
    "\u00ad\n?|[\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<=\\w)[\ufe00-\ufe0f]"
)
# Joiners part and join letters in Arabic and the scripts of India, and make one sign of several pictures.
_JOINERS = re.compile("[\u200c\u200d]+(?=[\x00-\u058f]|$)|(?<![\u0590-\U0010ffff])[\u200c\u200d]+")
_WIDTHS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MANY_MARKS = re.compile(r"([^\w\s\x00-\x7f]{33,})")


def clean(text: str) -> str:
    """The text in the one form that offsets refer to (see above)."""
    text = _BREAKS.sub("\n", text.removeprefix("\ufeff"))
    text = _CONTROLS.sub(" ", text)
    if text.isascii():
        return text
    text = _WIDTHS.sub(" ", _JOINERS.sub("", _UNSEEN.sub("", text))).translate(_LIGATURES)
    parts = _MANY_MARKS.split(_LONE.sub("\ufffd", text))
    return "".join(part if place % 2 else unicodedata.normalize("NFC", part) for place, part in enumerate(parts))


def closed_comments(markup: str) -> str:
    """The text without marks of comments that never end: each would be searched to the end of the text, and what
    follows one is more likely text than comment."""
    before, end, after = markup.rpartition("-->")
    return before + end + after.replace("<!--", "")


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where its name ends in .gz."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def read_bytes(path: Path) -> bytes:
    """All of the file's bytes, of which there is at least one and at most 1 GiB."""
    blocks: list[bytes] = []
    length = 0
    with open_bytes(path) as stream:
        while block := stream.read(1 << 24):  # asked for a number of bytes, Python makes room for all of them at once
            length += len(block)
            if length > MAX_BYTES:
                raise SourceError("is larger than 1 GiB:", hint="split it, or make it a .jsonl, read line by line")
            blocks.append(block)
    if not blocks:
        raise SourceError("is empty")
    return b"".join(blocks)


def read_text(path: Path, *, html: bool = False) -> tuple[str, str]:
    """The file's clean text, not blank, and a note where it was not UTF-8."""
    data = read_bytes(path)
    encoding = encoding_of(io.BytesIO(data), html=html)
    text = clean(data.decode(encoding, "replace"))
    if not text or text.isspace():
        raise SourceError("is empty")
    return text, note_on(encoding)


@contextmanager
def open_text(path: Path) -> Iterator[tuple[TextIO, str]]:
    """The file as lines of raw text with their own line ends, and a note where it was not UTF-8."""
    with open_bytes(path) as stream:
        encoding = encoding_of(stream)
        stream.seek(0)
        yield io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""), note_on(encoding)


def note_on(encoding: str) -> str:
    """What the report says of a file in this encoding."""
    return "" if encoding.startswith("utf-8") else f"is not UTF-8; read as {encoding}"


def encoding_of(stream: BinaryIO, *, html: bool = False) -> str:
    """The name of the stream's encoding: by its mark, UTF-8 if it is valid, else declared or guessed."""
    head = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _wide(head)
    if head.startswith((b"%PDF-", b"\x89PNG", b"PK\x03\x04")) or 50 * len(_CONTROL_BYTES.findall(head)) > len(head):
        raise SourceError("is no text but binary data")
    wrong = _first_wrong(head, stream)
    if wrong is None:
        return "utf-8"
    return (_declared(head) if html else "") or _guessed(wrong)


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    half = len(head) // 2
    for encoding, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[::2].count(0))):
        if half and zeros > 0.6 * half and head.count(0) - zeros < 0.05 * half:
            return encoding
    raise SourceError("is no text but binary data")


def _first_wrong(head: bytes, stream: BinaryIO) -> bytes | None:
    """The first stretch of bytes that is not UTF-8; None if all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    while True:
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            near = block if len(block) <= _SAMPLE else block[max(0, error.start - 1000) :][:_SAMPLE]
            return near or head
        if not block:
            return None
        block = stream.read(1 << 20)


def _declared(head: bytes) -> str:
    match = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]{2,40})", head[:4096])
    try:
        name = match.group(1).decode("ascii") if match else ""
        head.decode(name, "replace")
    except LookupError:
        return ""
    return "" if codecs.lookup(name).name == "utf-8" else name


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(data)
    best = matches.best()
    if best is None:
        raise SourceError("is in an unknown encoding:", hint="save it as UTF-8")
    for match in matches:
        # In a short Western text nothing but this tells cp1250 from cp1252, which is far more common.
        if match.encoding == "cp1252" and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return "cp1252"
    return best.encoding
