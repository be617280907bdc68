"""Phrases of a parse: which tokens a head governs, less what is said of it in a clause of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clew.ingest.extract.rules.parse import Parse

_EDGES = frozenset({",", ".", ";", ":", "-", "--", "–", "—", "?", "!", "..."})
_OWN_STATEMENT = frozenset({"acl:relcl", "advcl:relcl", "appos", "parataxis", "discourse", "vocative"})
_OF_CLAUSE = frozenset(
    {"cop", "mark", "aux", "nsubj", "nsubj:pass", "nsubj:outer", "csubj", "expl", "advcl", "ccomp", "discourse"}
)
_CLAUSES = frozenset({"ccomp", "csubj", "advcl", "xcomp"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "SYM", "X"})


class Phrases:
    """The phrases of one parse, as lists of token indices in order."""

    def __init__(self, parse: Parse) -> None:
        self.parse = parse
        size = len(parse)
        self.low, self.high = list(range(size)), list(range(size))
        low, high, head = self.low, self.high, parse.head
        for index in range(size):
            place = index
            for _ in range(size):
                above = head[place]
                if above == place:
                    break
                place = above
                low[place] = min(low[place], index)
                high[place] = max(high[place], index)

    def kids(self, index: int, *deps: str) -> list[int]:
        """The children of token `index` by these relations."""
        dep = self.parse.dep
        return [kid for kid in self.parse.kids[index] if dep[kid] in deps]

    def whole(self, head: int, without: Iterable[int] = ()) -> list[int]:
        """All that hangs on the head, less what hangs on the tokens `without`; bare edges."""
        cuts = sorted((self.low[kid], self.high[kid] + 1) for kid in without)
        found: list[int] = []
        at = self.low[head]
        for start, end in cuts:
            found += range(at, start)
            at = max(at, end)
        found += range(at, self.high[head] + 1)
        return self.trim(found)

    def trim(self, tokens: Sequence[int]) -> list[int]:
        """The tokens without punctuation and conjunctions at the edges, and without a quotation mark alone."""
        words, pos = self.parse.words, self.parse.pos
        first, last = 0, len(tokens)
        while first < last and (words[tokens[first]] in _EDGES or pos[tokens[first]] in {"CCONJ", "SPACE"}):
            first += 1
        while last > first and (words[tokens[last - 1]] in _EDGES or pos[tokens[last - 1]] in {"CCONJ", "SPACE"}):
            last -= 1
        return list(tokens[first:last])

    def noun(self, head: int, *, without: Iterable[int] = (), bare: bool = False, alone: bool = False) -> list[int]:
        """The phrase of a noun, without clauses about it; `bare` of its preposition, `alone` without the nouns
        coordinated with it."""
        parse = self.parse
        drop = list(without)
        clausal = parse.dep[head] in _CLAUSES and parse.pos[head] in {"VERB", "AUX"}
        for kid in parse.kids[head]:
            dep = parse.dep[kid]
            if (
                dep in _OWN_STATEMENT
                or (dep in _OF_CLAUSE and not clausal)
                or (bare and dep == "case")
                or (dep == "conj" and (alone or self.is_clause(kid)))
            ):
                drop.append(kid)
        return self.whole(head, drop)

    def is_clause(self, index: int) -> bool:
        """Does the token head a clause of its own?"""
        parse = self.parse
        if parse.pos[index] in {"VERB", "AUX"}:
            return True
        return any(parse.dep[kid] in {"cop", "nsubj", "nsubj:pass"} for kid in parse.kids[index])

    def coordinated(self, head: int) -> list[int]:
        """The head and the nouns coordinated with it."""
        parse = self.parse
        return [head] + [
            kid
            for kid in parse.kids[head]
            if parse.dep[kid] == "conj" and parse.pos[kid] in NOMINAL and not self.is_clause(kid)
        ]

    def case(self, head: int) -> list[int]:
        """The tokens of the head's preposition, fixed parts included."""
        found: list[int] = []
        for kid in self.kids(head, "case"):
            found += [kid, *self.kids(kid, "fixed")]
        return sorted(found)
