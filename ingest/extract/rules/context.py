"""What the clause and noun rules share: the parse, its names, what each word stands for, and where triples go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from clew.graph.model import Value
from clew.ingest.extract.names.coreference import PRONOUNS, Reference, Referents
from clew.ingest.extract.names.deixis import SPEAKING
from clew.ingest.extract.names.mentions import Names, tidy
from clew.ingest.extract.names.pronouns import antecedents
from clew.ingest.extract.rules.close_appositions import apposed, classed
from clew.ingest.extract.rules.end_types import head_type, tail_type
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.speech import speaker_at, told
from clew.ingest.extract.rules.word_lists import HEDGES, KIN, NEGATIONS, RANKS, VAGUE, noun_type
from clew.ingest.extract.types import RawMention, RawTriple

_DEPTH = 8
_FAR = 25  # tokens between the ends of a statement above which it is less certain
_LIST_SEPARATORS = {",", "and", "&", "or", "as"}
_QUOTES = {'"', "“", "”", "''", "``"}
RELATIVE = {"who", "which", "that", "whom"}
IDENTIFYING = {"", "among", "as"}  # a predicate noun with another preposition is not what its subject is


class Context:
    """One parsed piece of a document while its triples are read."""

    def __init__(self, text: str, parse: Parse, names: Names, referents: Referents) -> None:
        self.text, self.parse, self.names, self.referents = text, parse, names, referents
        self.mentions: list[RawMention] = []
        self.triples: list[RawTriple] = []
        self.called: list[Reference] = []  # of each named mention
        self.antecedents = antecedents(parse)
        self._memo: dict[int, list[Reference]] = {}
        self._register()

    def _register(self) -> None:
        """Every named mention is resolved, in the order of the text."""
        parse = self.parse
        for span in self.names.spans:
            start, end = parse.start[span.first], parse.end[span.last - 1]
            if span.means:
                reference, mention = told(self.referents, span, self.text[start:end], start)
                self.called.append(reference)
                self.mentions.append(mention)
                continue
            if parse.words[span.last - 1][-1] == "." and self._ends_sentence(span.last) and end - start > 3:
                end -= len(parse.words[span.last - 1]) < 6 and parse.low[span.last - 1] not in {
                    "jr.",
                    "sr.",
                    "inc.",
                    "ltd.",
                }
            text = self.text[start:end]
            name, kind, form = tidy(text), span.type, "name"
            if span.subject and self.referents.title:
                self.referents.alias(name)
            if not name:
                self.called.append(Reference("", kind, 0.0))
                continue
            name, kind, form = self.referents.name(name, kind, start)
            factor = 1.0 if form == "name" else 0.95
            self.called.append(Reference(name, kind, factor))
            self.mentions.append(RawMention(start, end, text, kind, round(span.confidence * factor, 3), form, name))
            if span.short and form == "name":
                end = parse.end[span.short - 1]
                short = self.text[start:end]
                self.mentions.append(RawMention(start, end, short, kind, span.confidence, "alias", name))
                self.referents._full.setdefault(tidy(short).casefold(), name)

    def _ends_sentence(self, index: int) -> bool:
        return index >= len(self.parse) or self.parse.sentence[index] != self.parse.sentence[index - 1]

    def named(self, index: int) -> Reference | None:
        """What the named mention at this token is called; None where there is none."""
        place = self.names.at[index]
        return self.called[place] if place >= 0 and self.called[place].name else None

    def refer(self, index: int, depth: int = 0) -> list[Reference]:
        """What the phrase headed by this token stands for; empty where it is no entity that we know."""
        if index < 0 or depth > _DEPTH:
            return []
        if index not in self._memo:
            self._memo[index] = []  # a circle stands for nothing
            self._memo[index] = self._refer(index, depth)
        return self._memo[index]

    def stand_for(self, index: int, references: list[Reference]) -> None:
        """From here on, the phrase headed by this token stands for these."""
        self._memo[index] = references

    def _refer(self, index: int, depth: int) -> list[Reference]:
        parse = self.parse
        name = self.named(index)
        if name is not None:
            return [name]
        low = parse.low[index]
        if low in SPEAKING:
            named = [(self.head_of(number), each.name) for number, each in enumerate(self.called) if each.name]
            found = speaker_at(parse, self.referents.turn, index, named)
            return self._mentioned(index, found, "pronoun")
        if low in PRONOUNS:
            return self._mentioned(index, self._pronoun(index, depth), "pronoun")
        if low in RELATIVE:
            return self.refer(self.antecedent(index), depth + 1)
        if parse.pos[index] not in {"NOUN", "PROPN", "ADJ"}:
            return []
        return self._noun(index, depth)

    def _pronoun(self, index: int, depth: int) -> Reference | None:
        """The document's subject, else the earlier subject of the sentence that fits, else what was spoken of last."""
        found = self.referents.pronoun(self.parse.low[index], self.parse.start[index])
        if (found is None or found.name != self.referents.title) and index in self.antecedents:
            earlier = self.refer(self.antecedents[index], depth + 1)
            if earlier and earlier[0].factor >= 0.9:
                return earlier[0]._replace(factor=earlier[0].factor * 0.8)
        return found

    def _noun(self, index: int, depth: int) -> list[Reference]:
        parse = self.parse
        dep, head = parse.dep[index], parse.head[index]
        if parse.child(index, "cop") >= 0:
            if parse.case(index) not in IDENTIFYING:  # "is in debt"
                return []
            own = parse.child(index, "nsubj", "nsubj:outer")
            if own < 0 and dep == "xcomp":  # "is believed to be a son of X"
                own = parse.child(head, "nsubj", "nsubj:pass")
            return self.subjects(own, depth + 1)
        if dep == "conj" and parse.child(head, "cop") >= 0:
            return self.refer(head, depth + 1)
        if dep == "conj" and parse.dep[head] == "appos" and self.named(head) is None:
            return self.refer(head, depth + 1)
        beside = self._beside(index) or self._beside_shared(index)
        if beside is not None:
            return [beside]
        tied = self._tied(index, depth)
        named = None if tied else apposed(parse, self.named, index) or classed(parse, self.named, index)
        return [named] if named is not None else tied

    def _tied(self, index: int, depth: int) -> list[Reference]:
        """A noun that the grammar ties to a name, or "the NOUN" that was spoken of before."""
        parse = self.parse
        dep, head = parse.dep[index], parse.head[index]
        apart = dep == "conj" and parse.dep[head] == "nmod" and noun_type(parse.low[index]) == "PERSON"
        if dep == "conj" and self.named(head) is not None and parse.low[index] in KIN and parse.words[index - 1] == ",":
            return self.refer(head, depth + 1)  # "Teutberga, daughter of Boso"
        if apart and self.named(head) is not None:  # "a daughter of Boso and sister of Hucbert"
            return self.refer(parse.head[head], depth + 1)
        if dep in {"appos", "nmod:desc"} and (name := self.named(head)) is not None:
            if name.type == "PLACE" and noun_type(parse.low[index]) == "PERSON" and parse.head[head] < head:
                head = parse.head[head]  # "a prince of Denmark, son of X": no place is a son
            return self.refer(head, depth + 1)
        is_called = dep == "nsubj" and parse.child(head, "cop") >= 0 and not parse.case(head)
        if is_called and (called := self.named(head)) is not None:
            return [called]
        definite = parse.child(index, "det")
        if definite >= 0 and parse.low[definite] in {"the", "this"} and index - definite <= 2:
            bare = index - definite == 1
            reference = self.referents.nominal(parse.lemma[index].lower(), parse.start[index], bare=bare)
            return self._mentioned(index, reference, "nominal", first=definite)
        return []

    def _beside_shared(self, index: int) -> Reference | None:
        """ "singer and songwriter Alicia Keys": both nouns stand beside her."""
        shared = self.parse.child(index, "conj")
        if (
            shared >= 0
            and self.parse.pos[shared] == "NOUN"
            and self.parse.child(shared, "det") < 0
            and shared - index < 6
        ):
            return self._beside(shared)
        return None

    def _beside(self, index: int) -> Reference | None:
        """The name that stands right after the noun or in apposition to it: "his wife Anna", "her husband, Guy"."""
        parse = self.parse
        after = index + 1
        comma = after < len(parse) and parse.words[after] == ","
        article = comma and after + 1 < len(parse) and parse.low[after + 1] == "the"  # "the award, the Stirling Prize"
        for place in (after, after + 1) if not comma else (after + 1 + article,):
            if place >= len(parse) or parse.sentence[place] != parse.sentence[index]:
                return None
            number = self.names.at[place]
            if number >= 0 and self.names.spans[number].first == place:
                head = self.head_of(number)
                tied = parse.head[head] == index and parse.dep[head] in {
                    "appos",
                    "flat",
                    "compound",
                    "nmod:desc",
                    "list",
                }
                tied = tied or (
                    parse.head[index] == head and parse.dep[index] in {"nmod:desc", "compound", "appos", "amod"}
                )
                near = not comma and place == after and parse.tag[index] == "NN" and bool(noun_type(parse.low[index]))
                return self.called[number] if (tied or near) and self.called[number].name else None
            if comma or parse.pos[place] != "PUNCT" or parse.words[place] in {".", ";", ":", "(", ")", "-", "–"}:
                return None
        return None

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

    def head_of(self, number: int) -> int:
        """The token of a named mention that hangs on something outside it."""
        span = self.names.spans[number]
        for index in range(span.first, span.last):
            head = self.parse.head[index]
            if head == index or not span.first <= head < span.last:
                return index
        return span.first

    def _mentioned(self, index: int, found: Reference | None, form: str, *, first: int = -1) -> list[Reference]:
        if found is None:
            return []
        start, end = self.parse.start[index if first < 0 else first], self.parse.end[index]
        text = self.text[start:end]
        self.mentions.append(RawMention(start, end, text, found.type, round(0.9 * found.factor, 3), form, found.name))
        return [found]

    def antecedent(self, index: int) -> int:
        """The noun that a relative clause around this token modifies; -1 where it is in none."""
        relative = index
        for _ in range(_DEPTH):
            if self.parse.dep[index] == "acl:relcl":
                return self.parse.head[index]
            if self.parse.head[index] == index:
                break
            index = self.parse.head[index]
        return self._named_before(relative)

    def _named_before(self, index: int) -> int:
        """ "X, who": the parser may hang the clause elsewhere; the name right before it is what it speaks of."""
        before = index - 2 if index > 1 and self.parse.words[index - 1] == "," else index - 1
        number = self.names.at[before] if before >= 0 and self.parse.low[index] in {"who", "which"} else -1
        return self.head_of(number) if number >= 0 else -1

    def subjects(self, index: int, depth: int = 0) -> list[Reference]:
        """What a subject and the subjects coordinated with it stand for."""
        found = list(self.refer(index, depth))
        if index >= 0:
            for kid in self.parse.kids[index]:
                if self.parse.dep[kid] == "conj" and (name := self.named(kid)) is not None:
                    found.append(name)
        return list(dict.fromkeys(found))

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

    def flags(self, index: int) -> tuple[str, ...]:
        """`negated` and `hedged` for the clause headed by this token, `attributed:NAME` where a name says it."""
        parse, flags = self.parse, set()
        for kid in parse.kids[index]:
            low, dep = parse.low[kid], parse.dep[kid]
            if low in NEGATIONS and dep in {"advmod", "det", "cc", "cc:preconj", "mark"}:
                flags.add("negated")
            elif (
                (low in HEDGES and dep == "advmod")
                or (dep == "aux" and low in {"may", "might", "could"})
                or (dep == "mark" and low in {"if", "whether", "unless"})
                or (dep == "aux" and low in {"should", "will", "shall", "'ll"})
            ):
                flags.add("hedged")
            elif dep.startswith("obl") and parse.case(kid) == "according to":
                flags |= {f"attributed:{reference.name}" for reference in self.refer(kid)}
        return tuple(sorted(flags))

    def emit(
        self,
        heads: Iterable[Reference],
        relation: str,
        tail: Reference | Value,
        tokens: Iterable[int],
        confidence: float,
        *,
        flags: tuple[str, ...] = (),
        qualifiers: Mapping[str, str] | None = None,
    ) -> None:
        """`heads` stand in `relation` to `tail`, as the text from the first to the last of these tokens says."""
        first, last = self._extent(tokens)
        if last - first > _FAR:
            confidence *= 0.85
        name: str | Value = tail if isinstance(tail, Value) else tail.name
        kind = "" if isinstance(tail, Value) else tail.type
        factor = 1.0 if isinstance(tail, Value) else tail.factor
        start, end = self.parse.start[first], self.parse.end[last]
        for head in heads:
            if name == head.name or not relation or not name:
                continue
            self.triples.append(
                RawTriple(
                    head.name, head_type(head, relation), relation, name, tail_type(kind, relation), start, end,
                    round(confidence * head.factor * factor, 3), flags, dict(qualifiers or {}),
                )
            )  # fmt: skip

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
