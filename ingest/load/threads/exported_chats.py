"""Chats that programs export as JSON: Telegram, Signal, Discord, Microsoft Teams; which key of theirs holds what.

| program | recognised by | who | words | when | answer to | no speech |
|---|---|---|---|---|---|---|
| Telegram Desktop | `date_unixtime` or `text_entities` | `from` | `text` | `date` | `reply_to_message_id` | `type` other than `message` |
| Discord (DiscordChatExporter) | `guild` and `channel` | `author.nickname`, `.name` | `content` | `timestamp` | `reference.messageId` | `type` not `Default`, `Reply`; `author.isBot` |
| Teams (Microsoft Graph) | `createdDateTime` and `messageType` | `from.user.displayName` | `body.content` | `createdDateTime` | `replyToId` | `messageType` other than `message` |
| Signal | `sent_at` and `conversationId`, or `sender` and `body` | `sender`, `sourceName`, `source` | `body` | `sent_at`, `date` | `quote.id` | `type` of neither direction |
"""  # noqa: E501 - rows of a table

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.markup.html import write_page
from clew.ingest.load.text_builder import TextBuilder
from clew.ingest.load.threads.chat import Message, chat

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where one program keeps what. Paths of keys are joined by points; the first that is there counts."""

    name: str
    who: tuple[str, ...]
    words: tuple[str, ...]
    when: tuple[str, ...]
    answers: tuple[str, ...]
    speech: Callable[[Record], bool]
    id: tuple[str, ...] = ("id",)
    notice: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def _signal_speech(record: Record) -> bool:
    return str(record.get("type") or "incoming") in {"incoming", "outgoing", "message"}


TELEGRAM = Dialect(
    "Telegram",
    ("from",),
    ("text",),
    ("date", "date_unixtime"),
    ("reply_to_message_id",),
    lambda record: record.get("type", "message") == "message",
    notice=("actor", "action"),
    files=("file_name", "photo"),
)
DISCORD = Dialect(
    "Discord",
    ("author.nickname", "author.name"),
    ("content",),
    ("timestamp",),
    ("reference.messageId",),
    lambda record: record.get("type", "Default") in {"Default", "Reply", 0, 19} and not _at(record, "author.isBot"),
    notice=("author.name", "content"),
    files=("attachments.fileName",),
)
TEAMS = Dialect(
    "Teams",
    ("from.user.displayName", "from.application.displayName"),
    ("body.content",),
    ("createdDateTime",),
    ("replyToId",),
    lambda record: record.get("messageType", "message") == "message" and not _at(record, "from.application"),
    notice=("messageType",),
    files=("attachments.name",),
)
SIGNAL = Dialect(
    "Signal",
    ("sender", "sourceName", "source"),
    ("body",),
    ("sent_at", "date", "timestamp"),
    ("quote.id",),
    _signal_speech,
    id=("sent_at", "date"),
    notice=("type",),
    files=("attachments.fileName",),
)

_DIALECTS = {dialect.name: dialect for dialect in (TELEGRAM, DISCORD, TEAMS, SIGNAL)}


def read_exported(text: str, program: str, origin: Origin, note: str = "") -> Iterator[Loaded | Problem]:
    """A document for each chat in the file of this program. Raises SourceError where it is no valid JSON."""
    dialect = _DIALECTS[program]
    value = _value(text)
    for number, (title, id_, records) in enumerate(_chats(value, origin.stem)):
        spoken = _spoken(records, dialect)
        messages = [_message(each, dialect, spoken) for each in records]
        uri = f"{origin.uri}#{quote(id_, safe='')}" if id_ else f"{origin.uri}#{number + 1}" if number else origin.uri
        if not messages:
            yield Problem(uri, "holds no messages", skipped=True)
            continue
        people = len({message.speaker for message in messages if message.speech and message.speaker})
        speech = sum(message.speech for message in messages)
        told = f"is read as a chat of {dialect.name}: {speech:,} messages of {people:,} people"
        told += f"; {len(messages) - speech:,} notices are no speech" if speech < len(messages) else ""
        undated = sum(message.speech and not message.date for message in messages)
        told += f"; {undated:,} messages have no date" if undated else ""
        yield chat(messages, uri, title, note="; ".join(filter(None, (note, told))))


def _value(text: str) -> Any:
    """What the file holds: one value, or a list of the values of its lines."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        try:
            return [json.loads(line, strict=False) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError):
            raise SourceError(f"is no valid JSON: {error}") from error


def _chats(value: Any, named: str) -> Iterator[tuple[str, str, Sequence[Record]]]:
    """(title, id, messages) of each chat, whether the file holds one or all of an account."""
    if isinstance(value, list):
        by_chat: dict[str, list[Record]] = {}
        for each in value:
            if isinstance(each, dict):
                by_chat.setdefault(str(each.get("conversationId") or each.get("chatId") or ""), []).append(each)
        for id_, records in by_chat.items():
            yield named, id_ if len(by_chat) > 1 else "", records
        return
    if not isinstance(value, dict):
        return
    whole = [_at(value, "chats.list"), _at(value, "left_chats.list")]
    if any(isinstance(each, list) for each in whole):
        for each in (one for group in whole if isinstance(group, list) for one in group if isinstance(one, dict)):
            yield str(each.get("name") or each.get("type") or named), str(each.get("id") or ""), _records(each)
        return
    title = _at(value, "channel.name") or value.get("name") or value.get("topic") or named
    guild = _at(value, "guild.name")
    yield (f"{guild}, #{title}" if guild else str(title)), "", _records(value)


def _records(value: Record) -> Sequence[Record]:
    found = value.get("messages", value.get("value"))
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _spoken(records: Sequence[Record], dialect: Dialect) -> dict[str, str]:
    """Who said the message of each id."""
    return {_first(each, dialect.id): _name(each, dialect) for each in records}


def _message(record: Record, dialect: Dialect, spoken: Mapping[str, str]) -> Message:
    speech = dialect.speech(record)
    who = _name(record, dialect)
    date, time = _day(_first(record, dialect.when))
    words = _words(record, dialect)
    if not speech:
        words = words or " ".join(filter(None, (_first(record, (key,)) for key in dialect.notice)))
    files = [_text(each) for key in dialect.files for each in _every(record, key)]
    return Message(
        who if speech else "",
        words,
        date,
        time,
        answers=spoken.get(_first(record, dialect.answers), "") if speech else "",
        speech=speech,
        files=tuple(name.rsplit("/", 1)[-1] for name in files if name) if speech else (),
    )


def _name(record: Record, dialect: Dialect) -> str:
    """Who says it; "" where the file does not tell, as Signal with what the telephone's owner wrote."""
    return _first(record, dialect.who)


def _words(record: Record, dialect: Dialect) -> str:
    found = next((value for key in dialect.words if (value := _at(record, key))), "")
    text = "".join(_text(each) for each in found) if isinstance(found, list) else _text(found)
    if dialect is TEAMS and str(_at(record, "body.contentType") or "html").lower() == "html":
        text = _of_html(text)
    return clean(text).strip()


def _of_html(markup: str) -> str:
    builder = TextBuilder()
    with suppress(SourceError):  # beyond repair: better its marks than none of its words
        write_page(markup, builder)
        return builder.text
    return markup


def _text(value: Any) -> str:
    """A text, or the text of a piece of one that is set in some way."""
    if isinstance(value, dict):
        value = value.get("text", "")
    return clean(value) if isinstance(value, str) else ""


def _at(record: Any, path: str) -> Any:
    for key in path.split("."):
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def _every(record: Record, path: str) -> list[Any]:
    """What stands at the path, of a list at its first key what stands in each."""
    first, _, rest = path.partition(".")
    value = record.get(first)
    if rest and isinstance(value, list):
        return [_at(each, rest) for each in value]
    return [value if not rest else _at(record, path)]


def _first(record: Record, paths: Sequence[str]) -> str:
    for path in paths:
        value = _at(record, path)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return " ".join(clean(str(value)).split())
    return ""


def _day(stamp: str) -> tuple[str, str]:
    """(date, time) of a time in ISO's form or in seconds or milliseconds since 1970; empty where it is none."""
    match = _ISO.match(stamp)
    if match:
        return match[1], match[2] or ""
    try:
        number = float(stamp)
        moment = datetime.fromtimestamp(number / 1000 if number > 1e11 else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return "", ""
    return moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M")


__all__ = ["Dialect", "read_exported"]
