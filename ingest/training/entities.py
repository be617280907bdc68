"""One set of entity labels for all sources, each of which teaches only the labels it has.

A word's annotation is the *set* of tags that it may have: one tag where the source says which, several where it cannot
know. A source that marks no films leaves "Titanic" open; its "Rome" is a place and its "the" is no name. The trainer
sums over the set, so that what is open teaches nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import spacy

from clew.ingest.extract.rules.word_lists import noun_type
from clew.ingest.training.corpora import Sentence, read_bio

TYPES = ("PERSON", "ORGANISATION", "PLACE", "WORK", "EVENT", "PRODUCT", "DATE", "NUMBER", "OTHER")
TAGS = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))
_BIT = {tag: 1 << place for place, tag in enumerate(TAGS)}
_VALUES = frozenset(["DATE", "NUMBER"])
_NAMES = frozenset(TYPES) - _VALUES
_MISC = ("OTHER", "WORK", "EVENT", "PRODUCT")
_TRIO = {"PER": ("PERSON",), "ORG": ("ORGANISATION",), "LOC": ("PLACE",)}

UNER = _TRIO
WIKIGOLD = {**_TRIO, "MISC": _MISC}
SEC = {**_TRIO, "MISC": _MISC}
WNUT = {
    "person": ("PERSON",),
    "location": ("PLACE",),
    "corporation": ("ORGANISATION",),
    "group": ("ORGANISATION",),
    "product": ("PRODUCT",),
    "creative-work": ("WORK",),
}
GUM = {
    "person": ("PERSON",),
    "organization": ("ORGANISATION",),
    "place": ("PLACE",),
    "event": ("EVENT",),
    "time": ("DATE",),
    "object": ("PRODUCT", "WORK", "OTHER"),
    "abstract": ("WORK", "OTHER", "PRODUCT"),
}
SILVER = {kind: (kind,) for kind in _NAMES}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CALENDAR = _set(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec"
)
_IN_NAMES = frozenset(["PROPN", "ADP", "DET", "CCONJ", "PUNCT", "NUM", "PART"])
_EDGES = frozenset(["DET", "PUNCT", "ADP"])
_CONNECTIVES = _set("of the and de la le von van der di da del & ' 's - for in to a")


def tag_bits(kinds: Iterable[str], prefixes: str = "BI") -> int:
    """The tags of these labels as bits."""
    return sum(_BIT[f"{prefix}-{kind}"] for kind in set(kinds) for prefix in prefixes)


def annotate(sentence: Sentence, labels: Mapping[str, tuple[str, ...]]) -> Sentence:
    """The sentence with `allowed` tags, from `names` with labels of a source that has just these labels."""
    # What may be one of several is not known to be any: only labels that stand alone are the source's own.
    known = {kinds[0] for kinds in labels.values() if len(kinds) == 1}
    hidden = _NAMES - known - ({*_MISC} if any("OTHER" in kinds for kinds in labels.values()) else set())
    sentence.allowed = [
        _BIT["O"] | tag_bits(_open_kinds(sentence, index, hidden, known)) for index in range(len(sentence.words))
    ]
    _connect(sentence, tag_bits(hidden))
    for start, end, label in sentence.names:
        kinds = labels.get(label)
        for index in range(start, end):
            at = "B" if index == start else "I"
            sentence.allowed[index] = tag_bits(kinds, at) if kinds else tag_bits(TYPES) | _BIT["O"]
    _number_words(sentence)
    return sentence


def _open_kinds(sentence: Sentence, index: int, hidden: frozenset[str], known: set[str]) -> set[str]:
    """What an unmarked word may be although the source does not say so."""
    word, pos = sentence.words[index], sentence.pos[index] if sentence.pos else ""
    kinds: set[str] = set()
    if pos == "PROPN" or (not pos and index and word[:1].isupper()):
        kinds |= hidden
    if any(map(str.isdigit, word)) or word.lower() in _CALENDAR:
        kinds |= {"DATE"} - known | ({"NUMBER"} if not pos else set()) | (hidden if pos != "NUM" else set())
    return kinds


def _connect(sentence: Sentence, hidden: int) -> None:
    """`of` between two words that may be of a hidden name may be of it, too."""
    allowed = sentence.allowed
    for index in range(1, len(allowed) - 1):
        if sentence.words[index].lower() in _CONNECTIVES and allowed[index - 1] & allowed[index + 1] & hidden:
            allowed[index] |= hidden


def _number_words(sentence: Sentence) -> None:
    """Numerals outside names are numbers, or parts of dates where the source marks no dates."""
    for index, pos in enumerate(sentence.pos):
        if pos == "NUM" and sentence.allowed[index] & _BIT["O"]:
            sentence.allowed[index] &= ~_BIT["O"]
            sentence.allowed[index] |= tag_bits(["NUMBER"])


def named_only(sentence: Sentence) -> Sentence:
    """GUM marks every referring expression; the innermost ones that are proper names, or dates, are left."""
    named: list[tuple[int, int, str]] = []
    for low, high, kind in sorted(sentence.names, key=lambda span: span[1] - span[0]):
        start, end = _trimmed(sentence.pos, low, high)
        taken = any(start < other_end and other_start < end for other_start, other_end, _ in named)
        if kind in GUM and not taken and _is_name(sentence, start, end, kind):
            named.append((start, end, kind))
    sentence.names = sorted(named)
    return sentence


def _is_name(sentence: Sentence, start: int, end: int, kind: str) -> bool:
    pos = sentence.pos[start:end]
    if kind == "time":
        return any(word.lower() in _CALENDAR or re.search(r"\d", word) for word in sentence.words[start:end])
    return "PROPN" in pos and set(pos) <= _IN_NAMES and pos[-1] in {"PROPN", "NUM"}


def _trimmed(pos: Sequence[str], start: int, end: int) -> tuple[int, int]:
    while start < end and pos[start] in _EDGES:
        start += 1
    while end > start and pos[end - 1] == "PUNCT":
        end -= 1
    return start, end


def add_uner(sentences: Sequence[Sentence], path: Path) -> None:
    """EWT's sentences get the names that UNER marks in them; where UNER lacks a sentence, its names stay open."""
    marked = {tuple(sentence.words): sentence.names for sentence in read_bio(path, 1, 2, "\t")}
    for sentence in sentences:
        found = marked.get(tuple(sentence.words))
        sentence.names = found or []
        annotate(sentence, UNER if found is not None else {})


def wikigold(data: Path, part: str) -> list[Sentence]:
    """Wikigold split 8:1:1 by its order."""
    gold = list(read_bio(data / "wikigold" / "wikigold.conll.txt", 0, 1))
    tenth = len(gold) // 10
    parts = {"train": gold[: 8 * tenth], "dev": gold[8 * tenth : 9 * tenth], "test": gold[9 * tenth :]}
    return [annotate(sentence, WIKIGOLD) for sentence in parts[part]]


def silver(data: Path) -> Iterator[Sentence]:
    """2Wiki's passages, in which titles whose kind is plain are names; all other capitalised words stay open."""
    passages = json.loads((data / "2wiki" / "corpus.json").read_text(encoding="utf-8"))
    kinds = _title_kinds(passages)
    nlp = spacy.blank("en")
    names = {tuple(token.text for token in nlp.tokenizer(name)): kind for name, kind in kinds.items()}
    longest = max(map(len, names))
    for passage in passages:
        doc = nlp.tokenizer(re.sub(r"(?<=\w)- (?=\w)", "-", passage["text"]))
        tokens = [token for token in doc if not token.is_space]
        sentence = Sentence(words=[t.text for t in tokens], spaces=[bool(t.whitespace_) for t in tokens])
        own = tuple(token.text for token in nlp.tokenizer(_bare(passage["title"])))
        sentence.names = list(_occurrences(sentence.words, names, own, longest))
        yield _left_open(sentence)


def _left_open(sentence: Sentence) -> Sentence:
    annotate(sentence, SILVER)
    anything = tag_bits(TYPES)
    covered = {index for start, end, _ in sentence.names for index in range(start, end)}
    for index, word in enumerate(sentence.words):
        if index not in covered and (word[:1].isupper() or any(map(str.isdigit, word))):
            sentence.allowed[index] = anything | _BIT["O"]
    _connect(sentence, anything)
    for start, end, label in sentence.names:  # connectives inside marked names are the name's
        for index in range(start, end):
            sentence.allowed[index] = tag_bits([label], "B" if index == start else "I")
    return sentence


def _occurrences(
    words: list[str], names: dict[tuple[str, ...], str], own: tuple[str, ...], longest: int
) -> Iterator[tuple[int, int, str]]:
    """Longest names first come first; a single word counts in its own passage only."""
    index = 0
    while index < len(words):
        for size in range(min(longest, len(words) - index), 0, -1):
            name = tuple(words[index : index + size])
            if name in names and (size > 1 or name == own):
                yield index, index + size, names[name]
                index += size - 1
                break
        index += 1


def _bare(title: str) -> str:
    return re.sub(r"\s*\([^)]*\)$", "", title)


def _title_kinds(passages: Sequence[dict[str, str]]) -> dict[str, str]:
    """The kind of each title, where its bracket or its passage's first words say it and no namesake differs."""
    votes: dict[str, Counter[str]] = {}
    for passage in passages:
        kind = _kind_of(passage["title"], passage["text"])
        votes.setdefault(_bare(passage["title"]), Counter())[kind] += 1
    return {name: next(iter(found)) for name, found in votes.items() if len(found) == 1 and "" not in found}


def _kind_of(title: str, text: str) -> str:
    bracket = re.search(r"\(([^)]*)\)$", title)
    if bracket and (kind := noun_type(bracket.group(1).split()[-1].lower() if bracket.group(1).split() else "")):
        return kind if kind != "OTHER" else ""
    said = re.search(r"\b(?:is|was|are|were) (?:an?|the|one of the) ([^.,;:()]{3,80})", text[:400])
    if not said:
        return ""
    phrase = re.split(r"\b(?:of|in|by|who|that|which|from|for|on|at|based|directed|written)\b", said.group(1))[0]
    noun = phrase.split()[-1].lower() if phrase.split() else ""
    kind = noun_type(noun)
    return kind if kind != "OTHER" else ""
