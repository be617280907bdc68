"""A message as a document: its header, what its sender wrote, what is quoted, and what the signature says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clew.ingest.load.items import Loaded
from clew.ingest.load.threads.body import Part, parts
from clew.ingest.load.threads.script import Script, first_names
from clew.ingest.load.threads.signature import stated
from clew.ingest.structure.turns import Turn

_ANSWER = re.compile(r"(?:[^\W\d_]{1,4}(?:\[\d{1,3}\])?:\s*)+", re.IGNORECASE)
_HEADER_LINES = ("From", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes or is written to: the name, which is the address where nothing else is known."""

    name: str
    address: str

    @staticmethod
    def of(name: str, address: str) -> Person:
        """The person of a header; "Torres, Ana" is Ana Torres."""
        name = name.strip().strip("\"'").strip()
        last, comma, first = name.partition(",")
        if comma and first.strip() and "," not in first and not any(letter.isdigit() for letter in name):
            name = f"{first.strip()} {last.strip()}"
        return Person(name if name and "@" not in name else address, address)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message: who wrote what to whom, when (an ISO day), in answer to which other (its id)."""

    uri: str
    sender: Person
    to: tuple[Person, ...]
    copied: tuple[Person, ...]
    subject: str
    date: str
    header: tuple[tuple[str, str], ...]
    body: str
    answers: str = ""
    attached: tuple[str, ...] = ()
    note: str = ""

    @property
    def people(self) -> tuple[Person, ...]:
        """All whom its header names."""
        return (self.sender, *self.to, *self.copied)


def letter(message: Letter) -> Loaded:
    """The document of the message."""
    script = Script()
    _header(script, message)
    body = parts(message.body, message.sender.name)
    group = next(
        (
            each.value
            for part in body
            if part.kind == "signature" and part.author == message.sender.name
            for each in stated(part.text, message.sender.name, message.sender.address)
            if each.entity
        ),
        "",
    )
    for part in body:
        _part(script, message, part, group)
    names = [person.name for person in message.people if "@" not in person.name]
    names += [part.author for part in body if part.author]
    title = message.subject or (f"Message from {message.sender.name}" if message.sender.name else "Message")
    return script.loaded(
        message.uri,
        title,
        metadata={"date": message.date} if message.date else None,
        note=message.note,
        names=first_names(names),
    )


def _header(script: Script, message: Letter) -> None:
    sender = message.sender.name
    topic = _ANSWER.sub("", message.subject, count=1).strip()
    for name, words in message.header:
        span = script.aside(f"{name}: {words}")
        if name == "From":
            _reachable(script, message.sender, span)
        elif name == "To":
            for person in message.to:
                script.state(sender, "wrote to", person.name, span, types=("PERSON", "PERSON"), when=message.date)
                _reachable(script, person, span)
        elif name == "Cc":
            for person in message.copied:
                script.state(sender, "copied in", person.name, span, types=("PERSON", "PERSON"), when=message.date)
                _reachable(script, person, span)
        elif name == "Subject" and topic:
            script.state(sender, "wrote about", topic, span, types=("PERSON", "OTHER"), when=message.date)
    for name in message.attached:
        script.state(sender, "attached", name, script.aside(f"Attached: {name}"), types=("PERSON", "text"))


def _reachable(script: Script, person: Person, span: tuple[int, int]) -> None:
    if person.name != person.address:
        script.state(person.name, "e-mail", person.address, span, types=("PERSON", "text"))


def _part(script: Script, message: Letter, part: Part, group: str) -> None:
    before = "\n\n"
    if part.kind == "attribution":
        script.aside(part.text, before=before)
    elif part.kind == "signature":
        _signature(script, message, part)
    elif part.kind == "own":
        you = message.to[0].name if len(message.to) == 1 else ""
        turn = Turn(0, 0, message.sender.name, you, group, message.date, message.date)
        script.say(part.text, turn, before=before, lines=True)
    else:
        author = _known(message, part)
        you = message.sender.name if author and author != message.sender.name else ""
        script.say(part.text, Turn(0, 0, author, you), before=before, quoted=max(part.depth, 1), lines=True)
        if part.depth <= 1 and author and message.sender.name:
            script.state(message.sender.name, "replied to", author, script.last, types=("PERSON", "PERSON"))


def _known(message: Letter, part: Part) -> str:
    """The name of the quoted author, as the header has it where it knows the address."""
    known = {person.address: person.name for person in message.people if person.address}
    return known.get(part.address, part.author)


def _signature(script: Script, message: Letter, part: Part) -> None:
    author = _known(message, part)
    address = part.address or (message.sender.address if author == message.sender.name else "")
    start, _ = script.aside(part.text, before="\n\n")
    for each in stated(part.text, author, address):
        tail = "ORGANISATION" if each.entity else "text"
        script.state(author, each.relation, each.value, (start + each.start, start + each.end), types=("PERSON", tail))


__all__ = ["Letter", "Person", "letter"]
