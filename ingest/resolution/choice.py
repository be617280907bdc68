"""For each name in a document, which entity it stands for: its own, or another that the evidence speaks for clearly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from clew.graph.model import Merge, entity_id, stable_id
from clew.graph.name_keys import (
    FIRST_AND_LAST,
    asked_keys,
    block_keys,
    bracket,
    company_form,
    first_and_last,
    initial_and_last,
    joined,
    loose_key,
    titled,
    without_initials,
)
from clew.graph.store import Vectors
from clew.ingest.resolution.blocks import WIDEST, alias_kind, key_of
from clew.ingest.resolution.evidence import ACCEPTED, FAR, HIGHEST, MARGIN, MIDDLE, NEAR, Profile, fit, profile
from clew.ingest.resolution.units import Unit, Units

Encode = Callable[[list[str]], Vectors]
APART = frozenset[tuple[str, str]]()
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
_DATED = {"PERSON", "WORK"}
_APART = "apart"  # two names of one spelling that are never one thing
_REASONS = {
    "spelling": "the same name, spelled otherwise",
    "company": "the name without the company's form",
    "acronym": "its initials, as a document gives them",
    "nickname": "another name that a document gives it, and the text supports it",
    "alias": "another name that a document gives it",
    "bracket": "its name before the bracket, and the text supports it",
    "title": "its name before the comma, and the text supports it",
    "blanks": "the same name, with or without a blank",
    "initials": "the only person whose name the initials fit",
    "initial": "the person's name with or without an initial, and the text supports it",
    "longer name": "a shorter name of the person, and the text supports it",
    "homograph": "homograph: the text speaks of this one",
    "own title": "homograph: several documents have this title for different things",
}


class Option(NamedTuple):
    """A candidate for a name, how its name is related, and how well it fits."""

    candidate: Profile
    relation: str
    score: float


class Choice:
    """What each unit stands for. `apart` holds pairs (name's entity, other entity) that a person keeps apart."""

    def __init__(self, units: Units, encode: Encode, apart: frozenset[tuple[str, str]] = APART) -> None:
        self._units, self._encode, self._apart = units, encode, apart
        self._under: dict[str, list[str]] = {}
        self._alias: dict[str, list[str]] = {}
        self._profiles: dict[str, list[Profile]] = {}
        for name in sorted(units.of):
            for key in _met(name):
                self._under.setdefault(key, []).append(name)
        for name, aliases in sorted(units.aliases.items()):
            for alias in aliases:
                self._alias.setdefault(alias, []).append(name)

    def merges(self, names: Iterable[str]) -> dict[str, list[Merge]]:
        """The merges of these names, by document."""
        open_units = [(unit, self._options(unit)) for name in sorted(names) for unit in self._of(name)]
        near = self._near([pair for pair in open_units if pair[1]])
        found: dict[str, list[Merge]] = {}
        for unit, options in open_units:
            chosen = _best([option._replace(score=option.score + near(unit, option)) for option in options])
            if chosen is not None and chosen.candidate.id != entity_id(unit.key):
                found.setdefault(unit.document, []).append(_merge(unit, chosen))
        return found

    def _of(self, name: str) -> list[Unit]:
        return [unit for _, unit in sorted(self._units.of.get(name, {}).items())]

    # -- candidates ----------------------------------------------------------------------------------------------

    def _options(self, unit: Unit) -> list[Option]:
        own = self._profile(unit.key)
        if unit.home:
            mine = [one for one in own if unit.document in one.documents and len(own) > 1]
            return [Option(one, "own title", 2 * ACCEPTED) for one in mine if self._allowed(unit, one)]
        title = key_of(unit.title)
        related = [(one, relation) for name, relation in self._related(unit.key) for one in self._profile(name)]
        related += [(one, "homograph") for one in own if len(own) > 1]
        if related and len(own) == 1 and own[0].home:
            related.append((own[0], "own title"))
        return [
            Option(one, relation, fit(unit, title, one, relation))
            for one, relation in related
            if self._allowed(unit, one)
        ]

    def _allowed(self, unit: Unit, candidate: Profile) -> bool:
        return (entity_id(unit.key), candidate.id) not in self._apart

    def _related(self, name: str) -> list[tuple[str, str]]:
        """The names that this one may be short for, with how; those under a crowded key are left out."""
        found: dict[str, str] = {}
        for key in sorted(asked_keys(name)):
            names = self._under.get(key, ())
            for other in names if len(names) <= WIDEST else ():
                relation = self._relation(name, other)
                if relation:
                    found.setdefault(other, relation)
        for other in self._alias.get(name, ()):
            kind = alias_kind(name, other)
            if other != name and (kind == "acronym" or self._home(other)):
                found.setdefault(other, kind)
        return sorted(found.items())

    def _relation(self, name: str, other: str) -> str:
        """How `name` may stand for `other`; `""` where it may not, or rather the other way round."""
        (plain, inside), (base, told) = bracket(name), bracket(other)
        if name == other or told == "disambiguation" or (told != inside and inside):
            return ""
        if told and not inside:
            return "bracket" if self._home(other) and loose_key(plain) == loose_key(base) else ""
        if relation := _respelled(plain, base):
            return relation if self._rank(other) > self._rank(name) and relation != _APART else ""
        if titled(base) == loose_key(plain) and self._home(other):
            return "title"
        if not self._longer(name, other):
            return ""
        middle = max(loose_key(plain).split()[1:-1], loose_key(base).split()[1:-1], key=len)
        return "initial" if all(len(word) == 1 for word in middle) else "longer name"

    def _longer(self, name: str, other: str) -> bool:
        """Whether one is the other without the names in the middle, and `other` the one to stand for both: a title
        before any other, else the longer one."""
        longer, shorter = first_and_last(other), first_and_last(name)
        if longer and longer == f"{FIRST_AND_LAST}{loose_key(name)}":
            return self._home(other) or not self._home(name)
        return bool(shorter) and shorter == f"{FIRST_AND_LAST}{loose_key(other)}" and self._home(other)

    def _home(self, name: str) -> bool:
        return any(unit.home for unit in self._units.of.get(name, {}).values())

    def _rank(self, name: str) -> tuple[bool, int, str]:
        return self._home(name), len(name), name

    def _profile(self, name: str) -> list[Profile]:
        """The entities of a name: one, or several where documents of this title speak of different things."""
        if name not in self._profiles:
            self._profiles[name] = list(_profiles(name, self._of(name)))
        return self._profiles[name]

    # -- what the texts say --------------------------------------------------------------------------------------

    def _near(self, pairs: Sequence[tuple[Unit, list[Option]]]) -> Callable[[Unit, Option], float]:
        """The term of the embedding, for units whose candidates the words alone do not settle."""
        texts: dict[str, int] = {}
        for unit, options in pairs:
            if _settled(options):
                continue
            texts.setdefault(unit.text, len(texts))
            for option in options:
                texts.setdefault(option.candidate.text, len(texts))
        vectors = self._encode(list(texts)) if texts else np.zeros((0, 0), dtype=np.float32)

        def near(unit: Unit, option: Option) -> float:
            mine, other = texts.get(unit.text), texts.get(option.candidate.text)
            if mine is None or other is None or unit.home or option.relation == "spelling":
                return 0.0
            # In steps, so that the last bits of a vector, which vary with its batch, change nothing.
            return max(NEAR * (round(float(vectors[mine] @ vectors[other]), 1) - MIDDLE), FAR)

        return near


def _respelled(name: str, other: str) -> str:
    """How two names differ in their company's form, in blanks or in initials alone; `""` where they do otherwise."""
    if loose_key(name) == loose_key(other):
        forms = company_form(name), company_form(other)
        if all(forms) and forms[0] != forms[1]:
            return _APART  # Meridian Ltd is not Meridian GmbH
        return "company" if any(forms) and not all(forms) else "spelling"
    if loose_key(name) == joined(other) or loose_key(other) == joined(name):
        return "blanks"
    if loose_key(name) == without_initials(other) or loose_key(other) == without_initials(name):
        return "initials"
    key = initial_and_last(name)
    lone = min(len(loose_key(each).split()[0]) for each in (name, other))
    return "initials" if key and key == initial_and_last(other) and lone == 1 else ""


def _met(name: str) -> set[str]:
    return block_keys(name) | ({f"{FIRST_AND_LAST}{name}"} if len(name.split()) == 2 else set())


def _settled(options: Sequence[Option]) -> bool:
    """Whether the words alone settle it: nothing comes near the threshold, or one is past it and far from the rest."""
    best, *others = sorted((option.score for option in options), reverse=True)
    if best + HIGHEST < ACCEPTED or all(option.relation in {"spelling", "own title"} for option in options):
        return True
    return best + FAR >= ACCEPTED and not (others and best - others[0] < HIGHEST - FAR + MARGIN)


def _best(options: Sequence[Option]) -> Option | None:
    """The option that is good enough and clearly better than any other."""
    ranked = sorted(options, key=lambda option: (-option.score, option.candidate.id))
    if not ranked or ranked[0].score < ACCEPTED:
        return None
    rival = next((one for one in ranked[1:] if one.candidate.id != ranked[0].candidate.id), None)
    return ranked[0] if rival is None or ranked[0].score - rival.score >= MARGIN else None


def _merge(unit: Unit, chosen: Option) -> Merge:
    reason, score = _REASONS[chosen.relation], round(chosen.score, 2)
    return Merge(entity_id(unit.key), chosen.candidate.id, unit.name, chosen.candidate.name, reason, score)


def _profiles(name: str, units: Sequence[Unit]) -> Iterable[Profile]:
    homes = [unit for unit in units if unit.home]
    groups = _groups(homes) if 1 < len(homes) <= WIDEST else [homes]
    if len(groups) < 2:
        yield profile(entity_id(name), units)
        return
    for group in groups:
        yield profile(stable_id("entity", name, min(unit.document for unit in group)), group)


def _groups(homes: Sequence[Unit]) -> list[list[Unit]]:
    """The units of documents of one title, those together that may speak of the same thing."""
    groups = [{number} for number in range(len(homes))]
    for a, b in combinations(range(len(homes)), 2):
        if not _different(homes[a], homes[b]):
            joined = [group for group in groups if a in group or b in group]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return [[homes[number] for number in sorted(group)] for group in sorted(groups, key=min)]


def _different(a: Unit, b: Unit) -> bool:
    """Whether the beginnings of two documents of one title speak of different things: of other types, or of a person
    or work of other years."""
    if a.kind and b.kind and a.kind != b.kind:
        return True
    years = [set(_YEAR.findall(unit.text[:120])) for unit in (a, b)]
    return a.kind == b.kind and a.kind in _DATED and all(years) and years[0].isdisjoint(years[1])
