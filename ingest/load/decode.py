"""Bytes to clean text: find the encoding, refuse what is no text, make line ends and characters uniform.

The cleaned text is the document's text, the one that every offset refers to. Cleaning is: no byte order mark; every
line end is a line feed; lone surrogates become U+FFFD, control characters and every width of blank spaces; marks that
nobody sees (soft hyphens, zero-width spaces, marks of direction, tags) are gone, and so are joiners outside of the
scripts that join; ligatures are letters; Unicode form NFC (except within runs of over 32 marks, which take quadratic
time and occur in no language).
"""

from __future__ import annotations

import codecs
import errno
import gzip
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from clew.graph.errors import SourceError

MAX_BYTES = 1 << 30
MAX_TEXT = 1 << 26  # bytes of a text that is one document: what is made of it, and held with it, is many times that
_SWELLS, _SWELLS_FROM = 200, 1 << 26  # times its size, and bytes: what packs better than this is no text
_LONGEST_LINE = 1 << 26
_ENDLESS_WORD = re.compile(r"\b\w{1000000}")
# A pipe in the place of a file would be waited for, and a link could lead elsewhere.
_CAREFUL = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
_STRAY = 3  # control characters in a text, however short
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
_HIGH = bytes(range(128, 256))
_FEW = 200  # bytes beyond ASCII, of which no encoding can be told for sure
_NOTE = "is not UTF-8; read as {}"
_GUESS = ", which is a guess: if names look wrong, save it as UTF-8"
_ACCENTED = frozenset("ÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÒÓÔÖØÙÚÛÜßàáâäåæçèéêëíîïñòóôöøùúûü«»“”‘’–—…·£°")
_SMALL, _CAPITAL = "a-zß-öø-ÿšžœ", "A-ZÀ-ÖØ-ÞŠŽŒŸ"
# What those letters of another encoding look like in Western text: three in a row, a capital in the middle of a word,
# a sign that follows a letter, a sign between two.
_NOT_WESTERN = re.compile(
    f"[À-ÖØ-öø-ÿ]{{3}}|[{_SMALL}][À-ÖØ-ÞŠŽŒŸ]|[{_SMALL}{_CAPITAL}][‚„†‡ˆ‹ƒ¡¢£¤¥¦§¨¬¯±µ¶¸¿×÷]"
    f"|[{_SMALL}{_CAPITAL}][“”«»›•˜™ª¹²³º¼½¾®©‰°][{_SMALL}{_CAPITAL}]"
)
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


def open_bytes(path: Path, *, lines: bool = False) -> BinaryIO:
    """The file's bytes, unpacked where its name ends in .gz. Reading ends with SourceError where a packed file swells
    like none that holds text, or, with `lines`, where one of them has over 64 MB. Nothing but a file is opened."""
    try:
        number = os.open(path, os.O_RDONLY | _CAREFUL)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SourceError("is a link: name the file itself") from None
        raise
    file = os.fdopen(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):
        file.close()
        raise SourceError("is no file")
    packed = path.suffix.lower() == ".gz"
    size = os.fstat(number).st_size
    inner = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
    if not packed and not lines:
        return inner
    watched = _Watched(inner, file, most=max(_SWELLS_FROM, _SWELLS * size) if packed else 0, lines=lines)
    return io.BufferedReader(watched, _SAMPLE)


class _Watched(io.RawIOBase):
    """The bytes of `inner`, which `file` holds: at most `most` of them (0: any number), and with `lines` none without
    a line end for long."""

    def __init__(self, inner: BinaryIO, file: BinaryIO, *, most: int, lines: bool) -> None:
        self._inner, self._file, self._most, self._lines = inner, file, most, lines
        self._read = self._line = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        self._read = self._line = 0
        return self._inner.seek(place, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        self._read += len(data)
        if self._most and self._read > self._most:
            raise SourceError("unpacks to far more than text does:", hint="unpack it first")
        if self._lines:
            end = max(data.rfind(b"\n"), data.rfind(b"\r"))
            self._line = self._line + len(data) if end < 0 else len(data) - end - 1
            if self._line > _LONGEST_LINE:
                raise SourceError(f"has a line of over {_LONGEST_LINE >> 20} MB")
        return len(data)

    def close(self) -> None:
        self._inner.close()
        self._file.close()
        super().close()


def read_bytes(path: Path, *, most: int = MAX_BYTES) -> bytes:
    """All of the file's bytes, of which there is at least one and at most `most`."""
    blocks: list[bytes] = []
    length = 0
    with open_bytes(path) as stream:
        while block := stream.read(1 << 24):  # asked for a number of bytes, Python makes room for all of them at once
            length += len(block)
            if length > most:
                raise SourceError(
                    f"is larger than {most >> 20} MiB:", hint="split it, or make it a .jsonl, read line by line"
                )
            blocks.append(block)
    if not blocks:
        raise SourceError("is empty")
    return b"".join(blocks)


def read_text(path: Path, *, html: bool = False, most: int = MAX_TEXT) -> tuple[str, str]:
    """The clean text of a file of at most `most` bytes, not blank, and a note where it was not UTF-8."""
    data = read_bytes(path, most=most)
    encoding, note = encoding_of(io.BytesIO(data), html=html)
    return legible(data.decode(encoding, "replace")), note


def legible(text: str) -> str:
    """The clean text, not blank and of words that a text can have. Raises SourceError for any other."""
    text = clean(text)
    if not text or text.isspace():
        raise SourceError("is empty")
    if _ENDLESS_WORD.search(text):
        raise SourceError("is no text: it holds a word of over a million characters")
    return text


@contextmanager
def open_text(path: Path) -> Iterator[tuple[TextIO, str]]:
    """The file as lines of raw text with their own line ends, and a note where it was not UTF-8."""
    with open_bytes(path, lines=True) as stream:
        encoding, note = encoding_of(stream)
        stream.seek(0)
        yield io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""), note


def encoding_of(stream: BinaryIO, *, html: bool = False) -> tuple[str, str]:
    """The name of the stream's encoding, by its mark, UTF-8 if it is valid, else declared or guessed, and what the
    report says of it where it is not UTF-8."""
    head = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, "" if encoding.startswith("utf-8") else _NOTE.format(encoding)
    if b"\0" in head and (wide := _wide(head)):
        return wide, _NOTE.format(wide)
    controls = len(_CONTROL_BYTES.findall(head))
    binary = 2 * controls > len(head) or (controls > _STRAY and 50 * controls > len(head))
    if binary or head.startswith((b"%PDF-", b"\x89PNG", b"PK\x03\x04", b"\x7fELF")):
        raise SourceError("is no text but binary data")
    wrong = _first_wrong(head, stream)
    if wrong is None:
        return "utf-8", ""
    if html and (declared := _declared(head)):
        return declared, _NOTE.format(declared)
    guessed = _guessed(wrong)
    return guessed, _NOTE.format(guessed) + (_GUESS if _high(wrong) <= _FEW else "")


def _wide(head: bytes) -> str:
    """UTF-16 without its mark, where every other byte of Western text is zero; "" for anything else."""
    half = len(head) // 2
    for encoding, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[::2].count(0))):
        if half and zeros > 0.6 * half and head.count(0) - zeros < 0.05 * half:
            return encoding
    return ""


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
    western = next((name for name in ("cp1252", "cp850", "mac_roman") if _is_western(data, name)), "")
    if western:
        return western
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_exclusion=["utf_16", "utf_32"])  # which have their own signs
    best = matches.best()
    if best is None:
        raise SourceError("is in an unknown encoding:", hint="save it as UTF-8")
    for match in matches:
        # In a short Western text nothing but this tells cp1250 from cp1252, which is far more common.
        if match.encoding == "cp1252" and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return "cp1252"
    return best.encoding


def _high(data: bytes) -> int:
    """How many bytes there are that mean something else in each encoding."""
    return len(data) - len(data.translate(None, _HIGH))


def _is_western(data: bytes, encoding: str) -> bool:
    """True of text with few accents, quotes and signs in it that makes sense in this Western encoding: so few say
    nothing to those who count letters, and nearly all such files are in Windows'."""
    if _high(data) > _FEW:
        return False
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    usual = encoding == "cp1252" or all(sign.isascii() or sign in _ACCENTED for sign in set(text))
    return usual and _NOT_WESTERN.search(text) is None
