"""Relation names of others, written as the local extractor writes its own, `directed by`, `born in`."""

from __future__ import annotations

import re
from collections.abc import Collection

from clew.ingest.extract.rules.word_lists import AGENT_RELATIONS, NEGATIONS, OF_WORKS, past

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_HELPERS = frozenset({"is", "was", "are", "were", "be", "been", "being", "will", "would", "did", "does", "do"})
_ARTICLES = frozenset({"the", "a", "an"})
_NOT = NEGATIONS - {"no"} | {"isn't", "wasn't", "didn't", "doesn't", "aren't", "weren't", "hasn't", "won't"}
_MORE = frozenset(
    (
        "married",
        "led",
        "located",
        "joined",
        "acquired",
        "owned",
        "lived",
        "worked",
        "studied",
        "served",
        "played",
        "moved",
    )
)
_KNOWN = AGENT_RELATIONS | OF_WORKS | _MORE
_LONGEST, _WORDS = 60, 7


def relation_name(text: str, said: Collection[str] = ()) -> tuple[str, bool]:
    """The name in its usual form, and whether it is a denial; empty where it cannot be one.

    Helping verbs and articles go (`was born in` is `born in`, `is a` stays), the first verb stands in the past
    (`directs` is `directed`) where it is known as one or `said`, the words of the text, has that form, and
    `place_of_birth` and `placeOfBirth` are words.
    """
    words = [word.replace("’", "'") for word in _WORD.findall(_CAMEL.sub(" ", text[:200]))]
    words = [word.lower() for word in words]
    denied = any(word in _NOT for word in words)
    words = [word for word in words if word not in _NOT]
    if words[:1] == ["is"] or (words[:1] and words[0] in {"was", "are", "were"}):
        if words[1:] in (["a"], ["an"], ["one", "of"]):
            return "is a", denied
        if len(words) == 1:
            return "is", denied
    while len(words) > 1 and (
        words[0] in _HELPERS or words[:2] in (["has", "been"], ["had", "been"], ["have", "been"])
    ):
        words = words[1:]
    words = [word for word in words if word not in _ARTICLES]
    if not words or len(words) > _WORDS:
        return "", denied
    name = " ".join([_past(words[0], said), *words[1:]])
    return (name, denied) if len(name) <= _LONGEST else ("", denied)


def _past(word: str, said: Collection[str]) -> str:
    """The past form of what is known as a verb, else the word."""
    stems = [word, word.removesuffix("s"), word.removesuffix("es")]
    if word.endswith("ies"):
        stems.append(word[:-3] + "y")
    for stem in stems:
        form = past(stem) if stem else ""
        if form in _KNOWN or form in said or (form and not form.endswith("ed")):
            return form
    return word


__all__ = ["relation_name"]
