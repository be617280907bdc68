"""Made records of people and things, as forms, lists, tables, rows and plain sentences, with questions about them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from clew.retrieval.training.fields import PEOPLE, THINGS, WORDS, Field
from clew.retrieval.training.values import Name, person, value

_ALIKE = (  # fields that may answer for each other, by their first names
    {"Owner", "Team", "Contact"},
    {"Location", "Room"},
    {"Supplier", "Manufacturer"},
    {"Start", "Installed"},
    {"Department", "Employer", "Office"},
    {"Depends on", "Consists of"},
    {"Price", "Budget"},
    {"Due", "Delivered"},
    {"Capacity", "Quantity"},
)
_CALLED = ("{Word}", "the {word} {thing}", "{thing} {number}", "{Word} {Thing}", "{Word}-{number}")
_TITLES = ("Overview", "Notes", "Minutes of the meeting", "List", "Status", "Inventory", "Staff", "Weekly report")


class Cell(NamedTuple):
    """A field's value, and whether it is the answer."""

    field: Field
    text: str
    answers: bool


class Record(NamedTuple):
    """What is said of one person or thing."""

    name: str
    cells: list[Cell]


Parts = Iterator[tuple[str, bool]]
"""Text, and whether it is the answer."""


def made(rng: random.Random, some_name: Name, *, without: float) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    """A question, a passage and the spans that answer, none for a share `without` of them."""
    people = rng.random() < 0.4
    fields = rng.sample(PEOPLE if people else THINGS, rng.randint(2, 5))
    names = list(dict.fromkeys(_called(rng, some_name, people=people) for _ in range(rng.choice((1, 2, 2, 3, 4, 5)))))
    asked, field = rng.choice(names), rng.choice(fields)
    question = rng.choice(field.asked).format(x=asked)
    spoilt = rng.random() < without
    if spoilt:
        others = [one for one in (PEOPLE if people else THINGS) if not any(_alike(one, told) for told in fields)]
        stranger = _called(rng, some_name, people=people)
        if rng.random() < 0.5 and stranger not in names:  # of a thing that the records do not have, or of a field
            question = rng.choice(field.asked).format(x=stranger)
        else:
            question = rng.choice(rng.choice(others).asked).format(x=asked)
    records = [
        Record(
            name,
            [
                Cell(one, value(rng, one.kind, some_name), _hit(name, one, asked, field) and not spoilt)
                for one in fields
            ],
        )
        for name in names
    ]
    passage, spans = "", []
    for text, answers in _written(rng, records, [rng.choice(one.names) for one in fields]):
        if answers:
            spans.append((len(passage), len(passage) + len(text)))
        passage += text
    return question, passage, tuple(spans)


def _hit(name: str, one: Field, asked: str, field: Field) -> bool:
    return name == asked and one is field


def _alike(one: Field, other: Field) -> bool:
    """Whether the one may say what is asked of the other."""
    first = {one.names[0], other.names[0]}
    return bool(set(one.names) & set(other.names)) or any(first <= group for group in _ALIKE)


def _called(rng: random.Random, some_name: Name, *, people: bool) -> str:
    if people:
        return person(rng)
    if rng.random() < 0.3:
        return some_name(rng)
    word, thing = rng.choice(WORDS["plain"]), rng.choice(WORDS["objects"])
    number = rng.randint(1, 999)
    return rng.choice(_CALLED).format(word=word, thing=thing, Word=word.title(), Thing=thing.title(), number=number)


def _written(rng: random.Random, records: list[Record], names: list[str]) -> Parts:
    if rng.random() < 0.3:
        yield f"{rng.choice(('# ', '', '== '))}{rng.choice(_TITLES)}\n\n", False
    yield from rng.choice((_forms, _bullets, _commas, _table, _prose, _prose))(rng, records, names)


def _forms(rng: random.Random, records: list[Record], names: list[str]) -> Parts:
    """`Key: value` lines below a heading for each record."""
    head = rng.choice(("# {}\n", "{}\n", "Name: {}\n", "## {}\n\n", "Item: {}\n"))
    mark, colon = rng.choice(("", "", "- ", "* ")), rng.choice((": ", ": ", " = ", ":\t"))
    for record in records:
        yield head.format(record.name), False
        for name, cell in zip(names, record.cells, strict=True):
            yield from ((f"{mark}{name}{colon}", False), (cell.text, cell.answers), ("\n", False))
        yield "\n", False


def _bullets(rng: random.Random, records: list[Record], names: list[str]) -> Parts:
    """One line a record: `- Name: owner Ana Silva, price 4`."""
    mark, colon = rng.choice(("- ", "* ", "", "1. ")), rng.choice((": ", " - ", " – ", ", "))
    inner, comma = rng.choice(((" ", ", "), (": ", "; ")))
    for record in records:
        yield f"{mark}{record.name}{colon}", False
        for place, (name, cell) in enumerate(zip(names, record.cells, strict=True)):
            yield f"{comma if place else ''}{name.lower()}{inner}", False
            yield cell.text, cell.answers
        yield "\n", False


def _commas(rng: random.Random, records: list[Record], names: list[str]) -> Parts:
    comma = rng.choice((",", ",", ";", "\t"))
    yield comma.join([rng.choice(("name", "Name", "item")), *names]) + "\n", False
    for record in records:
        yield record.name, False
        for cell in record.cells:
            yield from ((comma, False), (cell.text, cell.answers))
        yield "\n", False


def _table(rng: random.Random, records: list[Record], names: list[str]) -> Parts:
    yield "| " + " | ".join([rng.choice(("Name", "Item", "What")), *names]) + " |\n", False
    yield "|" + "---|" * (len(names) + 1) + "\n", False
    for record in records:
        yield f"| {record.name} ", False
        for cell in record.cells:
            yield from (("| ", False), (cell.text, cell.answers), (" ", False))
        yield "|\n", False


def _prose(rng: random.Random, records: list[Record], _names: list[str]) -> Parts:
    """Sentences; some call a record that was named before by a pronoun."""
    gap = rng.choice((" ", " ", "\n", "\n\n", "\n- "))
    for record in records:
        for place, cell in enumerate(record.cells):
            short = "it" if cell.field in THINGS else "this person"
            name = record.name if place == 0 or rng.random() < 0.6 else short
            before, after = rng.choice(cell.field.said).format(x=name, v="\0").split("\0")
            yield from ((before[:1].upper() + before[1:], False), (cell.text, cell.answers), (after + gap, False))
