"""Text files that are talk: exports of WhatsApp in their national forms, and any transcript with a name before each
turn. Dates are read in the one order of day and month that fits the whole file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from clew.ingest.load.items import Loaded
from clew.ingest.load.threads.chat import Message, chat
from clew.ingest.load.threads.speakers import speaker_of

_STAMPED = re.compile(
    r"[\u200e\u200f\u202a-\u202e]*\[?(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4})\.?,?[ \t\u202f]+"
    r"(?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)(?:[ \t\u202f]?(?P<half>[AaPp]\.?[ \t]?[Mm]\.?))?\]?[ \t]*[-–]?[ \t]*"
    r"[\u200e\u200f\u202a-\u202e]*(?P<rest>.*)"
)
_PERSON = re.compile(r"(?P<name>[^:\n]{1,60}?):(?:[ \t\u200e]+|$)(?P<said>.*)")
_NOTICE = re.compile(r"[\u200e\u200f]*<[^<>]{1,80}>|\u200e.{1,80}")
_ENDS = re.compile(r"[.!?…][\"'”’)]*$")
_LEAST = 3  # messages
_SHARE = 0.6
_LEAST_TURNS = 4
_WORDS = 4  # of a turn, on average
_LOOKED_AT = 400  # lines


@dataclass(frozen=True, slots=True)
class Stamped:
    """A line that begins with a date and a time, and those that follow it without one."""

    day: str
    time: str
    rest: str


def transcript(text: str, uri: str, title: str) -> Loaded | None:
    """The document of a text that is talk; None of any other text."""
    lines = text.split("\n")
    messages = _stamped(lines) or _named(lines)
    if not messages:
        return None
    people = {message.speaker for message in messages if message.speech and message.speaker}
    said = sum(message.speech for message in messages)
    note = f"is read as a conversation: {said:,} messages of {len(people):,} people"
    silent = len(messages) - said
    note += f"; {silent:,} notices are no speech" if silent else ""
    return chat(messages, uri, title, note=note)


def _stamped(lines: Sequence[str]) -> list[Message]:
    """Messages of a chat in which each begins with date and time."""
    filled = [line for line in lines[:_LOOKED_AT] if line.strip()]
    matched = [match for line in filled if (match := _STAMPED.fullmatch(line))]
    named = [match for match in matched if _PERSON.fullmatch(match["rest"])]
    if len(named) < _LEAST or 3 * len(matched) < len(filled):
        return []
    found: list[tuple[re.Match[str], list[str]]] = []
    before: list[str] = []
    for line in lines:
        match = _STAMPED.fullmatch(line)
        if match:
            found.append((match, [match["rest"]]))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            before.append(line)
    order = _order([match["date"] for match, _ in found], any(match["half"] for match, _ in found))
    head = [Message("", "\n".join(before), speech=False)] if before else []
    return head + [_message(match, rest, order) for match, rest in found]


def _message(match: re.Match[str], rest: list[str], order: str) -> Message:
    day, time = _day(match["date"], order), _time(match["time"], match["half"] or "")
    whole = "\n".join(rest).strip()
    person = _PERSON.match(rest[0])
    if person is None:
        return Message("", whole, day, time, speech=False)
    name = person["name"].strip("~ \u202a\u202c\u200e")
    said = "\n".join([person["said"], *rest[1:]]).strip()
    if _NOTICE.fullmatch(said) or not said:
        return Message(name, f"{name}: {said}", day, time, speech=False)
    return Message(name, said, day, time)


def _named(lines: Sequence[str]) -> list[Message]:
    """Turns of a transcript in which each begins with its speaker's name; what stands before the first is no speech.
    Fields of records look like it, but are no sentences."""
    filled = [line for line in lines[:_LOOKED_AT] if line.strip()]
    turns = [(name, said) for line in filled for name, said in (speaker_of(line.strip()),) if name]
    names = Counter(name for name, _ in turns)
    again = sum(count for count in names.values() if count > 1)
    sentences = sum(bool(_ENDS.search(said)) for _, said in turns)
    words = sum(len(said.split()) for _, said in turns)
    talk = len(turns) >= _LEAST_TURNS and len(names) > 1 and 2 * len(names) <= len(turns) + 1
    talk = talk and again >= _SHARE * len(turns) and len(turns) >= _SHARE * len(filled)
    if not talk or 2 * sentences < len(turns) or words < _WORDS * len(turns):
        return []
    found: list[Message] = []
    for line in lines:
        name, said = speaker_of(line.strip())
        if name and name in names:
            found.append(Message(name, said))
        elif found and line.strip():
            last = found[-1]
            found[-1] = Message(last.speaker, f"{last.text}\n{line.strip()}", speech=last.speech)
        elif line.strip():
            found.append(Message("", line.strip(), speech=False))
    return found


def _order(dates: Sequence[str], halves: bool) -> str:
    """`ymd`, `dmy` or `mdy`: what all these dates can be; where two are, the one in which they never go back."""
    parts = [[int(part) for part in re.split(r"[./-]", each)] for each in dates]
    fitting = [order for order in ("ymd", "dmy", "mdy") if all(_iso(each, order) for each in parts)]
    if len(fitting) > 1:
        rising = [order for order in fitting if _rises([_iso(each, order) for each in parts])]
        fitting = rising or fitting
    if "dmy" in fitting and "mdy" in fitting and halves and "/" in dates[0]:
        return "mdy"
    return next((order for order in ("ymd", "dmy", "mdy") if order in fitting), "dmy")


def _rises(days: Sequence[str]) -> bool:
    return all(before <= after for before, after in pairwise(days))


def _iso(parts: Sequence[int], order: str) -> str:
    if len(parts) != len(order):
        return ""
    told = dict(zip(order, parts, strict=True))
    year = told["y"] + 2000 if told["y"] < 100 else told["y"]
    if order == "ymd" and told["y"] < 1000:
        return ""
    try:
        return date(year, told["m"], told["d"]).isoformat()
    except ValueError:
        return ""


def _day(written: str, order: str) -> str:
    return _iso([int(part) for part in re.split(r"[./-]", written)], order)


def _time(written: str, half: str) -> str:
    hour, minute = (int(part) for part in re.split(r"[:.]", written)[:2])
    if half:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return f"{hour:02}:{minute:02}"


__all__ = ["transcript"]
