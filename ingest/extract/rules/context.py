"""What the clause and noun rules share: what each word stands for, what hangs on it, and where triples go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from clew.graph.model import Value, name_key
from clew.ingest.extract.names.coreference import Reference, Referents
from clew.ingest.extract.names.definitions import Definition
from clew.ingest.extract.names.marked import Names
from clew.ingest.extract.names.things import is_definite, telling, value_text
from clew.ingest.extract.rules.end_types import head_type, tail_type
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.references import References
from clew.ingest.extract.rules.word_lists import KIN, RANKS, VAGUE
from clew.ingest.extract.types import RawTriple

_DEPTH = 8
_FAR = 25  # tokens between the ends of a statement above which it is less certain
_QUOTES = {'"', "“", "”", "''", "``"}


class Said(NamedTuple):
    """How a clause says what it says: flags, its verb as written, since when and until when it holds."""

    flags: tuple[str, ...] = ()
    verb: str = ""
    since: str = ""
    until: str = ""


PLAIN = Said()


class Context(References):
    """One parsed piece of a document while its triples are read."""

    def __init__(
        self, text: str, parse: Parse, names: Names, referents: Referents, definitions: Sequence[Definition] = ()
    ) -> None:
        super().__init__(text, parse, names, referents, definitions)
        self.definite: set[str] = set()  # keys of the values that may be things of their own

    def whole(self, index: int) -> list[Reference]:
        """The work that "the script" or "music" at this token is part of: the document's subject, if it is one."""
        title = self.referents
        if not title.title or title.type != "WORK" or self.parse.child(index, "nmod", "nmod:poss") >= 0:
            return []
        return [Reference(title.title, "WORK", 0.85)]

    def owners(self, index: int) -> list[Reference]:
        """Whose the thing at this noun is: Acme for "Acme's office" and "the office of Acme"."""
        parse = self.parse
        owner = parse.child(index, "nmod:poss", "nmod") if index >= 0 and parse.pos[index] == "NOUN" else -1
        if owner < 0 or parse.lemma[index] in VAGUE or (parse.dep[owner] == "nmod" and parse.case(owner) != "of"):
            return []
        return [reference._replace(factor=reference.factor * 0.85) for reference in self.refer(owner)]

    def work_above(self, index: int, heads: list[Reference]) -> tuple[int, list[Reference]]:
        """What was released, directed or written is no person: the work that the person's phrase belongs to."""
        place = index
        for _ in range(_DEPTH):
            above = self.parse.head[place]
            if above == place:
                break
            place = above
            found = [reference for reference in self.refer(place) if reference.type == "WORK"]
            if found:
                return place, [reference._replace(factor=reference.factor * 0.9) for reference in found]
        return index, heads

    def listed(self, index: int) -> list[tuple[Reference, int]]:
        """What an object stands for, with where it stands: the names of a list one by one."""
        found = [(reference, index) for reference in self.refer(index)]
        number = self.names.at[index]
        if number >= 0 and found and found[0][0].type != "PLACE":
            found += self._continued(number)
        for kid in self.parse.kids[index] if found else ():
            if self.parse.dep[kid] == "conj" and KIN.isdisjoint(self.parse.low[index + 1 : kid]):
                found += [(reference, kid) for reference in self.refer(kid)]
        if found and found[0][0].type == "PERSON":  # "to Stephen, Count of A and B"
            found = [pair for pair in found if pair[0].type != "PLACE" or " of " in pair[0].name]
        unique: dict[str, tuple[Reference, int]] = {}
        for reference, place in found:
            unique.setdefault(reference.name, (reference, place))
        return list(unique.values())

    def behind(self, noun: int, *, owners: bool = False) -> Iterator[tuple[str, Reference, int]]:
        """What hangs on a common noun by a preposition, with that and where it stands; its `owners` by "of"."""
        parse = self.parse
        for kid in parse.kids[noun]:
            preposition = {"nmod": parse.case(kid), "nmod:poss": "of" if owners else ""}.get(parse.dep[kid], "")
            if preposition and self.names.date_at[kid] < 0:
                for tail, place in self.listed(kid):
                    yield preposition, tail, place

    def _continued(self, number: int) -> Iterable[tuple[Reference, int]]:
        """The names that follow in the same list, whatever the parser made of it."""
        parse, spans = self.parse, self.names.spans
        while number + 1 < len(spans):
            between = [word for word in parse.low[spans[number].last : spans[number + 1].first] if word not in _QUOTES]
            head = self.head_of(number + 1)
            if not between or len(between) > 2 or not set(between) <= {",", "and", "&"}:
                return
            if parse.dep[head].startswith("nsubj") and parse.head[head] > head:
                return
            if parse.sentence[spans[number].first] != parse.sentence[spans[number + 1].first]:
                return
            number += 1
            words = parse.words[spans[number].first : spans[number].last]
            if between == [","] and not RANKS.isdisjoint(words[:2]) and "of" in words:
                return  # "John of Brienne, Latin Emperor of Constantinople" is one person
            reference = self.called[number]
            if reference.name and reference.type in {"PERSON", "ORGANISATION", "OTHER", "WORK"}:
                yield reference._replace(factor=reference.factor * 0.95), head

    def date(self, index: int) -> tuple[Value, bool] | None:
        """The date that this token is part of, and whether it names a day."""
        number = self.names.date_at[index]
        if number < 0:
            return None
        first, last, normal = self.names.dates[number]
        text = self.text[self.parse.start[first] : self.parse.end[last - 1]]
        return Value(text, "date", normal), len(normal) == 10

    def iso(self, index: int) -> str:
        """The ISO date that this token is part of, empty where it is part of none."""
        found = self.date(index)
        return found[0].normal if found is not None else ""

    def emit(
        self,
        heads: Iterable[Reference],
        relation: str,
        tail: Reference | Value,
        tokens: Iterable[int],
        confidence: float,
        *,
        said: Said = PLAIN,
        qualifiers: Mapping[str, str] | None = None,
    ) -> None:
        """`heads` stand in `relation` to `tail`, as the text from the first to the last of these tokens says, in the
        way that `said` tells."""
        first, last = self._extent(tokens)
        if last - first > _FAR:
            confidence *= 0.85
        name: str | Value = tail if isinstance(tail, Value) else tail.name
        kind = "" if isinstance(tail, Value) else tail.type
        factor = 1.0 if isinstance(tail, Value) else tail.factor
        start, end = self.parse.start[first], self.parse.end[last]
        more = {**(qualifiers or {}), **({"verb": said.verb} if said.verb else {})}
        for head in heads:
            if name == head.name or not relation or not name:
                continue
            self.triples.append(
                RawTriple(
                    head.name, head_type(head, relation), relation, name, tail_type(kind, relation), start, end,
                    round(confidence * head.factor * factor, 3), said.flags, more, said.since, said.until,
                )
            )  # fmt: skip

    def value(self, noun: int) -> Value:
        """The phrase of a common noun as a value; where it is definite, it may turn out to be a thing of its own."""
        value = Value(value_text(self.page, noun))
        if is_definite(self.parse, noun):
            self.definite.add(name_key(value.text))
        return value

    def tails(self, index: int) -> list[tuple[Reference, int]]:
        """What an object stands for: names, else a thing that is as good as named."""
        found = self.listed(index)
        if not found and index >= 0 and telling(self.parse, index):
            found = [(reference, index) for reference in self.things(index)[:1]]
        return found

    def _extent(self, tokens: Iterable[int]) -> tuple[int, int]:
        first, last = len(self.parse), 0
        for index in tokens:
            if index < 0:
                continue
            number = self.names.at[index]
            low, high = index, index
            if number >= 0:
                low, high = self.names.spans[number].first, self.names.spans[number].last - 1
            elif (date := self.names.date_at[index]) >= 0:
                low, high = self.names.dates[date][0], self.names.dates[date][1] - 1
            first, last = min(first, low), max(last, high)
        return first, last
