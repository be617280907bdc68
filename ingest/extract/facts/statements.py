"""Clauses to statements: who, does what, to what, when and where, as the tokens that say so.

A statement holds whole phrases. Its predicate is the verb with its auxiliaries, negation, particle and adverbs, with
the verbs that follow it ("attempted to popularize"), and with the preposition of what it reaches first where it has
no object ("worked as"). Adjectives and nouns with a copula are objects ("is", "a footballer"), save where the
adjective leads on ("is familiar with").
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clew.ingest.extract.rules.clause_subject import Subject, Who
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.phrases import Phrases
from clew.ingest.extract.rules.verbs import NOT_PREDICATE, Parts, chain, predicate

_NEGATION = frozenset({"not", "n't", "n’t", "never", "no", "hardly"})
_NO_CLAUSE = frozenset({"case", "amod", "compound", "fixed", "mark", "flat", "cc", "advmod", "det"})
_AUXILIARY_CLAUSE = frozenset({"ROOT", "conj", "acl:relcl", "advcl", "ccomp", "parataxis"})


@dataclass(slots=True)
class Statement:
    """Tokens of the parts. `implied` is a word that the predicate begins with and the text does not have.

    `form` says how the object hangs on the verb, `way` how the subject does; `anchor` is the clause's head;
    `rest` are further phrases, by the token that heads each.
    """

    form: str
    way: str
    anchor: int
    subject_head: int
    subject: list[int]
    predicate: list[int]
    object_head: int
    object: list[int]
    rest: list[tuple[int, list[int]]] = field(default_factory=list)
    implied: str = ""


class Clauses:
    """Reads the clauses of one parse."""

    def __init__(self, parse: Parse, phrases: Phrases) -> None:
        self.parse, self.phrases, self.who = parse, phrases, Who(parse, phrases)

    def read(self) -> list[Statement]:
        """The statements of all clauses, in the order of their heads."""
        found = [self._clause(index, pos) for index, pos in enumerate(self.parse.pos)]
        return [statement for statement in found if statement is not None]

    def _clause(self, index: int, pos: str) -> Statement | None:
        dep = self.parse.dep[index]
        copulas = self.phrases.kids(index, "cop")
        if copulas:
            return self._copula(index, copulas)
        if pos == "VERB" and dep not in _NO_CLAUSE:
            return None if self._merged(index) or self._gives_way(index) else self._verb(index)
        return self._verb(index) if pos == "AUX" and dep in _AUXILIARY_CLAUSE else None

    def _merged(self, index: int) -> bool:
        """Is the verb part of another's predicate?"""
        parse = self.parse
        head = parse.head[index]
        return parse.dep[index] == "xcomp" and parse.pos[head] == "VERB" and parse.child(head, "obj") < 0

    def _gives_way(self, index: int) -> bool:
        """Does the verb end in a copula that says it all: "continues to be influential"?"""
        if self.phrases.kids(index, "obj"):
            return False
        return any(self.phrases.kids(kid, "cop") for kid in self.phrases.kids(index, "xcomp"))

    def _verb(self, index: int) -> Statement | None:
        subject = self.who.subject(index)
        phrase = self.who.phrase(subject) if subject is not None else []
        if subject is None or not phrase:
            return None
        verbs, tokens = chain(self.parse, self.phrases, index)
        parts = Parts(self.parse, self.phrases, verbs)
        form, head, said, moved = parts.first(subject)
        if not said and form != "bare":
            return None
        implied = self._implied(index, subject, tokens)
        tokens = sorted({*tokens, *moved})
        return Statement(
            form, subject.way, index, subject.head, phrase, tokens, head, said, parts.others(head), implied
        )

    def _implied(self, index: int, subject: Subject, tokens: list[int]) -> str:
        """ "a tank founded in 2005" was founded; "the strike obtained support" did so itself, whatever the tag."""
        parse = self.parse
        bare = parse.tag[index] in {"VBN", "VBD"} and tokens[0] == index
        if not bare or subject.way != "participle" or self.phrases.kids(index, "obj"):
            return ""
        return "were" if parse.tag[subject.head] in {"NNS", "NNPS"} else "was"

    def _copula(self, index: int, copulas: list[int]) -> Statement | None:
        phrases = self.phrases
        subject = self.who.subject(index)
        phrase = self.who.phrase(subject) if subject is not None else []
        if subject is None or not phrase:
            return None
        verb = self._being(index, copulas)
        oblique = [kid for kid in self.parse.kids[index] if self.parse.dep[kid].startswith("obl")]
        form, head, verb, tokens = self._complement(index, verb, oblique)
        rest = [(kid, part) for kid in oblique if kid != head and (part := phrases.noun(kid))]
        if not tokens:
            return None
        return Statement(form, subject.way, index, subject.head, phrase, sorted(set(verb)), head, tokens, rest)

    def _being(self, index: int, copulas: list[int]) -> list[int]:
        """The copula with auxiliaries, negation and adverbs, and the verb that governs it ("continues to be")."""
        parse, phrases = self.parse, self.phrases
        verb = [*copulas, *phrases.kids(index, "aux")]
        first = min(verb)
        for kid in phrases.kids(index, "advmod"):
            single = parse.pos[index] != "ADJ" and phrases.low[kid] == phrases.high[kid]
            if first < kid < index and (parse.low[kid] in _NEGATION or single):
                verb.append(kid)
        above = parse.head[index]
        if parse.dep[index] == "xcomp" and parse.pos[above] == "VERB" and not phrases.kids(above, "obj"):
            verb += [*predicate(parse, phrases, above), *phrases.kids(index, "mark")]
        return verb

    def _complement(self, index: int, verb: list[int], oblique: list[int]) -> tuple[str, int, list[int], list[int]]:
        """(form, head, predicate, tokens) of what somebody is."""
        parse, phrases = self.parse, self.phrases
        after = max((token for token in verb if token < index), default=index)
        outside = [kid for kid in phrases.kids(index, "advmod") if kid < after or parse.low[kid] in NOT_PREDICATE]
        case = phrases.case(index)
        if parse.pos[index] not in {"NOUN", "PROPN", "NUM", "PRON"}:
            case = []
        tokens = phrases.noun(index, without=[*verb, *outside, *oblique, *case])
        reached = next((kid for kid in oblique if kid > index), -1)
        if parse.pos[index] == "ADJ" and reached >= 0 and (moved := phrases.case(reached)):
            return "adjective", reached, [*verb, *tokens, *moved], phrases.noun(reached, without=moved)
        return "copula case" if case else "copula", index, [*verb, *case], tokens
