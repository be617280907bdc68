"""A baseline that knows titles and nothing else: the passages whose titles the question names, then those whose titles
these passages name, then BM25. No parser, no encoder, no triples."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from clew.graph.stores.bm25 import BM25

_WORD = re.compile(r"\w+")
_KIND = re.compile(r"\s*\([^()]*\)$")  # "Lilu (mythology)"
_WEIGHED = 100  # passages by BM25; those beyond count alike


class TitleHop:
    """Ranks passages, given as their titles and texts, by number."""

    def __init__(self, passages: Sequence[tuple[str, str]]) -> None:
        self._texts = [text for _, text in passages]
        self._index = BM25()
        self._named: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, (title, text) in enumerate(passages):
            self._index.add(str(number), f"{title}\n{text}")
            for form in {title, _KIND.sub("", title)}:
                words = tuple(word.casefold() for word in _WORD.findall(form))
                if words:
                    self._named[words].append(number)
        self._longest = max(map(len, self._named), default=0)

    def rank(self, question: str, count: int) -> list[int]:
        """The numbers of the first `count` passages."""
        weighed = [int(hit.id) for hit in self._index.search(question, _WEIGHED)]
        place = {number: at for at, number in enumerate(weighed)}
        asked = list(dict.fromkeys(self._numbers(question, place)))
        linked = {number: None for first in asked for number in self._numbers(self._texts[first], place)}
        hops = sorted((number for number in linked if number not in asked), key=lambda one: place.get(one, _WEIGHED))
        return list(dict.fromkeys([*asked, *hops, *weighed]))[:count]

    def _numbers(self, text: str, place: dict[int, int]) -> Iterator[int]:
        """The passages whose titles the text names, the longest title at each place; of equal titles the likest."""
        found = _WORD.findall(text)
        words = [word.casefold() for word in found]
        at = 0
        while at < len(words):
            longest = range(min(self._longest, len(words) - at), 0, -1) if _may_begin(found[at]) else ()
            length = next((size for size in longest if tuple(words[at : at + size]) in self._named), 0)
            if length:
                yield from sorted(
                    self._named[tuple(words[at : at + length])], key=lambda number: place.get(number, _WEIGHED)
                )
            at += max(length, 1)


def _may_begin(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


__all__ = ["TitleHop"]
