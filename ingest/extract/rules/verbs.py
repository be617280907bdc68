"""What hangs on a verb, and what its predicate is: auxiliaries, particles, adverbs, the verbs that it goes on with."""

from __future__ import annotations

from typing import NamedTuple

from clew.ingest.extract.rules.clause_subject import RELATIVE, SUBJECTS, Subject
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.phrases import Phrases

NOT_PREDICATE = frozenset({"when", "where", "how", "why", "then", "however", "thus", "instead"})
_LONGEST = 6


class Reach(NamedTuple):
    """What a verb reaches first: how, the token that heads it, its tokens, and what of it goes to the predicate."""

    form: str
    head: int
    tokens: list[int]
    moved: list[int]


def predicate(parse: Parse, phrases: Phrases, index: int) -> list[int]:
    """The verb with its auxiliaries, negation, particle and the adverbs between them."""
    helpers = [kid for kid in phrases.kids(index, "aux", "aux:pass") if kid < index]
    helpers = helpers or _shared_helpers(parse, phrases, index)
    start = min(helpers, default=index)
    for kid in phrases.kids(index, "advmod"):
        inside = start < kid < index or kid == index - 1
        single = phrases.low[kid] == phrases.high[kid]
        if inside and single and parse.low[kid] not in NOT_PREDICATE:
            helpers.append(kid)
    return sorted({*helpers, *phrases.kids(index, "compound:prt"), index})


def _shared_helpers(parse: Parse, phrases: Phrases, index: int) -> list[int]:
    """ "was founded and named": the second verb has the first one's auxiliaries."""
    head = parse.head[index]
    alike = parse.dep[index] == "conj" and parse.tag[head] == parse.tag[index]
    if not alike or parse.tag[index] not in {"VBN", "VB", "VBG"} or phrases.kids(index, *SUBJECTS):
        return []
    return [kid for kid in phrases.kids(head, "aux", "aux:pass") if kid < head]


def chain(parse: Parse, phrases: Phrases, index: int) -> tuple[list[int], list[int]]:
    """The verb with those that it is one predicate with ("attempted to popularize"), and that predicate."""
    verbs, tokens = [index], predicate(parse, phrases, index)
    while len(verbs) < _LONGEST:
        last = verbs[-1]
        following = [kid for kid in phrases.kids(last, "xcomp") if parse.pos[kid] == "VERB" and kid > last]
        if not following or phrases.kids(last, "obj"):
            break
        marks = [kid for kid in phrases.kids(following[0], "mark") if last < kid < following[0]]
        tokens += [*marks, *predicate(parse, phrases, following[0])]
        verbs.append(following[0])
    return verbs, sorted(set(tokens))


class Parts:
    """Objects, complements, prepositional phrases, adverbs and adverbial clauses of a chain of verbs."""

    def __init__(self, parse: Parse, phrases: Phrases, verbs: list[int]) -> None:
        self.parse, self.phrases, self.verbs = parse, phrases, verbs
        self.objects: list[int] = []
        self.complements: list[int] = []
        self.oblique: list[int] = []
        self.adverbs: list[int] = []
        self.adverbial: list[int] = []
        for verb in verbs:
            for kid in parse.kids[verb]:
                self._sort(verb, kid)
        self.oblique.sort(key=lambda kid: (kid < verbs[0], kid))

    def _sort(self, verb: int, kid: int) -> None:
        low, dep = self.parse.low[kid], self.parse.dep[kid]
        if dep in {"obj", "iobj"}:
            if low not in RELATIVE and low != "what":
                self.objects.append(kid)
        elif dep.startswith("obl") or dep in {"nmod", "nmod:unmarked"}:
            if low not in RELATIVE:
                self.oblique.append(kid)
        elif dep in {"ccomp", "xcomp"} and kid not in self.verbs:
            self.complements.append(kid)
        elif dep == "advmod" and kid > verb:
            self.adverbs.append(kid)
        elif dep == "advcl":
            self.adverbial.append(kid)

    def first(self, subject: Subject) -> Reach:
        """The object, else the complement, else what a preposition leads to; an empty `bare` one where nothing is."""
        if subject.way == "inverted":
            said = self.parse.head[self.verbs[0]]
            return Reach("complement", said, self.phrases.whole(said, (self.verbs[0],)), [])
        if self.objects:
            return Reach("object", self.objects[0], self.phrases.noun(self.objects[0]), [])
        if self.complements:
            return self._complement(self.complements[0])
        return self._relative_object(subject) or self._oblique() or self._adverb()

    def _complement(self, kid: int) -> Reach:
        tokens = self._clause(kid)
        that = tokens[:1] if tokens and self.parse.low[tokens[0]] == "that" else []
        return Reach("complement", kid, tokens[len(that) :], that)

    def _relative_object(self, subject: Subject) -> Reach | None:
        """ "a match, which Keibler lost": she lost the match."""
        verb = self.verbs[0]
        if self.parse.dep[verb] != "acl:relcl" or subject.way != "own":
            return None
        noun = self.parse.head[verb]
        return Reach("relative object", noun, self.phrases.noun(noun, without=(verb,), bare=True, alone=True), [])

    def _oblique(self) -> Reach | None:
        """ "worked as | chief artist": the preposition goes to the predicate."""
        behind = [kid for kid in self.oblique if kid > self.verbs[0]]
        if not behind:
            return None
        case = self.phrases.case(behind[0])
        return Reach("oblique", behind[0], self.phrases.noun(behind[0], without=case), case)

    def _adverb(self) -> Reach:
        if self.adverbs:
            return Reach("adverb", self.adverbs[0], self.phrases.whole(self.adverbs[0]), [])
        if self.oblique:
            return Reach("fronted", self.oblique[0], self.phrases.noun(self.oblique[0]), [])
        if self.adverbial:
            return Reach("adverbial", self.adverbial[0], self.phrases.whole(self.adverbial[0]), [])
        return Reach("bare", self.verbs[0], [], [])

    def _clause(self, kid: int) -> list[int]:
        return self.phrases.whole(kid, self.phrases.kids(kid, "parataxis"))

    def others(self, head: int) -> list[tuple[int, list[int]]]:
        """The phrases besides the one that this token heads: objects, complements, prepositional phrases."""
        found = [(kid, self.phrases.noun(kid)) for kid in self.objects]
        found += [(kid, self._clause(kid)) for kid in self.complements]
        found += [(kid, self.phrases.noun(kid)) for kid in self.oblique]
        return [(kid, tokens) for kid, tokens in found if kid != head and tokens]
