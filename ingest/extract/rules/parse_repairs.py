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
            elif self.tag[index] == "POS":
                self._share(above, index)
            elif relation == "parataxis" and self._is_its_verb(index, above):
                self.head[above], self.dep[above] = index, "nsubj"
                self.head[index], self.dep[index] = index, "ROOT"
            elif relation.startswith("obl") and self._stands_first(index, above):
                self.dep[index] = "nsubj"
            elif above == index and self._follows_its_verb(index):
                self.dep[index], self.head[index] = "obj", self._verb_before(index)
            elif above < index and (relation == "appos" or (relation == "conj" and self._is_a(index))):
                beside = self._joined_name(index, above)
                self.head[index], self.dep[index] = beside, "appos" if beside != above else relation
            elif relation == "case" and index + 2 < len(self.words):
                self._part_year(index)

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

    def _share(self, owner: int, mark: int) -> None:
        """ "X was A's and B's son", where the parser took A for what X was: the son is both's."""
        noun = next(
            (kid for kid in range(mark + 1, min(mark + 9, len(self.words))) if self._owned_with(kid, owner)), -1
        )
        if noun < 0:
            return
        self.head[noun] = self.head[owner] if self.head[owner] != owner else noun
        self.dep[noun], self.dep[owner] = self.dep[owner], "nmod:poss"
        for kid, above in enumerate(self.head):
            if above == owner and kid not in {mark, noun}:
                self.head[kid] = noun
        self.head[owner] = noun
        second = next(kid for kid in range(mark + 1, noun) if self.dep[kid] == "nmod:poss" and self.head[kid] == noun)
        self.head[second], self.dep[second] = owner, "conj"

    def _owned_with(self, noun: int, owner: int) -> bool:
        joined = self.pos[noun] == "NOUN" and self.dep[noun] == "conj" and self.head[noun] == owner
        return joined and any(
            self.dep[kid] == "nmod:poss" and self.head[kid] == noun and self.tag[kid + 1] == "POS"
            for kid in range(owner + 1, noun)
        )

    def _is_a(self, index: int) -> bool:
        before = index - 1
        while before and self.head[before] == index and self.dep[before] in {"amod", "compound"}:
            before -= 1
        return self.pos[index] == "NOUN" and self.words[before] in {"a", "an"} and self.words[before - 1] == ","

    def _joined_name(self, index: int, above: int) -> int:
        """ "A, a firm in Rome, and B, a firm in Oslo": the second firm is B."""
        first = index
        while first - 1 > above and self.words[first - 1] != "," and self.head[first - 1] in range(first, index + 1):
            first -= 1
        before = first - 2
        joined = self.words[first - 1] == "," and before > above and self.dep[before] == "conj"
        return before if joined and self.head[before] == above and self.pos[before] == "PROPN" else above

    def _is_its_verb(self, index: int, name: int) -> bool:
        """ "Node A calls": a name at the root, and the verb right behind it."""
        root = self.head[name] == name and self.pos[name] == "PROPN" and name < index and self.pos[index] == "VERB"
        return root and all(self.head[token] == name for token in range(name + 1, index))

    def _stands_first(self, index: int, verb: int) -> bool:
        """ "Acme Corp used to", where the parser took the name before the verb for a phrase without its preposition."""
        if verb != index + 1 or self.pos[verb] != "VERB" or self.pos[index] != "PROPN":
            return False
        around = [kid for kid, above in enumerate(self.head) if above in {index, verb}]
        return not any(self.dep[kid] == "case" or self.dep[kid].startswith("nsubj") for kid in around if kid < verb)

    def _follows_its_verb(self, index: int) -> bool:
        """ "Node A calls | Node B", where the parser ended the sentence behind the verb."""
        verb = self._verb_before(index)
        if verb < 0 or self.pos[index] not in {"PROPN", "NOUN"} or self.head[verb] != verb:
            return False
        return not any(above == verb and self.dep[kid] == "obj" for kid, above in enumerate(self.head))

    def _verb_before(self, index: int) -> int:
        first = index
        while first and self.head[first - 1] == index and self.dep[first - 1] in {"det", "amod", "compound"}:
            first -= 1
        return first - 1 if first and self.pos[first - 1] == "VERB" else -1

    def _part_year(self, index: int) -> None:
        """ "from 40 dollars in 2020 to 35 dollars": the year and what comes after "to" are two phrases."""
        year, joint = index + 1, index + 2
        noun = self.head[index]
        digits = self.words[year]
        if not (len(digits) == 4 and digits.isdecimal() and self.head[year] == noun and noun > joint):
            return
        if self.tag[joint] not in {"IN", "TO"} or not joint < self.head[joint] < noun + 1 or self.head[noun] == noun:
            return
        behind = self.head[index - 1] == self.head[noun] and self.pos[index - 1] == "NOUN"
        self.head[index], self.dep[year] = year, "nmod" if behind else "obl"
        self.head[year] = index - 1 if behind else self.head[noun]
        self.head[joint] = noun

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
