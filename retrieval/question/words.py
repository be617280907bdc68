"""What plain words of a question ask for: content words, cues for relations, expected types of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clew.graph.stores.bm25 import tokens
from clew.retrieval.reasoning.kinship import steps

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_FUNCTION_WORDS = """
a about after all also am an and any are as at be because been before being between both but by can could did do does
during each either few for from further had has have having he her here him his how i if in into is it its itself just
me more most my no nor not of on or other our out over same she should so some such than that the their them then
there these they this those through to too under until up upon very was we were what when where which while who whom
whose why will with would you your please tell give find name s t
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

_COMPARING_WORDS = (
    "first second last later earlier latest earliest recently recent same longer shorter another kind type"
)
COMPARING = frozenset(_COMPARING_WORDS.split())  # they say how to compare, not what

# What a word asks for, as relations tend to be worded in text. Only common verbs and nouns whose answer is usually
# said with another word ("father" is found as "son of"); every other word stands for itself.
_CUES = {
    "born": ("born in", "born on", "place of birth", "date of birth"),
    "birth birthplace birthday": ("born in", "born on", "place of birth", "date of birth"),
    "die died death dead": ("died in", "died on", "place of death", "date of death"),
    "old older oldest young younger youngest age": ("born on", "date of birth"),
    "lived longer": ("born on", "died on"),
    "father mother parent parents": ("son of", "daughter of", "child of", "born to", "father of", "mother of"),
    "son daughter child children": ("son of", "daughter of", "child of", "father of", "mother of"),
    "brother sister sibling": ("brother of", "sister of", "sibling of"),
    "husband wife spouse married marry": ("married", "married to", "wife of", "husband of", "spouse"),
    "uncle aunt nephew niece": ("brother of", "sister of", "son of", "daughter of"),
    "grandfather grandmother grandparent": ("son of", "daughter of", "grandson of", "granddaughter of"),
    "grandson granddaughter grandchild": ("son of", "daughter of", "grandson of", "granddaughter of"),
    "father-in-law mother-in-law": ("married", "wife of", "husband of", "son of", "daughter of"),
    "son-in-law daughter-in-law": ("married", "wife of", "husband of", "son of", "daughter of"),
    "stepfather stepmother": ("married", "son of", "daughter of"),
    "director directed": ("directed by", "directed", "director of", "film by"),
    "composer composed music": ("composed by", "music by", "composer of", "scored by"),
    "performer performed singer sung": ("performed by", "recorded by", "song by", "sung by", "single by"),
    "author writer wrote written": ("written by", "wrote", "author of", "novel by"),
    "producer produced": ("produced by", "producer of"),
    "publisher published": ("published by", "publisher of"),
    "founder founded": ("founded by", "founded", "founder of"),
    "editor edited": ("edited by", "editor of"),
    "nationality citizenship": ("nationality", "citizen of", "is", "from"),
    "country": ("located in", "country", "is", "from", "in"),
    "located location": ("located in", "located at", "in"),
    "study studied graduate graduated educated alma": ("educated at", "studied at", "graduated from", "attended"),
    "buried burial": ("buried in", "buried at", "place of burial"),
    "released release came": ("released in", "released on", "year"),
    "award awards won": ("won", "awarded", "received"),
    "work worked works employer": ("worked for", "worked at", "employed by"),
    "teach teaches teacher taught": ("taught at", "taught", "teacher at", "professor at"),
    "lead leads leader led head heads ceo boss": (
        *("led by", "headed by", "leader of", "head of", "chief executive of", "ceo of", "president of", "chairman of"),
    ),
    "buy buys bought acquire acquires acquired": ("acquired", "acquired by", "bought", "bought by"),
    "own owns owner owned": ("owned by", "owner of", "owned", "subsidiary of"),
    "headquarters headquartered based": ("headquarters located in", "headquarters is in", "based in", "located in"),
}
CUES: dict[str, tuple[str, ...]] = {word: phrases for words, phrases in _CUES.items() for word in words.split()}


def steps_of(cues: Iterable[str]) -> int:
    """How many triples a path that answers these cues is likely to have; at least 1."""
    return max(1, sum(map(steps, (cue for cue in cues if cue in CUES))))


_PERSON = frozenset({"PERSON", "PER"})
_GROUP = frozenset({"PERSON", "PER", "ORG", "ORGANISATION", "GROUP", "NORP"})
_PLACE = frozenset({"PLACE", "GPE", "LOC", "LOCATION", "FAC", "FACILITY"})
# What a question can ask for or rule out; a label of somebody else's graph, such as NURSE, is none of it.
KNOWN_TYPES = _GROUP | _PLACE | {"DEMONYM", "DATE", "NUMBER", "WORK", "EVENT", "PRODUCT"}
_KIN = re.compile(
    r"\b(?:grand|step|god)?(?:father|mother|son|daughter|parent|child)(?:-in-law)?\b|\b(?:husband|wife|spouse|uncle|aunt"
    r"|brother|sister|sibling|nephew|niece|director|composer|author|writer|singer|founder|editor|producer)\b"
)


def content_words(text: str) -> list[str]:
    """The words that carry meaning as the lexical index knows them (caseless, singular), in order, each once."""
    return list(dict.fromkeys(word for word in tokens(text) if word not in STOP_WORDS))


def expected_types(question: str) -> frozenset[str]:
    """Entity types (or `DATE`, `NUMBER`) that an answer would have; empty where the question leaves it open."""
    text = " ".join(question.casefold().split())
    rules: Iterable[tuple[str, frozenset[str]]] = (
        (r"\bwhen\b|\b(?:what|which) (?:is the )?(?:year|date|day)\b|\bdate of\b", frozenset({"DATE"})),
        (r"\bhow (?:many|much|old|long|far|tall|high)\b", frozenset({"NUMBER"})),
        (
            r"\bwhere .*\b(?:study|studied|graduated?|educated|works?|worked|teach|teaches|taught|lectured?)\b",
            frozenset({"ORG", "ORGANISATION"}),
        ),
        (r"\bwhere\b|\bplace of\b|\b(?:what|which) (?:city|town|village|place|river|state)\b", _PLACE),
        (r"\bcountry\b|\bnationality\b|\bcitizenship\b", _PLACE | {"NORP", "DEMONYM"}),
        (r"\bwho\b.*\b(?:perform|recorded|sang|founded|publish|produced)", _GROUP),
        (r"\bwho(?:m|se)?\b", _PERSON),
    )
    for pattern, types in rules:
        if re.search(pattern, text):
            return types
    return _PERSON if re.match(r"(?:what|which|name) .*", text) and _KIN.search(text) else frozenset()


_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n{1,}")
_ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|Rev|Gen|Col|Lt|Capt|Sgt|No|Vol|vs|etc|cf|approx|ca|c|fl|Inc|Ltd|Co|Mt))\.$"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a text lies, without the spaces around it, by a simple rule: it ends at `.`, `!`, `?`
    before a space, or at a line break, but not after an initial or a common abbreviation, nor where a line was only
    broken for its length."""
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        following = text[match.end() :].lstrip()[:1]
        if match.group().startswith(".") and (
            following.islower() or _ABBREVIATION.search(text, max(0, match.start() - 8), match.start() + 1)
        ):
            continue
        if match.group() == "\n" and _goes_on(text, match.start()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))[0] < trimmed[1]]


_WRAPPED = 45  # characters of a line that was broken for its length


def _goes_on(text: str, end: int) -> bool:
    """Whether the line that ends there was only broken for its length: a long one, no mark ends it, words follow."""
    line, following = text[text.rfind("\n", 0, end) + 1 : end].rstrip(), text[end + 1 : end + 2]
    return len(line) >= _WRAPPED and line[-1] not in ".!?:;|" and following.isalnum()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()) if piece.strip() else start


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentences that touch `text[start:end]` lie; all of the text where none does."""
    touching = [span for span in sentence_spans(text) if span[0] < max(end, start + 1) and span[1] > start]
    return (touching[0][0], touching[-1][1]) if touching else _trim(text, 0, len(text))
