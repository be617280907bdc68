"""A parsed question as plain columns; whoever has a parser hands one in as a callable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True)
class Syntax:
    """A text with its tokens by Universal Dependencies: `heads[i] == i` for a root; `starts` and `ends` are offsets in
    `text`. Empty columns where there is no parser: what reads it then knows of no syntax."""

    text: str
    words: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deps: tuple[str, ...] = ()
    heads: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The tokens that hang on each token, in order."""
        found: list[list[int]] = [[] for _ in self.words]
        for index, head in enumerate(self.heads):
            if head != index:
                found[head].append(index)
        return tuple(map(tuple, found))

    def child(self, index: int, *deps: str) -> int:
        """The first token that hangs on `index` by one of these relations (subtypes count); -1 where none does."""
        for kid in self.children[index]:
            if {self.deps[kid], self.deps[kid].partition(":")[0]} & set(deps):
                return kid
        return -1

    def below(self, index: int) -> list[int]:
        """`index` and all tokens below it, in order."""
        found, stack = {index}, [index]
        while stack:
            for kid in self.children[stack.pop()]:
                if kid not in found:
                    found.add(kid)
                    stack.append(kid)
        return sorted(found)

    def above(self, index: int) -> Iterator[int]:
        """`index`, its head, that one's head, up to the root."""
        seen: set[int] = set()
        while index not in seen:
            seen.add(index)
            yield index
            index = self.heads[index]

    def acts(self, index: int) -> bool:
        """Whether the token is a verb, or a word that an auxiliary makes one ("did she interview ...?")."""
        return self.tags[index] == "VERB" or self.child(index, "aux") >= 0

    def passive(self, index: int) -> bool:
        """Whether the token is a verb in the passive: with a form of "be" and no "-ing"."""
        if self.child(index, "aux:pass", "nsubj:pass") >= 0 and not self.words[index].casefold().endswith("ing"):
            return True
        being = any(self.deps[kid].startswith("aux") and self.lemmas[kid] == "be" for kid in self.children[index])
        return being and self.tags[index] == "VERB" and not self.words[index].casefold().endswith("ing")

    def cases(self, index: int) -> set[str]:
        """The prepositions of the token, lower case."""
        return {self.words[kid].casefold() for kid in self.children[index] if self.deps[kid] == "case"}

    def said(self, tokens: Iterable[int]) -> str:
        """The stretch of the text from the first of these tokens to the last."""
        own = sorted(tokens)
        return self.text[self.starts[own[0]] : self.ends[own[-1]]] if own else ""

    def phrase(self, index: int) -> str:
        """The stretch of the text that hangs on `index`."""
        return self.said(self.below(index))


Parse = Callable[[str], Syntax]


def unparsed(text: str) -> Syntax:
    """The text without any syntax: what there is where no parser is."""
    return Syntax(text)


_STAND_IN = "Aldra"  # a name that reads as nothing but a name


def parse_named(parse: Parse, text: str, names: Iterable[tuple[int, int]]) -> Syntax:
    """The syntax of the text in which each of these stretches (start, end) is one word, whatever words it is made of: a
    song called "Changed It" is no clause."""
    pieces, places, at, length = [], [], 0, 0
    for start, end in sorted(names):
        if start < at:
            continue
        pieces += [text[at:start], _STAND_IN]
        length += start - at
        places.append((length, start, end))
        length, at = length + len(_STAND_IN), end
    if not places:
        return parse(text)
    found = parse("".join([*pieces, text[at:]]))
    words, starts, ends = list(found.words), list(found.starts), list(found.ends)
    for index, (low, high) in enumerate(zip(found.starts, found.ends, strict=True)):
        before = [place for place in places if place[0] <= low]
        if not before:
            continue
        place, start, end = before[-1]
        if low == place:
            starts[index], ends[index], words[index] = start, end, text[start:end]
        else:
            shift = end - (place + len(_STAND_IN))
            starts[index], ends[index] = low + shift, high + shift
    return replace(found, text=text, words=tuple(words), starts=tuple(starts), ends=tuple(ends))


__all__ = ["Parse", "Syntax", "parse_named", "unparsed"]
