"""Across the sentences of one paragraph: which noun before it a pronoun stands for, or that two may be meant.

Within a sentence `antecedents` tells. Across sentences the subject of the sentence before is taken up first (Grosz,
Joshi and Weinstein 1995, "Centering"), then its object, then what it holds besides; a pronoun takes up what the same
pronoun stood for. Number, kind and, where the text tells it, gender must agree. Where two persons fit, nobody is meant.
"""

from __future__ import annotations

from collections.abc import Callable

from clew.ingest.extract.names.pronouns import TIMES, antecedents, quoted
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import SAYING, noun_type

UNCLEAR = -1
HE, SHE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
IT, THEY = frozenset({"it", "its", "itself"}), frozenset({"they", "them", "their", "theirs"})
CLASS = {word: name for name, words in (("he", HE), ("she", SHE), ("it", IT), ("they", THEY)) for word in words}
_FAR = 3  # sentences back
_INNER = frozenset({"flat", "compound", "amod", "nmod:desc", "appos", "fixed", "nmod:unmarked", "vocative", "goeswith"})
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer"})
_THINGS = frozenset({"PLACE", "ORGANISATION", "WORK", "EVENT", "PRODUCT"})
_SUBJECT, _OBJECT, _OTHER = 0, 1, 2


class Discourse:
    """The pronouns of one parse. `kind` tells a token's entity type, `gender` its gender, "" where they are unknown;
    `name` what a token is called, so that one person named twice is one."""

    def __init__(
        self, parse: Parse, kind: Callable[[int], str], gender: Callable[[int], str], name: Callable[[int], str]
    ) -> None:
        self.parse, self._kind, self._gender, self._name = parse, kind, gender, name
        self._within = antecedents(parse)
        self._found: dict[int, int | None] = {}
        self._tokens: dict[int, list[int]] = {}
        for index, sentence in enumerate(parse.sentence):
            self._tokens.setdefault(sentence, []).append(index)

    def of(self, index: int) -> int | None:
        """The head of what the pronoun at this token stands for; UNCLEAR where two may be meant, None where the
        paragraph holds nothing that fits."""
        if index not in self._found:
            self._found[index] = None  # a circle stands for nothing
            self._found[index] = self._of(index)
        return self._found[index]

    def _of(self, index: int) -> int | None:
        parse = self.parse
        inside = self._inside(index)
        if inside is not None:
            return inside
        if quoted(parse, index):
            return UNCLEAR
        sentence = parse.sentence[index]
        for before in range(sentence - 1, max(sentence - 1 - _FAR, -1), -1):
            ranked = self._ranked(index, before)
            if ranked:
                return self._chosen(index, ranked)
        return None

    # -- within the sentence ---------------------------------------------------------------------------------------

    def _inside(self, index: int) -> int | None:
        parse = self.parse
        subject = index in self._within
        if subject:
            found: int | None = self._within[index]
        elif parse.dep[index] in _SUBJECTS:
            found = self._clause_subject(index) if self._reported(index) else None
        else:
            found = self._clause_subject(index)
        rivals = [token for token in self._before(index) if token != found and self._agrees(index, token)]
        if found is None:
            if not rivals or CLASS[parse.low[index]] == "they":
                return None
            return rivals[0] if self._one(rivals) else UNCLEAR
        if not self._agrees(index, found):
            return None
        # "X gave it to Y, and he left": of X one would rather say "and left".
        explicit = subject and parse.dep[parse.head[index]] == "conj" and parse.head[parse.head[index]] < index
        rivals = [token for token in rivals if not self._same(token, found) and self._rank(token) != _OTHER]
        return UNCLEAR if explicit and rivals else found

    def _reported(self, index: int) -> bool:
        """Is the pronoun in reported speech, which the speaker tells of himself: "Acme denied that it had paid"?"""
        parse = self.parse
        clause = parse.head[index]
        mark = parse.child(clause, "mark")
        return quoted(parse, index) and parse.dep[clause] == "ccomp" and mark >= 0 and parse.low[mark] == "that"

    def _clause_subject(self, index: int) -> int | None:
        """The subject of the clause around a possessive or object pronoun, or of one that governs it."""
        parse = self.parse
        place = index
        own = parse.dep[index] in {"obj", "iobj"} or parse.dep[index].startswith("obl")
        for _ in range(len(parse)):
            above = parse.head[place]
            if above == place:
                return None
            place = above
            for kid in parse.kids[place]:
                if parse.dep[kid] not in _SUBJECTS or kid >= index or index in range(*parse.subtree(kid)):
                    continue
                reflexive = own and place == parse.head[index]
                token = self._stands(kid)
                if token is not None and token >= 0 and not reflexive and self._agrees(index, token):
                    return token
        return None

    def _before(self, index: int) -> list[int]:
        """The nouns of the sentence before the pronoun that do not hold it."""
        tokens = self._tokens[self.parse.sentence[index]]
        return [each for each in tokens if each < index and self._nominal(each) and not self._holds(each, index)]

    def _holds(self, noun: int, index: int) -> bool:
        low, high = self.parse.subtree(noun)
        return low <= index < high

    # -- across sentences ------------------------------------------------------------------------------------------

    def _ranked(self, index: int, sentence: int) -> list[tuple[int, int]]:
        """(rank, token) of what a sentence speaks of and the pronoun may take up, each thing once."""
        ranked: dict[str, tuple[int, int]] = {}
        for token in self._tokens.get(sentence, ()):
            stands = self._stands(token)
            if stands is None or (stands >= 0 and not self._agrees(index, stands)):
                continue
            same = CLASS.get(self.parse.low[token], "") == CLASS[self.parse.low[index]]
            if stands < 0 and not same:
                continue
            key = self._key(stands)
            rank = (self._rank(token), stands)
            ranked[key] = min(rank, ranked.get(key, rank))
        return sorted(ranked.values())

    def _stands(self, token: int) -> int | None:
        """The noun that this token is or, a pronoun, stands for, its name where it has one beside it; None where it is
        neither."""
        if self.parse.low[token] in CLASS:
            return self.of(token)
        if not self._nominal(token):
            return None
        beside = self.parse.child(token, "appos")
        return beside if beside >= 0 and self._name(beside) and not self._name(token) else token

    def _chosen(self, index: int, ranked: list[tuple[int, int]]) -> int:
        wanted = CLASS[self.parse.low[index]]
        person = wanted in {"he", "she"}
        best = [token for rank, token in ranked if rank == ranked[0][0]]
        if person:
            known = {token for _, token in ranked if token >= 0 and self._gender(token) == wanted}
            if len(known) == 1:
                return known.pop()
            spoken_of = self._chain(index)
            if ranked[0][0] != _SUBJECT and spoken_of >= 0 and not known:
                return spoken_of  # who "she" was all along, rather than somebody named in passing
        if UNCLEAR in best or len(best) > 1 or any(self._weak(token) for _, token in ranked if not person):
            return UNCLEAR
        if not person or len(ranked) == 1:
            return best[0]
        taken_up = [token for _, token in ranked if self._taken_up(token, index)]
        return taken_up[0] if len(taken_up) == 1 else UNCLEAR

    def _chain(self, index: int) -> int:
        """What the same pronoun stood for last, a few sentences back at most; UNCLEAR where it did not."""
        parse = self.parse
        for place in range(index - 1, -1, -1):
            if parse.sentence[index] - parse.sentence[place] > _FAR:
                break
            if CLASS.get(parse.low[place]) == CLASS[parse.low[index]]:
                stands = self.of(place)
                return UNCLEAR if stands is None else stands
        return UNCLEAR

    def _taken_up(self, token: int, index: int) -> bool:
        """Did the same pronoun stand for it before?"""
        wanted = CLASS[self.parse.low[index]]
        return any(
            place < index and stands == token and CLASS.get(self.parse.low[place]) == wanted
            for place, stands in self._found.items()
        )

    # -- agreement -------------------------------------------------------------------------------------------------

    def _nominal(self, token: int) -> bool:
        parse = self.parse
        if parse.pos[token] not in {"NOUN", "PROPN"} or parse.lemma[token] in TIMES:
            return False
        if parse.dep[token] in _INNER or (parse.child(token, "cop") >= 0 and parse.dep[token] != "acl:relcl"):
            return False
        return not (parse.dep[token] == "conj" and parse.child(parse.head[token], "cop") >= 0)

    def _rank(self, token: int) -> int:
        parse = self.parse
        for _ in range(4):
            if parse.dep[token] != "conj":
                break
            token = parse.head[token]
        dep = parse.dep[token]
        if dep in _SUBJECTS or parse.head[token] == token:
            return _SUBJECT
        possessor = dep == "nmod:poss" and parse.dep[parse.head[token]] in _SUBJECTS
        if possessor:
            return _SUBJECT if parse.low[token] in CLASS else _OBJECT
        return _OBJECT if dep in {"obj", "iobj"} else _OTHER

    def _agrees(self, index: int, token: int) -> bool:
        wanted = CLASS[self.parse.low[index]]
        parse = self.parse
        kind = self._kind(token) or noun_type(parse.low[token])
        plural = parse.tag[token] in {"NNS", "NNPS"} and not self._name(token)
        if wanted == "they":
            joined = any(parse.dep[kid] == "conj" and parse.pos[kid] in {"NOUN", "PROPN"} for kid in parse.kids[token])
            return plural or joined or kind == "ORGANISATION"
        if plural:
            return False
        if wanted == "it":
            return kind != "PERSON" or self._weak(token)
        speaker = not kind and parse.dep[token] in _SUBJECTS and parse.lemma[parse.head[token]] in SAYING
        person = kind == "PERSON" or speaker or (bool(self._name(token)) and kind not in _THINGS)
        return person and self._gender(token) in {"", wanted}

    def _weak(self, token: int) -> bool:
        """Is it a lone word that was taken for a person's name, and may be a thing's?"""
        lone = token >= 0 and self._kind(token) == "PERSON" and " " not in self._name(token)
        return lone and not self._gender(token)

    def _key(self, token: int) -> str:
        return (self._name(token) or f"#{self.parse.lemma[token]}") if token >= 0 else "?"

    def _same(self, one: int, other: int) -> bool:
        return self._key(one) == self._key(other)

    def _one(self, tokens: list[int]) -> bool:
        return len({self._key(token) for token in tokens}) == 1
