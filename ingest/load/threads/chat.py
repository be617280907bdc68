"""Messages of a chat as one document: a line a message, each with who wrote it, when, and in answer to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.ingest.load.items import Loaded
from clew.ingest.load.threads.script import Script, first_names
from clew.ingest.structure.turns import Link, Turn


@dataclass(frozen=True, slots=True)
class Message:
    """What one person wrote; `speech` is false for a notice of the program. `mentions` are people named in the text,
    with their places in it; `answers` is who wrote what it is an answer to."""

    speaker: str
    text: str
    date: str = ""
    time: str = ""
    answers: str = ""
    speech: bool = True
    mentions: tuple[tuple[int, int, str], ...] = ()
    files: tuple[str, ...] = ()


def chat(
    messages: Sequence[Message],
    uri: str,
    title: str,
    *,
    known: Sequence[str] = (),
    place: str = "",
    people: Sequence[tuple[str, tuple[tuple[str, str], ...]]] = (),
    note: str = "",
) -> Loaded:
    """The document of these messages. `known` are people who may be named by their given name, `place` the channel;
    `people` are facts of people, each with what they are called, which stand first."""
    script = Script()
    for person, facts in people:
        script.aside(person)
        for key, value in facts:
            script.state(person, key, value, script.aside(f"{key}: {value}"), types=("PERSON", "text"))
    day = ""
    for number, message in enumerate(messages):
        if message.date != day:
            day = message.date
            script.section(day)
        before = messages[number - 1] if number else None
        _message(script, message, before, place)
    speakers = [message.speaker for message in messages if message.speaker]
    return script.loaded(uri, title, note=note, names=first_names([*known, *speakers]))


def _message(script: Script, message: Message, before: Message | None, place: str) -> None:
    when = f"[{' '.join(filter(None, (message.date, message.time)))}] " if message.date or message.time else ""
    if not message.speech or not message.speaker:
        script.aside(f"{when}{message.text}")
        return
    named, _ = script.aside(f"{when}{message.speaker}:")
    script.links.append(Link(named + len(when), named + len(when) + len(message.speaker), message.speaker, "PERSON"))
    if place:
        script.state(message.speaker, "wrote in", place, script.last, types=("PERSON", "OTHER"), when=message.date)
    start, _ = script.say(
        message.text,
        Turn(0, 0, message.speaker, _addressed(message, before), "", message.date, message.date),
        before=" ",
    )
    script.links += [Link(start + first, start + last, name, "PERSON") for first, last, name in message.mentions]
    if message.answers and message.answers != message.speaker:
        script.state(
            message.speaker, "replied to", message.answers, script.last, types=("PERSON", "PERSON"), when=message.date
        )
    for name in message.files:
        script.state(message.speaker, "shared", name, script.aside(f"Shared: {name}"), types=("PERSON", "text"))


def _addressed(message: Message, before: Message | None) -> str:
    """Whom "you" means: who is named first thing in the message, who is answered, else who wrote before."""
    if message.mentions and message.mentions[0][0] <= 1:
        return message.mentions[0][2]
    if message.answers and message.answers != message.speaker:
        return message.answers
    return before.speaker if before is not None and before.speech and before.speaker != message.speaker else ""


__all__ = ["Message", "chat"]
