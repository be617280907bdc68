"""Values of made records: persons, dates, sums of money and the like, in the many ways that people write them."""

from __future__ import annotations

import random
from collections.abc import Callable

from clew.retrieval.training.fields import SIMPLE, WORDS

Name = Callable[[random.Random], str]
"""Some name that stands in a text."""


def value(rng: random.Random, kind: str, some_name: Name) -> str:
    """A value of this kind."""
    if kind in SIMPLE:
        return rng.choice(SIMPLE[kind])
    return _company(rng, some_name) if kind == "company" else _MAKERS[kind](rng)


def person(rng: random.Random) -> str:
    """A first and a last name."""
    return f"{rng.choice(WORDS['first'])} {rng.choice(WORDS['last'])}"


def _company(rng: random.Random, some_name: Name) -> str:
    own = rng.choice((rng.choice(WORDS["last"]), rng.choice(WORDS["plain"]).capitalize()))
    first = some_name(rng) if rng.random() < 0.3 else own
    return first + rng.choice((" Inc.", " Ltd", " GmbH", " & Sons", "", " Systems", " Pumps", " AG"))


def _team(rng: random.Random) -> str:
    return rng.choice((f"Team {rng.choice(WORDS['plain']).capitalize()}", f"the {rng.choice(WORDS['objects'])} team"))


def _room(rng: random.Random) -> str:
    return rng.choice((f"room {rng.randint(1, 400)}", f"Lab {rng.choice('ABCDEF')}{rng.randint(1, 9)}"))


def _phone(rng: random.Random) -> str:
    return f"+{rng.randint(1, 99)} {rng.randint(10, 999)} {rng.randint(1000, 99999)}"


def _mail(rng: random.Random) -> str:
    name = rng.choice(WORDS["first"] + WORDS["last"]).lower().replace("'", "")
    return f"{name}@{rng.choice(WORDS['plain'])}.example"


def _money(rng: random.Random) -> str:
    amount = rng.choice((f"{rng.randint(2, 900_000):,}", f"{rng.randint(1, 900)}.{rng.randint(10, 99)}"))
    return rng.choice((f"€{amount}", f"${amount}", f"{amount} euros", f"EUR {amount}", f"£{amount}"))


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1985, 2026)
    long = WORDS["months"][month - 1]
    forms = ("{y}-{m:02}-{d:02}", "{d} {long} {y}", "{long} {d}, {y}", "{long} {y}", "{d} {long}", "{y}")
    return rng.choice(forms).format(y=year, m=month, d=day, long=long)


def _version(rng: random.Random) -> str:
    return ".".join(str(rng.randint(0, 20)) for _ in range(rng.randint(2, 3)))


def _weight(rng: random.Random) -> str:
    return f"{rng.choice((rng.randint(1, 999), rng.randint(1, 99) / 10))} {rng.choice(('kg', 'g', 'tonnes'))}"


def _count(rng: random.Random) -> str:
    return rng.choice((f"{rng.randint(2, 5000):,}", str(rng.randint(2, 60))))


def _code(rng: random.Random) -> str:
    return f"{rng.choice(('PO', 'SN', 'A', 'INV', 'K'))}-{rng.randint(100, 99999)}"


def _duration(rng: random.Random) -> str:
    return f"{rng.randint(2, 90)} {rng.choice(('days', 'minutes', 'years', 'months', 'weeks', 'hours'))}"


def _things(rng: random.Random) -> str:
    *others, last = rng.sample(SIMPLE["part"], rng.randint(1, 3))
    return f"{', '.join(others)} and {last}" if others else last


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "person": person,
    "team": _team,
    "place": lambda rng: rng.choice(WORDS["places"]),
    "room": _room,
    "phone": _phone,
    "mail": _mail,
    "money": _money,
    "date": _date,
    "port": lambda rng: str(rng.randint(80, 9999)),
    "version": _version,
    "weight": _weight,
    "count": _count,
    "code": _code,
    "duration": _duration,
    "time": lambda rng: f"{rng.randint(0, 23):02}:{rng.choice((0, 15, 30, 45)):02}",
    "temperature": lambda rng: f"{rng.randint(-80, 300)} °C",
    "things": _things,
}
