"""A workspace of Slack as it exports it: people and channels by their ids, a file of messages a channel and day."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean, read_text
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.recognise import CHANNEL_FILES, DAY_FILE
from clew.ingest.load.threads.chat import Message, chat

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")
_SPEECH = frozenset({"", "thread_broadcast", "me_message", "file_share", "file_comment"})
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass
class SlackExport:
    """One export while it is read, and what is known of it by now."""

    people: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    messages: int = 0
    notices: int = 0
    unknown: set[str] = field(default_factory=set)
    speakers: set[str] = field(default_factory=set)

    def read(self, origin: Origin) -> Iterator[Loaded | Problem]:
        """A document for each channel and day, and one of the people where the export has them."""
        people = yield from self._listed(origin.path, ("users.json",))
        channels = yield from self._listed(origin.path, CHANNEL_FILES)
        self.people = {str(each.get("id")): _name(each) for each in people}
        self.channels = {str(each.get("id")): str(each.get("name") or each.get("id")) for each in channels}
        if people:
            yield chat([], origin.path.joinpath("users.json").as_uri(), "People", people=tuple(map(_profile, people)))
        for folder in sorted(
            path
            for path in origin.path.iterdir()
            if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
        ):
            for path in sorted(path for path in folder.iterdir() if DAY_FILE.fullmatch(path.name)):
                yield from self._day(path, folder.name)

    def remark(self) -> str:
        """What was read, for the report."""
        told = f"is read as a Slack export: {self.messages:,} messages of {len(self.speakers):,} people"
        told += f" in {len(self.channels):,} channels" if self.channels else ""
        told += f"; {self.notices:,} notices and messages of bots are no speech" if self.notices else ""
        if self.unknown:
            told += f"; who {', '.join(sorted(self.unknown)[:5])} is, the export does not tell"
        return told

    def _listed(self, root: Path, names: Sequence[str]) -> Generator[Problem, None, list[dict[str, Any]]]:
        found: list[dict[str, Any]] = []
        for name in names:
            path = root / name
            if path.is_file():
                try:
                    found += _records(path)
                except SourceError as error:
                    yield Problem(path.as_uri(), str(error))
        return found

    def _day(self, path: Path, channel: str) -> Iterator[Loaded | Problem]:
        try:
            records = _records(path)
        except SourceError as error:
            yield Problem(path.as_uri(), str(error))
            return
        authors = {str(each.get("ts")): self._speaker(each) for each in records}
        messages = [
            self._message(each, authors) for each in sorted(records, key=lambda each: str(each.get("ts") or ""))
        ]
        self.messages += sum(message.speech for message in messages)
        self.notices += sum(not message.speech for message in messages)
        self.speakers.update(message.speaker for message in messages if message.speech and message.speaker)
        if messages:
            title = f"#{channel}, {path.stem}"
            yield chat(messages, path.as_uri(), title, known=tuple(self.people.values()), place=f"#{channel}")

    def _message(self, record: dict[str, Any], authors: dict[str, str]) -> Message:
        speech = str(record.get("subtype") or "") in _SPEECH and not record.get("bot_id")
        when = _time(record.get("ts"))
        thread = str(record.get("thread_ts") or "")
        answered = authors.get(thread, "") if thread != str(record.get("ts")) else ""
        text, mentions = self._plain(str(record.get("text") or ""))
        files = [
            str(each.get("name") or each.get("title") or "")
            for each in record.get("files") or ()
            if isinstance(each, dict)
        ]
        return Message(
            self._speaker(record) if speech else "",
            text,
            date=when[:10],
            time=when[11:16],
            answers=answered,
            speech=speech,
            mentions=mentions,
            files=tuple(filter(None, files)),
        )

    def _speaker(self, record: dict[str, Any]) -> str:
        id_ = str(record.get("user") or "")
        if id_ in self.people:
            return self.people[id_]
        profile = record.get("user_profile")
        name = _name({"profile": profile}) if isinstance(profile, dict) else str(record.get("username") or "")
        if not name and id_:
            self.unknown.add(id_)
        return name or id_

    def _plain(self, text: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
        """The text as people see it, and where it names people."""
        pieces: list[str] = []
        mentions: list[tuple[int, int, str]] = []
        length = at = 0
        for match in _REFERENCE.finditer(text):
            kind, target, label = match.group(1), match.group(2), match.group(3) or ""
            before = _unescaped(text[at : match.start()])
            shown = self._shown(kind, target, label)
            if kind == "@" and target in self.people:
                start = length + len(before) + 1
                mentions.append((start, start + len(self.people[target]), self.people[target]))
            pieces += [before, shown]
            length += len(before) + len(shown)
            at = match.end()
        pieces.append(_unescaped(text[at:]))
        return "".join(pieces), tuple(mentions)

    def _shown(self, kind: str, target: str, label: str) -> str:
        if kind == "@":
            return f"@{self.people.get(target) or label or target}"
        if kind == "#":
            return f"#{self.channels.get(target) or label or target}"
        if kind == "!":
            return label or f"@{target.split('^', maxsplit=1)[0]}"
        return f"{label} ({target})" if label and label != target else target


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(read_text(path)[0])
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is no valid JSON: {error}") from error
    if not isinstance(found, list):
        raise SourceError("is no list of records")
    return [each for each in found if isinstance(each, dict)]


def _name(record: dict[str, Any]) -> str:
    profile = _inner(record)
    names = (profile.get("real_name"), record.get("real_name"), profile.get("display_name"), record.get("name"))
    return next((" ".join(clean(str(name)).split()) for name in names if name), str(record.get("id") or ""))


def _inner(record: dict[str, Any]) -> dict[str, Any]:
    found = record.get("profile")
    return found if isinstance(found, dict) else {}


def _profile(record: dict[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
    profile = _inner(record)
    told = [("username", record.get("name")), ("display name", profile.get("display_name"))]
    told += [("title", profile.get("title")), ("e-mail", profile.get("email")), ("phone", profile.get("phone"))]
    told += [("time zone", record.get("tz_label") or record.get("tz"))]
    name = _name(record)
    facts = [(key, " ".join(clean(str(value)).split())) for key, value in told if value and str(value) != name]
    return name, tuple(dict.fromkeys(facts))


def _time(stamp: object) -> str:
    try:
        return datetime.fromtimestamp(float(str(stamp)), tz=UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _unescaped(text: str) -> str:
    for escape, sign in _ESCAPES:
        text = text.replace(escape, sign)
    return clean(text)


__all__ = ["SlackExport"]
