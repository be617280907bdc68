"""Vaults of notes made up from a seed, with every link, property, alias and tag that is in them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

_BEGIN = (
    *("Bel", "Cor", "Dra", "Fen", "Gal", "Hol", "Kes", "Lor", "Mar", "Nor", "Pel"),
    *("Quin", "Ros", "Sal", "Tor", "Ver", "Wen", "Yar", "Zel", "Bran", "Cald", "Esk"),
)
_MIDDLE = ("a", "e", "i", "o", "u", "an", "en", "in", "or", "ul")
_END = ("berg", "dale", "ford", "holm", "lund", "mere", "nes", "rick", "stad", "ton", "vik", "wick", "by", "croft")
_FOLDERS = ("", "People", "Projects", "Projects/Old", "Areas", "Reading list")
_TAGS = ("person", "project", "team/platform", "place/north", "status/open", "idea")
_KEYS = ("owner", "manager", "depends on", "reviewed_by", "part-of")
_PLAIN = (("status", "active"), ("opened", "2021-03-01"), ("size", "12"), ("city", "Accra"), ("stage", "second draft"))
_SENTENCES = (
    "Works with {} on most days.",
    "See {} for the rest.",
    "Taken out of {} and {}.",
    "Half of this came out of {}.",
    "Compare {} with {}.",
)
_DAILY = "- 10:{:02} call about {}\n- Lunch.\n"


@dataclass
class Made:
    """What a vault says by construction: `links` are pairs of names, `beside` pairs that one sentence links,
    `properties` (note, relation, tail), `aliases` (note, alias), `tags` (note, tag)."""

    links: set[tuple[str, str]] = field(default_factory=set)
    beside: set[frozenset[str]] = field(default_factory=set)
    properties: set[tuple[str, str, str]] = field(default_factory=set)
    aliases: set[tuple[str, str]] = field(default_factory=set)
    tags: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class _Note:
    name: str
    path: str
    alias: str


def make_vault(root: Path, count: int, seed: int) -> Made:
    """A vault of so many notes is in the folder; returns what it says."""
    rng, made = random.Random(f"{seed}:{count}"), Made()
    notes = [_note(rng, number) for number in range(count)]
    (root / ".obsidian").mkdir(parents=True)
    missing = [f"{_word(rng)} {_word(rng)} Unwritten" for _ in range(max(1, count // 20))]
    for note in notes:
        path = root / f"{note.path}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(rng, note, notes, missing, made), encoding="utf-8")
    for day in range(1, min(28, 1 + count // 40)):
        note = rng.choice(notes)
        (root / f"2026-02-{day:02}.md").write_text(_DAILY.format(day, f"[[{note.name}]]"), encoding="utf-8")
    return made


def _word(rng: random.Random) -> str:
    return rng.choice(_BEGIN) + rng.choice(_MIDDLE) + rng.choice(_END)


def _note(rng: random.Random, number: int) -> _Note:
    name = f"{_word(rng)} {_word(rng)} {_letters(number)}"
    folder = rng.choice(_FOLDERS)
    return _Note(name, f"{folder}/{name}" if folder else name, f"{_word(rng)}{_letters(number)}")


def _letters(number: int) -> str:
    """A number as a capital and small letters, so that it looks like a name and is unlike any other."""
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters = chr(97 + rest) + letters
    return letters.capitalize()


def _text(rng: random.Random, note: _Note, notes: list[_Note], missing: list[str], made: Made) -> str:
    front, lines = ["---"], [f"# {note.name}", ""]
    if rng.random() < 0.5:
        front.append(rng.choice((f"aliases: [{note.alias}]", f"alias: {note.alias}", f"aliases:\n  - {note.alias}")))
        made.aliases.add((note.name, note.alias))
    for tag in rng.sample(_TAGS, rng.randint(0, 2)):
        if rng.random() < 0.5:
            tagged = any(line.startswith("tags") for line in front)
            (lines if tagged else front).append(f"#{tag}" if tagged else f"tags: [{tag}]")
        else:
            lines.append(f"Filed under #{tag} for now.")
        made.tags.add((note.name, tag))
    for key in rng.sample(_KEYS, rng.randint(0, 2)):
        other = rng.choice(notes)
        if other is note:
            continue
        inline = rng.random() < 0.4
        front, lines = _keep(front, lines, key, f"[[{other.name}]]", inline=inline)
        made.properties.add((note.name, key.replace("_", " ").replace("-", " "), other.name))
    for key, value in rng.sample(_PLAIN, rng.randint(0, 3)):
        front, lines = _keep(front, lines, key, value, inline=rng.random() < 0.3)
        made.properties.add((note.name, key, value))
    lines.append("")
    for _ in range(rng.randint(0, 4)):
        lines.append(_sentence(rng, note, notes, missing, made))
    lines += ["", "```", "[[Not a link]] #nottag key:: value", "```", "", "Nor `[[this one]]`.", ""]
    return "\n".join([*front, "---", *lines] if len(front) > 1 else lines)


def _keep(front: list[str], lines: list[str], key: str, value: str, *, inline: bool) -> tuple[list[str], list[str]]:
    if inline:
        return front, [*lines, f"{key}:: {value}"]
    return [*front, f'{key}: "{value}"' if "[" in value else f"{key}: {value}"], lines


def _sentence(rng: random.Random, note: _Note, notes: list[_Note], missing: list[str], made: Made) -> str:
    shape = rng.choice(_SENTENCES)
    named: list[str] = []
    shown: list[str] = []
    for _ in range(shape.count("{}")):
        if rng.random() < 0.1:
            name = rng.choice(missing)
            shown.append(f"[[{name}]]")
        else:
            other = rng.choice(notes)
            name = other.name
            shown.append(_link(rng, other, aliased=(other.name, other.alias) in made.aliases))
        named.append(name)
        if name != note.name:
            made.links.add((note.name, name))
    if len(set(named)) > 1:
        made.beside.add(frozenset(named))
    return shape.format(*shown)


def _link(rng: random.Random, other: _Note, *, aliased: bool) -> str:
    forms = [f"[[{other.name}]]", f"[[{other.path}]]", f"[[{other.name.lower()}]]", f"[[{other.name}|the latter]]"]
    forms += [f"[[{other.name}#Limits]]", f"[[{other.path}.md|it]]"]
    return rng.choice([*forms, f"[[{other.alias}]]"] if aliased else forms)


__all__ = ["Made", "make_vault"]
