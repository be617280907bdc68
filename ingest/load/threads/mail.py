"""Mail as it lies on disk: one message a file, many in one, or a folder of them; parsed by the standard library."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageDefect
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import quote

from bs4 import BeautifulSoup

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean, read_bytes
from clew.ingest.load.items import Attachment, Loaded, Origin, Problem
from clew.ingest.load.threads.letter import Letter, Person, letter

_CUT = ("CloseBoundaryNotFoundDefect", "StartBoundaryNotFoundDefect", "InvalidBase64LengthDefect")
_READ = ("cur", "new")
_MOST_FILES = 200  # of one message
_LONGEST = 1 << 28  # bytes of a message with what is attached to it


def read_eml(origin: Origin) -> Iterator[Loaded | Problem | Attachment]:
    """One message: a document of its header and body."""
    yield from _read(message_from_bytes(read_bytes(origin.path, most=_LONGEST)), origin.uri, origin.uri)


def read_mbox(origin: Origin) -> Iterator[Loaded | Problem | Attachment]:
    """A document for each message of a file that holds many."""
    box = mailbox.mbox(origin.path, factory=None, create=False)
    seen: set[str] = set()
    number = 0
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            data = box.get_file(key).read(_LONGEST + 1)
            if len(data) > _LONGEST:
                yield Problem(f"{origin.uri}#{number}", f"is a message of over {_LONGEST >> 20} MiB")
                continue
            message = message_from_bytes(data)
            name = header(message, "message-id").strip("<> ") or str(number)
            name = f"{name}/{number}" if name in seen else name
            seen.add(name)
            yield from _read(message, f"{origin.uri}#{name}", f"{origin.uri}#{number}")
    finally:
        box.close()
    if not number:
        raise SourceError("holds no messages")


def read_maildir(origin: Origin) -> Iterator[Loaded | Problem | Attachment]:
    """A document for each message of a mail folder."""
    for folder in _READ:
        place = origin.path / folder
        for path in sorted(place.iterdir()) if place.is_dir() and not place.is_symlink() else ():
            if path.name.startswith(".") or path.is_dir():
                continue
            uri = path.as_uri()
            try:
                message = message_from_bytes(read_bytes(path, most=_LONGEST))
            except SourceError as error:
                yield Problem(uri, str(error))
                continue
            yield from _read(message, uri, uri)


def header(message: Message, name: str) -> str:
    """The header of this name in plain characters, on one line; "" where there is none."""
    raw = message.get(name)
    if raw is None:
        return ""
    try:
        words = str(make_header(decode_header(str(raw))))
    except (HeaderParseError, LookupError, ValueError):
        words = str(raw)
    return " ".join(clean(words).split())


def people(message: Message, *names: str) -> tuple[Person, ...]:
    """Whom these headers name, in order."""
    raw = [header(message, name) for name in names]
    found = [Person.of(name, address) for name, address in getaddresses([each for each in raw if each])]
    return tuple(dict.fromkeys(person for person in found if person.name))


def _read(message: Message, uri: str, place: str) -> Iterator[Loaded | Problem | Attachment]:
    body = "\n".join(_bodies(message)).strip("\n")
    sender = people(message, "from", "sender")
    if not sender and not body:
        yield Problem(place, "is no message: it has neither a sender nor a text")
        return
    wrong = [] if _date(message) else ["has no date that can be read"]
    wrong += ["is cut off: what there is of it is read"] if _is_cut(message) else []
    attached = tuple(_attached(message))
    yield letter(
        Letter(
            uri=uri,
            sender=sender[0] if sender else Person("", ""),
            to=people(message, "to"),
            copied=people(message, "cc"),
            subject=header(message, "subject"),
            date=_date(message),
            header=tuple(_lines(message)),
            body=body,
            answers=header(message, "in-reply-to").strip("<> "),
            attached=attached,
            note="; ".join(wrong),
        )
    )
    about = {
        "attached to": header(message, "subject"),
        "from": sender[0].name if sender else "",
        "date": _date(message),
    }
    yield from _files(message, uri, {name: value for name, value in about.items() if value})


def _lines(message: Message) -> Iterator[tuple[str, str]]:
    for name in ("From", "To", "Cc", "Date", "Subject"):
        words = header(message, name)
        if words:
            yield name, words


def _date(message: Message) -> str:
    try:
        return parsedate_to_datetime(header(message, "date")).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def _bodies(message: Message) -> Iterator[str]:
    """The texts of the message that are no attachments; of alternatives the plain one, else the page."""
    leaves = [part for part in _parts(message) if not part.is_multipart() and not _is_attached(part)]
    plain = [text for part in leaves if part.get_content_type() == "text/plain" and (text := _text(part)).strip()]
    if plain:
        yield from plain
        return
    for part in leaves:
        if part.get_content_type() == "text/html":
            yield _page(_text(part))


def _page(markup: str) -> str:
    soup = BeautifulSoup(markup, "html.parser")
    for quoted in soup.find_all("blockquote"):
        lines = quoted.get_text("\n", strip=True).split("\n")
        quoted.string = "\n" + "\n".join(f"> {line}" for line in lines) + "\n"
    return soup.get_text("\n", strip=False)


def _parts(message: Message) -> Iterator[Message]:
    """All parts, in order, with a stack of its own: a message may be nested deeper than Python's."""
    stack = [message]
    while stack:
        part = stack.pop()
        yield part
        inner = part.get_payload()
        if isinstance(inner, list):
            stack.extend(each for each in reversed(inner) if isinstance(each, Message))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _files(message: Message, uri: str, about: dict[str, str]) -> Iterator[Attachment]:
    """The attached files, each with the message that it lies in; a picture that the text shows is none of them."""
    seen: set[str] = set()
    for part in _parts(message):
        name = part.get_filename()
        if part.is_multipart() or not name or (part.get_content_disposition() == "inline" and part.get("content-id")):
            continue
        name = " ".join(clean(str(name)).split())[:200]
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data and len(seen) < _MOST_FILES:
            place = f"{name}/{len(seen) + 1}" if name in seen else name
            seen.add(place)
            joined = "/" if "#" in uri else "#"
            yield Attachment(f"{uri}{joined}{quote(place)}", name, data, about)


def _attached(message: Message) -> Iterator[str]:
    for part in _parts(message):
        if not part.is_multipart() and _is_attached(part) and (name := part.get_filename()):
            yield " ".join(clean(str(name)).split())[:200]


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else str(raw or "").encode("utf-8", "replace")
    charset = part.get_content_charset() or "utf-8"
    try:
        return clean(data.decode(charset, "replace"))
    except LookupError:
        return clean(data.decode("utf-8", "replace"))


def _is_cut(message: Message) -> bool:
    defects: list[MessageDefect] = [defect for part in _parts(message) for defect in part.defects]
    return any(type(defect).__name__ in _CUT for defect in defects)


__all__ = ["header", "people", "read_eml", "read_maildir", "read_mbox"]
