"""Whose clause it is: the phrase that a verb or copula is said of, its own subject or one that it shares."""

from __future__ import annotations

from dataclasses import dataclass

from clew.ingest.extract.names.pronouns import antecedents
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.phrases import Phrases
from clew.ingest.extract.rules.word_lists import SAYING

SUBJECTS = ("nsubj", "nsubj:pass", "csubj", "csubj:pass", "nsubj:outer")
RELATIVE = frozenset({"which", "who", "that", "whom"})
_FINITE = frozenset({"VBZ", "VBD", "VBP"})
_NOUNS = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_MISTAKEN = frozenset({"compound", "amod", "nmod:unmarked", "nmod", "obl:unmarked", "nmod:desc", "vocative", "list"})
_WHOLE = frozenset({"own", "shared", "adverbial", "inverted"})
_SHARING = {"conj": "shared", "xcomp": "shared", "advcl": "adverbial", "dep": "adverbial"}
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Subject:
    """The token that heads a clause's subject, how the clause comes by it, and the clause that is no part of it.

    `way` is `own`; `shared` with a clause beside or above it; `adverbial` for the subject of the clause that it
    modifies; `relative` or `participle` for the noun that it modifies; `object` for the object of the verb above;
    `inverted` behind a verb of saying; `unlabelled` where the parser missed it.
    """

    head: int
    way: str
    without: int = -1


def unlabelled(parse: Parse, index: int) -> int:
    """The subject of a finite verb at the root that the parser called something else; -1 where none."""
    if parse.tag[index] not in _FINITE:
        return -1
    before = [kid for kid in parse.kids[index] if kid < index and parse.dep[kid] in _MISTAKEN]
    plain = [kid for kid in before if parse.pos[kid] in {*_NOUNS, "ADJ"} and parse.child(kid, "case") < 0]
    return plain[-1] if plain else -1


class Who:
    """The subjects of one parse."""

    def __init__(self, parse: Parse, phrases: Phrases) -> None:
        self.parse, self.phrases = parse, phrases
        self.antecedents = antecedents(parse)

    def subject(self, index: int, depth: int = 0) -> Subject | None:
        """The subject of the clause that this token heads; None where it has none that is known."""
        parse = self.parse
        own = self.phrases.kids(index, *SUBJECTS)
        if own:
            return self._own(index, own[0])
        if parse.head[index] == index:
            missed = unlabelled(self.parse, index)
            return Subject(missed, "unlabelled") if missed >= 0 else None
        if parse.dep[index] == "parataxis":
            return self._inverted(index)
        return self._noun_above(index) or self._shared(index, depth)

    def phrase(self, subject: Subject) -> list[int]:
        """The tokens of the subject, or of what the pronoun stands for."""
        phrases = self.phrases
        resolved = self.antecedents.get(subject.head)
        if resolved is not None:
            return phrases.noun(resolved, bare=True, without=phrases.kids(resolved, "acl"))
        without = (subject.without,) if subject.without >= 0 else ()
        return phrases.noun(subject.head, without=without, bare=True, alone=subject.way not in _WHOLE)

    def _own(self, index: int, own: int) -> Subject | None:
        parse = self.parse
        dep, head = parse.dep[index], parse.head[index]
        if parse.low[own] not in RELATIVE or (parse.low[own] == "that" and dep != "acl:relcl"):
            return Subject(own, "own")
        if dep in {"acl:relcl", "acl"} or (dep == "advcl" and parse.pos[head] in _NOUNS):
            return Subject(head, "relative", index)
        noun = self._noun_before(own) if dep.startswith("advcl") else -1
        return Subject(noun, "relative", index) if noun >= 0 else None

    def _noun_before(self, index: int) -> int:
        """ "X, who": where the parser hung the clause on a verb, the noun right before it is what it speaks of."""
        parse = self.parse
        noun = index - 2 if index > 1 and parse.words[index - 1] == "," else index - 1
        if noun < 0 or parse.pos[noun] not in _NOUNS:
            return -1
        while parse.dep[noun] in {"flat", "compound"} and parse.head[noun] < index:
            noun = parse.head[noun]
        return noun

    def _inverted(self, index: int) -> Subject | None:
        """ "It is tough," says Mr. Campaneris."""
        parse = self.parse
        if parse.lemma[index] not in SAYING:
            return None
        behind = [kid for kid in self.phrases.kids(index, "obj", "parataxis") if kid > index]
        named = [kid for kid in behind if parse.pos[kid] == "PROPN"]
        return Subject(named[0], "inverted") if named else None

    def _noun_above(self, index: int) -> Subject | None:
        """The noun that a relative clause or a participle modifies, or the object of the verb above."""
        parse = self.parse
        dep, head = parse.dep[index], parse.head[index]
        if dep in {"acl", "acl:relcl"}:
            return Subject(head, "participle" if dep == "acl" else "relative", index)
        if dep == "conj" and not self.phrases.is_clause(head):
            participle = parse.tag[index] in {"VBN", "VBG"} and not parse.dep[head].startswith("nsubj")
            return Subject(head, "participle", index) if participle else None
        if dep == "xcomp" and (objects := self.phrases.kids(head, "obj", "iobj")):
            return Subject(objects[0], "object", index)
        return None

    def _shared(self, index: int, depth: int) -> Subject | None:
        parse = self.parse
        way = _SHARING.get(parse.dep[index], "")
        head = parse.head[index]
        if not way or depth > _DEEPEST or (parse.dep[index] == "conj" and not self.phrases.is_clause(head)):
            return None
        above = self.subject(head, depth + 1)
        if above is None or above.way not in {"own", "shared"}:
            return above
        return Subject(above.head, way, above.without)
