"""Small mends of a parse, where its tree goes against the annotation guidelines in ways that are easily put right."""

from __future__ import annotations

from dataclasses import dataclass

_NAMES = frozenset({"PROPN", "X"})
_BETWEEN = frozenset({",", "and", "or", "&", "co", "-"})


@dataclass(slots=True)
class Tree:
    """Columns by token, as in `Parse`; `mend` changes `dep` and `head`."""

    words: list[str]
    pos: list[str]
    tag: list[str]
    dep: list[str]
    head: list[int]

    def mend(self) -> None:
        """Nothing hangs on the later words of a name; coordinated participles go together, past an aside too; a noun
        and the name right behind it are one subject, and so is a noun with its possessor."""
        for index, relation in enumerate(self.dep):
            above = self.head[index]
            if self.dep[above] == "flat" and above != index and relation not in {"punct", "flat"}:
                self.head[index] = self._first_word(index)
            elif relation == "conj" and self.tag[index] == "VBN" and self.pos[above] in {"NOUN", "PROPN"}:
                self.head[index] = self._participle(index)
            elif relation.startswith("acl") and self.tag[index] == "VBN" and index and self.words[index - 1] == ",":
                self.head[index] = self._outside(index)
            elif self.tag[index] == "POS" and self.dep[above].startswith("nsubj"):
                self._possess(above, index)
            elif relation.startswith("nsubj") and self._follows_its_noun(index):
                self.dep[index], self.head[index] = "appos", index - 1

    def _first_word(self, index: int) -> int:
        """ "of Flip van der Merwe": the preposition hangs on Flip."""
        above = self.head[index]
        while self.dep[above] == "flat" and self.head[above] < above:
            above = self.head[above]
        return above if above != index else self.head[index]

    def _participle(self, index: int) -> int:
        """ "a film directed and written by X": written hangs on directed."""
        above = self.head[index]
        for other in range(index - 2, max(index - 5, above, 0), -1):
            if self.tag[other] == "VBN" and self.head[other] == above and self.dep[other].startswith("acl"):
                return other
            if self.words[other] not in _BETWEEN:
                break
        return above

    def _outside(self, index: int) -> int:
        """ "a song composed by X, with lyrics by Y, written for Z": what stands between commas is an aside, so written
        hangs on the noun that composed hangs on."""
        above = self.head[index]
        before = self.head[above]
        aside = any(self.words[mark] == "," and self.head[mark] == above for mark in range(before + 1, above))
        if aside and self.tag[before] == "VBN" and self.dep[before].startswith("acl") and before < above:
            return self.head[before]
        return above

    def _possess(self, owner: int, mark: int) -> None:
        """ "Acme's chief executive is X", both as subjects: the executive is Acme's."""
        for index in range(mark + 1, min(mark + 5, len(self.words))):
            if self.head[index] == self.head[owner] and self.dep[index] == self.dep[owner]:
                self.dep[owner], self.head[owner] = "nmod:poss", index
                return

    def _follows_its_noun(self, index: int) -> bool:
        """ "reviewers RedLetterMedia delivered", both as subjects."""
        before = index - 1
        return (
            before >= 0
            and self.pos[index] in _NAMES
            and self.pos[before] == "NOUN"
            and self.head[before] == self.head[index]
            and self.dep[before] == self.dep[index]
        )
