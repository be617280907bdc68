"""What each word of a parse stands for: names, pronouns, and nouns that the grammar or the document ties to a name."""

from __future__ import annotations

from collections.abc import Sequence

from clew.ingest.extract.names.coreference import PRONOUNS, THEY, Reference, Referents
from clew.ingest.extract.names.definitions import Definition, Named, defined, inverted
from clew.ingest.extract.names.deixis import SPEAKING
from clew.ingest.extract.names.discourse import UNCLEAR, Discourse
from clew.ingest.extract.names.marked import Name, Names, tidy
from clew.ingest.extract.names.things import LONGEST, Page, left_edge, right_edge, thing
from clew.ingest.extract.rules.close_appositions import apposed, classed
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.speech import speaker_at, told
from clew.ingest.extract.rules.word_lists import FEMALE_NOUNS, KIN, MALE_NOUNS, STYLES, noun_type
from clew.ingest.extract.types import RawMention, RawTriple

_DEPTH = 8
RELATIVE = {"who", "which", "that", "whom"}
IDENTIFYING = {"", "among", "as"}  # a predicate noun with another preposition is not what its subject is


class References:
    """One parsed piece of a document, and what its words stand for."""

    def __init__(
        self, text: str, parse: Parse, names: Names, referents: Referents, definitions: Sequence[Definition] = ()
    ) -> None:
        self.text, self.parse, self.names, self.referents = text, parse, names, referents
        self.page = Page(text, parse, names.date_at, referents.scope)
        self.mentions: list[RawMention] = []
        self.triples: list[RawTriple] = []
        self.called: list[Reference] = []  # of each named mention
        self._named: list[Named] = []
        self._memo: dict[int, list[Reference]] = {}
        self._register(definitions)
        self.discourse = Discourse(parse, self._kind, self._gender, self._name)
        for index in self._spoken():
            self.refer(index)  # who speaks is a mention, whether or not a triple speaks of them
        self._learn_genders()

    def _spoken(self) -> list[int]:
        """The words of the first and second person, where it is known who speaks."""
        return [at for at, low in enumerate(self.parse.low) if low in SPEAKING] if self.referents.turn else []

    # -- names -----------------------------------------------------------------------------------------------------

    def _register(self, definitions: Sequence[Definition]) -> None:
        """Every named mention is resolved, in the order of the text, and so are the terms that brackets define."""
        waiting, since = list(definitions), 0
        skip = -1
        for number, span in enumerate(self.names.spans):
            while waiting and waiting[0].anchor <= self.parse.start[span.first]:
                since = self._define(waiting.pop(0), since)
            if number == skip:
                self.called.append(self.called[-1])
                continue
            skip = number + 1 if self._inverted(number) else -1
            if skip < 0:
                self._name_span(span)
        for definition in waiting:
            since = self._define(definition, since)

    def _name_span(self, span: Name) -> None:
        start, end = self._extent_of(span)
        text = self.text[start:end]
        if span.means:
            reference, mention = told(self.referents, span, text, start)
            self.called.append(reference)
            self.mentions.append(mention)
            return
        name, kind = tidy(text) or (self.referents.title if span.subject else ""), span.type
        if span.subject and self.referents.title:
            self.referents.alias(name)
        if not name:
            self.called.append(Reference("", kind, 0.0))
            return
        name, kind, form = self.referents.name(name, kind, start)
        factor = 1.0 if form == "name" else 0.95
        self.called.append(Reference(name, kind, factor))
        self._named.append(Named(name, start, end))
        self.mentions.append(RawMention(start, end, text, kind, round(span.confidence * factor, 3), form, name))
        if span.short and form == "name":
            end = self.parse.end[span.short - 1]
            short = self.text[start:end]
            self.mentions.append(RawMention(start, end, short, kind, span.confidence, "alias", name))
            self.referents.define(tidy(short), name)

    def _extent_of(self, span: Name) -> tuple[int, int]:
        """Where the name stands, without the full stop of its sentence."""
        parse = self.parse
        start, end, last = parse.start[span.first], parse.end[span.last - 1], parse.low[span.last - 1]
        if last[-1] == "." and self._ends_sentence(span.last) and end - start > 3:
            end -= len(last) < 6 and last not in {"jr.", "sr.", "inc.", "ltd."}
        return start, end

    def _inverted(self, number: int) -> bool:
        """ "Okafor, Chinedu" is registered as one name, where the document also writes "Chinedu Okafor"."""
        spans, parse = self.names.spans, self.parse
        if number + 1 >= len(spans) or spans[number + 1].first != spans[number].last + 1:
            return False
        if parse.words[spans[number].last] != ",":
            return False
        (start, middle), (again, end) = self._extent_of(spans[number]), self._extent_of(spans[number + 1])
        name = inverted(self.text, self.text[start:middle], self.text[again:end], self.text[middle:again])
        if not name:
            return False
        name, kind, _ = self.referents.name(tidy(name), "PERSON", start)
        self.called.append(Reference(name, kind, 0.95))
        self.mentions.append(RawMention(start, end, self.text[start:end], kind, 0.85, "alias", name))
        return True

    def _define(self, definition: Definition, since: int) -> int:
        """The term is another name of what it stands behind; returns where it ends."""
        owner = defined(self.text, definition, self._named, since)
        if owner is not None:
            self.referents.define(definition.term, owner.name)
            self.referents.terms.add(definition.term)
            kind = next((each.type for each in self.called if each.name == owner.name), "OTHER")
            start, end = definition.start, definition.end
            self.mentions.append(RawMention(start, end, self.text[start:end], kind, 0.8, "alias", owner.name))
        return definition.end

    def _learn_genders(self) -> None:
        """ "Mrs Berg" is a woman, and so is who is a wife, mother or actress."""
        parse, genders, mentions = self.parse, self.referents.genders, len(self.mentions)
        for number, span in enumerate(self.names.spans):
            before = parse.words[span.first - 1] if span.first else ""
            if before in STYLES and self.called[number].name:
                genders.setdefault(self.called[number].name, STYLES[before])
        for index, low in enumerate(parse.low):
            if parse.pos[index] == "NOUN" and (low in FEMALE_NOUNS or low in MALE_NOUNS):
                for reference in self.refer(index):
                    if reference.type in {"PERSON", "OTHER", ""}:
                        genders.setdefault(reference.name, "she" if low in FEMALE_NOUNS else "he")
        del self.mentions[mentions:]  # what was read without knowing them is read again
        self._memo.clear()
        self.discourse = Discourse(parse, self._kind, self._gender, self._name)

    def _stands(self, index: int) -> Reference | None:
        """What a noun or name stands for, where it is one thing."""
        name = self.named(index)
        if name is None and self.parse.pos[index] == "NOUN":
            found = self.refer(index)
            name = found[0] if len(found) == 1 else None
        return name

    def _kind(self, index: int) -> str:
        stands = self._stands(index)
        return stands.type if stands is not None and stands.type != "OTHER" else ""

    def _gender(self, index: int) -> str:
        return self.referents.gender_of(self._name(index))

    def _name(self, index: int) -> str:
        stands = self._stands(index)
        return stands.name if stands is not None else ""

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
            return [each for found in self._pronoun(index, depth) for each in self._mentioned(index, found, "pronoun")]
        if low in RELATIVE:
            return self.refer(self.antecedent(index), depth + 1)
        if parse.pos[index] not in {"NOUN", "PROPN", "ADJ"}:
            return []
        return self._noun(index, depth)

    def _pronoun(self, index: int, depth: int) -> list[Reference]:
        """The subject of an encyclopedia's article, else what the sentences before it offer, else what the paragraph
        before was about; nothing where two may be meant."""
        word = self.parse.low[index]
        title = self.referents.title_for(word)
        if title is not None and self.referents.record and self.referents.spoken_of:
            return [title]
        token = self.discourse.of(index)
        if token is None:
            carried = self.referents.carried(word) or title
            return [carried] if carried is not None else []
        if token == UNCLEAR and title is not None and self.referents.spoken_of:
            return [title]
        if token == UNCLEAR:
            return []
        found = self.subjects(token, depth + 1) if word in THEY else self.refer(token, depth + 1)
        return [each._replace(factor=each.factor * 0.85) for each in found or self.things(token)]

    def close(self) -> None:
        """What the last sentence is about may be taken up in the next paragraph."""
        parse = self.parse
        last = parse.sentence[-1] if len(parse) else 0
        heads = [index for index in range(len(parse)) if parse.sentence[index] == last]
        subjects = [index for index in heads if parse.dep[index].startswith("nsubj") and parse.head[index] != index]
        roots = subjects[:1] or [index for index in heads if parse.head[index] == index]
        self.referents.centre = [each for index in roots[:1] for each in self.refer(index) or self.things(index)]

    # -- nouns -----------------------------------------------------------------------------------------------------

    def things(self, index: int) -> list[Reference]:
        """The thing of its own that a common noun phrase names, and those coordinated with it."""
        found: list[Reference] = []
        for noun in (index, *(kid for kid in self.parse.kids[index] if self.parse.dep[kid] == "conj")):
            reference = None if self.named(noun) is not None else thing(self.page, noun)
            found += self._mentioned(noun, reference, "name", whole=True) if reference is not None else []
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
            return self._with_joined(index, beside)
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
        if dep in {"appos", "nmod:desc"} and self.named(head) is not None:
            return self.refer(self._apposed_to(index, head), depth + 1)
        if dep == "parataxis" and parse.dep[head] == "acl" and parse.words[index - 1] == ",":
            return self.refer(parse.head[head], depth + 1)  # "Edith Quimby, born in 1951, wife of Harold Quimby"
        return self._called(index, depth)

    def _apposed_to(self, index: int, head: int) -> int:
        """ "a prince of Denmark, son of X": no place is a son."""
        parse = self.parse
        while noun_type(parse.low[index]) == "PERSON" and parse.head[head] < head:
            place = self.named(head)
            if place is None or place.type != "PLACE":
                break
            head = parse.head[head]
        return head

    def _called(self, index: int, depth: int) -> list[Reference]:
        """ "The director is X", and "the NOUN" that was spoken of before."""
        parse = self.parse
        dep, head = parse.dep[index], parse.head[index]
        is_called = dep == "nsubj" and parse.child(head, "cop") >= 0 and not parse.case(head)
        if is_called and (called := self.named(head)) is not None:
            return self.subjects(head, depth + 1) if parse.tag[index] == "NNS" else [called]
        definite = parse.child(index, "det")
        if definite >= 0 and parse.low[definite] in {"the", "this"} and index - definite <= 2:
            bare = index - definite == 1
            reference = self.referents.nominal(parse.lemma[index].lower(), parse.start[index], bare=bare)
            return self._mentioned(index, reference, "nominal", first=definite)
        return []

    def _with_joined(self, index: int, beside: Reference) -> list[Reference]:
        """ "The sisters Ada and Ruth" are both."""
        number = self.names.at[index + 1] if index + 1 < len(self.parse) else -1
        if self.parse.tag[index] != "NNS" or number < 0 or self.called[number] != beside:
            return [beside]
        joined = [kid for kid in self.parse.kids[self.head_of(number)] if self.parse.dep[kid] == "conj"]
        return [beside, *(name for kid in joined if (name := self.named(kid)) is not None)]

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

    def head_of(self, number: int) -> int:
        """The token of a named mention that hangs on something outside it."""
        span = self.names.spans[number]
        for index in range(span.first, span.last):
            head = self.parse.head[index]
            if head == index or not span.first <= head < span.last:
                return index
        return span.first

    def _mentioned(
        self, index: int, found: Reference | None, form: str, *, first: int = -1, whole: bool = False
    ) -> list[Reference]:
        if found is None:
            return []
        last = right_edge(self.page, index, LONGEST) if whole else index
        first = left_edge(self.page, index) if whole else first
        start, end = self.parse.start[index if first < 0 else first], self.parse.end[last]
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
