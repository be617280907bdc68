"""One parsed piece of text as plain columns, so that the rules need no spaCy and touch no token objects."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Parse:
    """Columns by token. `start` and `end` are offsets in the document's text; `head[i] == i` for a root.

    `pos` are Universal POS tags, `tag` Penn tags, `dep` Universal Dependencies relations. `sentence[i]` is the number
    of token i's sentence. `entities` are (first token, token after the last, type) from the recogniser.
    """

    words: list[str]
    pos: list[str]
    tag: list[str]
    lemma: list[str]
    dep: list[str]
    head: list[int]
    start: list[int]
    end: list[int]
    sentence: list[int]
    entities: list[tuple[int, int, str]]
    low: list[str] = field(default_factory=list)
    kids: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.low = [word.lower() for word in self.words]
        self.kids = [[] for _ in self.words]
        for index, head in enumerate(self.head):
            if head != index:
                self.kids[head].append(index)

    def __len__(self) -> int:
        return len(self.words)

    def child(self, index: int, *deps: str) -> int:
        """The first child of token `index` by one of these relations; -1 where none."""
        for kid in self.kids[index]:
            if self.dep[kid] in deps:
                return kid
        return -1

    def case(self, index: int) -> str:
        """The preposition of token `index`, lower case, a fixed one in full ("according to"); empty where none."""
        kid = self.child(index, "case")
        if kid < 0:
            return ""
        more = [self.low[other] for other in self.kids[kid] if self.dep[other] == "fixed"]
        return " ".join([self.low[kid], *more])

    def subtree(self, index: int) -> tuple[int, int]:
        """First token, and token after the last, of all that hangs on token `index` and lies in its sentence."""
        low = high = index
        stack = [index]
        seen = 0
        while stack and seen <= len(self.words):
            seen += 1
            kids = self.kids[stack.pop()]
            if kids:
                low, high = min(low, kids[0]), max(high, kids[-1])
                stack += kids
        return low, high + 1
