"""What made records say, from `fields.yaml`: kinds of values, how each is asked for and how a sentence says it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml


class Field(NamedTuple):
    """`names` as a form writes it; `kind` of value; `asked` questions with {x}, the record's name; `said` sentences
    with {x} and {v}, the value."""

    names: tuple[str, ...]
    kind: str
    asked: tuple[str, ...]
    said: tuple[str, ...]


_READ = yaml.safe_load(Path(__file__).with_name("fields.yaml").read_text(encoding="utf-8"))


def _fields(key: str) -> tuple[Field, ...]:
    rows = _READ[key]
    return tuple(Field(tuple(row["names"]), row["kind"], tuple(row["asked"]), tuple(row["said"])) for row in rows)


THINGS, PEOPLE = _fields("things"), _fields("people")
SIMPLE: dict[str, list[str]] = _READ["simple"]
WORDS: dict[str, list[str]] = _READ["words"]
