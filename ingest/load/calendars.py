"""Calendars and address books: each event with its time, place and people, each person with what the card tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import icalendar
import vobject

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean, read_text
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.threads.script import Script

_EVENT = (
    ("LOCATION", "location"), ("ORGANIZER", "organiser"), ("ATTENDEE", "attendee"), ("STATUS", "status"),
    ("CATEGORIES", "category"), ("URL", "website"), ("RRULE", "repeats"),
)  # fmt: skip
_PEOPLE = frozenset({"ORGANIZER", "ATTENDEE"})
_KINDS = {"VEVENT": "EVENT", "VTODO": "OTHER", "VJOURNAL": "OTHER"}
_CARD = (
    ("org", "organisation", "ORGANISATION"), ("title", "title", "text"), ("role", "role", "text"),
    ("email", "e-mail", "text"), ("tel", "phone", "text"), ("adr", "address", "text"), ("bday", "birthday", "value"),
    ("url", "website", "text"), ("nickname", "nickname", "text"), ("categories", "category", "text"),
)  # fmt: skip


def read_ics(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for each event or task of a calendar."""
    raw, note = read_text(origin.path)
    try:
        calendars = icalendar.Calendar.from_ical(raw, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        raise SourceError(f"is no calendar that can be read: {str(error).splitlines()[0][:200]}") from error
    number = wrong = 0
    for calendar in calendars:
        for event in calendar.walk():
            if event.name in _KINDS:
                number += 1
                wrong += bool(event.errors)
                yield _event(origin, event, number, note if number == 1 else "")
    if not number:
        raise SourceError("holds no events")
    if wrong:
        yield Problem(origin.uri, f"has {wrong:,} events with lines that could not be read; the rest of them is", True)


def _event(origin: Origin, event: Any, number: int, note: str) -> Loaded:
    name = _words(event.get("SUMMARY")) or f"Event {number} of {origin.stem}"
    script = Script()
    span = script.aside(name)
    kind = _KINDS[event.name]
    for key, relation in (("DTSTART", "start"), ("DTEND", "end"), ("DUE", "due")):
        when = _when(event.get(key))
        if when:
            line = script.aside(f"{relation}: {when}")
            script.state(name, relation, when[:10], line, types=(kind, "value"))
            if len(when) > len("2026-03-12"):
                script.state(name, f"{relation} time", when[11:], line, types=(kind, "text"))
    for key, relation in _EVENT:
        found = event.get(key)
        for each in found if isinstance(found, list) else [found] if found is not None else []:
            words = _person(each) if key in _PEOPLE else _words(each)
            tail = "PERSON" if key in _PEOPLE else "PLACE" if key == "LOCATION" else "text"
            if words:
                script.state(name, relation, words, script.aside(f"{relation}: {words}"), types=(kind, tail))
                _address(script, each, words, key)
    described = _words(event.get("DESCRIPTION"), lines=True)
    if described:
        script.prose(described)
    script.links.append(script.link(span, name, kind))
    uid = _words(event.get("UID"))
    return script.loaded(f"{origin.uri}#{uid or number}", name, note=note)


def _address(script: Script, value: Any, name: str, key: str) -> None:
    address = str(value).removeprefix("mailto:").removeprefix("MAILTO:")
    if key in _PEOPLE and "@" in address and address != name:
        script.state(name, "e-mail", address, script.aside(f"e-mail: {address}"), types=("PERSON", "text"))


def _person(value: Any) -> str:
    named = getattr(value, "params", {}).get("CN", "")
    address = str(value).removeprefix("mailto:").removeprefix("MAILTO:")
    return " ".join(clean(str(named or address)).split())


def _when(value: Any) -> str:
    when = getattr(value, "dt", None)
    if isinstance(when, datetime):
        zone = when.strftime(" %Z") if when.tzinfo else ""
        return f"{when:%Y-%m-%d %H:%M}{zone}"
    return when.isoformat() if isinstance(when, date) else ""


def _words(value: Any, *, lines: bool = False) -> str:
    if value is None:
        return ""
    if hasattr(value, "cats"):
        return ", ".join(_words(each) for each in value.cats)
    text = (
        ";".join(f"{key}={','.join(map(str, each))}" for key, each in value.items())
        if isinstance(value, dict)
        else str(value)
    )
    return clean(text).strip() if lines else " ".join(clean(text).split())


def read_vcf(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for each card of an address book; a card that is broken is named, and the others are read."""
    raw, note = read_text(origin.path)
    number = 0
    for number, text in enumerate(_cards(raw), start=1):
        try:
            card = vobject.readOne(text, ignoreUnreadable=True)
        except (vobject.base.VObjectError, ValueError, IndexError, StopIteration) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            yield Problem(f"{origin.uri}#{number}", f"card {number} cannot be read: {reason}")
            continue
        yield _card(origin, card, number, note if number == 1 else "")
    if not number:
        raise SourceError("holds no cards")


def _cards(raw: str) -> Iterator[str]:
    held: list[str] = []
    for line in raw.split("\n"):
        if line.strip().upper() == "BEGIN:VCARD":
            held = []
        held.append(line)
        if line.strip().upper() == "END:VCARD":
            yield "\n".join(held) + "\n"
            held = []
    if any(line.strip().upper() == "BEGIN:VCARD" for line in held):
        yield "\n".join(held) + "\n"


def _card(origin: Origin, card: Any, number: int, note: str) -> Loaded:
    contents = card.contents
    name = next((_field(each) for key in ("fn", "n", "org", "email") for each in contents.get(key, ())), "")
    name = name or f"Card {number} of {origin.stem}"
    script = Script()
    person = "fn" in contents or "n" in contents
    kind = (
        "PERSON" if person and name != next((_field(each) for each in contents.get("org", ())), "") else "ORGANISATION"
    )
    span = script.aside(name)
    for key, relation, tail in _CARD:
        for each in contents.get(key, ()):
            words = _field(each)
            if words:
                script.state(name, relation, words, script.aside(f"{relation}: {words}"), types=(kind, tail))
    for each in contents.get("note", ()):
        script.prose(clean(str(each.value)).strip())
    script.links.append(script.link(span, name, kind))
    uid = next((_field(each) for each in contents.get("uid", ())), "")
    return script.loaded(f"{origin.uri}#{uid or number}", name, note=note)


def _field(content: Any) -> str:
    value = content.value
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value if each)
    elif type(value).__name__ in {"Address", "Name"}:
        value = str(value)
    return " ".join(clean(str(value)).split()).strip(" ,")


__all__ = ["read_ics", "read_vcf"]
