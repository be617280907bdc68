"""Classes and relations that extraction maps to, and whether they make sense together."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from functools import cached_property

from clew.graph.errors import InputError

VALUES = ("date", "number", "text")
"""What a relation may reach instead of a class."""
_SHOWN = 20
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Class:
    """A kind of entity. `labels` are other names for it, `parents` the classes that it is a kind of."""

    name: str
    labels: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    comment: str = ""
    iri: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from `domain` to `range`, each any of these classes (none: anything); the range may name `date`,
    `number` or `text`. `labels` are other names for it, `inverses` names for it the other way round."""

    name: str
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    inverses: tuple[str, ...] = ()
    comment: str = ""
    iri: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and in which line of the file (0: not known)."""

    what: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line else self.what


@dataclass(frozen=True)
class Ontology:
    """Classes and relations, each name once."""

    classes: tuple[Class, ...]
    relations: tuple[Relation, ...]
    source: str = field(default="", compare=False)

    @cached_property
    def fingerprint(self) -> str:
        """12 hexadecimal digits of all that extraction depends on: not of lines and order."""
        parts = [
            sorted(json.dumps({**asdict(each), "line": 0}, sort_keys=True) for each in group)
            for group in (self.classes, self.relations)
        ]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=6).hexdigest()

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """By class: it and all that it is a kind of."""
        parents = {each.name: each.parents for each in self.classes}
        found: dict[str, frozenset[str]] = {}
        for name in parents:
            seen, stack = {name}, [name]
            while stack:
                more = [each for each in parents.get(stack.pop(), ()) if each not in seen]
                seen.update(more)
                stack += more
            found[name] = frozenset(seen)
        return found

    def is_a(self, kind: str, wanted: Iterable[str]) -> bool:
        """Whether the class is one of those wanted, or a kind of one."""
        return not self.ancestors.get(kind, frozenset((kind,))).isdisjoint(wanted)


def key(name: str) -> str:
    """Names of one key are one name: words in lower case, `directedBy` and `directed_by` as "directed by"."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(word.lower() for word in _WORD.findall(parted))


def checked(ontology: Ontology, problems: Iterable[Problem] = ()) -> Ontology:
    """The ontology, which makes sense. Raises InputError that names every problem, these ones first."""
    found = [*problems, *check(ontology)]
    if found:
        lines = [f"  {problem}" for problem in found[:_SHOWN]]
        more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        count = "a problem" if len(found) == 1 else f"{len(found)} problems"
        what = "\n".join([f"The ontology {ontology.source or 'given'} has {count}:", *lines, *more])
        raise InputError(what, hint="\nMend the file, then see: clew ontology check FILE")
    return ontology


def check(ontology: Ontology) -> Iterator[Problem]:
    """All that is wrong: nothing in it, a name twice, a class that does not exist, a circle of parents."""
    if not ontology.relations:
        yield Problem("it has no relations" + ("" if ontology.classes else " and no classes"))
    known = {each.name for each in ontology.classes}
    yield from _twice("class", ontology.classes)
    yield from _twice("relation", ontology.relations)
    for each in ontology.classes:
        for parent in each.parents:
            if parent not in known:
                yield _unknown(f"parent of class {each.name!r}", parent, known, each.line)
    for relation in ontology.relations:
        for place, names in (("domain", relation.domain), ("range", relation.range)):
            for name in names:
                if name not in known and not (place == "range" and name in VALUES):
                    yield _unknown(f"{place} of relation {relation.name!r}", name, known, relation.line)
        if len({name in VALUES for name in relation.range}) > 1:
            yield Problem(f"the range of relation {relation.name!r} mixes classes with values", relation.line)
    yield from _circles(ontology.classes)


def _twice(kind: str, group: Iterable[Class] | Iterable[Relation]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for each in group:
        folded = key(each.name)
        if not folded:
            yield Problem(f"a {kind} is called {each.name!r}, which holds no word", each.line)
        elif folded in seen:
            where = f", first in line {seen[folded]}" if seen[folded] else ""
            yield Problem(f"{kind} {each.name!r} stands there twice{where}", each.line)
        seen.setdefault(folded, each.line)


def _unknown(place: str, name: str, known: set[str], line: int) -> Problem:
    near = get_close_matches(name, sorted(known), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return Problem(f"the {place} is {name!r}, which is no class here{hint}", line)


def _circles(classes: Iterable[Class]) -> Iterator[Problem]:
    by_name = {each.name: each for each in classes}
    settled: set[str] = set()
    for name, each in by_name.items():
        stack: list[tuple[str, list[str]]] = [(name, [name])]
        while stack:
            at, way = stack.pop()
            for parent in by_name[at].parents if at in by_name else ():
                if parent == name:
                    if not settled.intersection(way):
                        chain = " -> ".join([*way, name])
                        yield Problem(f"class {name!r} is a kind of itself: {chain}", each.line)
                    settled.update(way)
                elif parent not in way and parent not in settled:
                    stack.append((parent, [*way, parent]))
        settled.add(name)
