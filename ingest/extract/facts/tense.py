"""How a clause says what it says: its verb as written, whether it is so, was so, will be so or is denied, since when
and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import (
    DENYING_VERBS,
    ENDING_VERBS,
    HEDGES,
    HEDGING_VERBS,
    NEGATIONS,
    UNREAL_VERBS,
)

PAST, FUTURE, NEGATED, HEDGED = "past", "future", "negated", "hedged"
_HELPERS = ("aux", "aux:pass", "cop")
_WRITTEN = {
    "'s": "is",
    "’s": "is",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "’ll": "will",
    "wo": "will",
    "ca": "can",
}
_ALMOST = frozenset({"almost", "nearly"})
_ONCE = frozenset({"formerly", "previously", "originally"})
_ANY_MORE = frozenset({"anymore", "any-more"})
_FORMER = frozenset({"former", "ex", "erstwhile", "previous", "one-time", "onetime", "sometime"})
_COMING = frozenset({"future", "incoming", "designate"})
_MODIFIERS = frozenset({"amod", "compound", "advmod"})
_NOBODY = frozenset({"nobody", "none", "nothing", "neither"})
_WHENEVER = frozenset({"when", "whenever", "once"})
_CONDITIONS = frozenset({"if", "unless", "whether"})
_SINCE, _UNTIL = frozenset({"since", "from"}), frozenset({"until", "till", "to", "through"})
_DEEP = 5


# -- the verb as written -----------------------------------------------------------------------------------------------


def verb_words(parse: Parse, index: int) -> str:
    """The clause's verb with its helpers, without negation and adverbs: "was founded", "will be", "plans to buy"."""
    tokens: list[int] = []
    place = index
    for _ in range(_DEEP):
        tokens += [*_helpers(parse, place), *_verb(parse, place)]
        above = parse.head[place]
        chained = parse.dep[place] == "xcomp" or (parse.dep[place] == "advcl" and parse.lemma[above] == "use")
        if not chained or parse.pos[above] != "VERB" or parse.child(above, "obj") >= 0:
            break
        mark = parse.child(place, "mark")
        tokens += [mark] if mark >= 0 and parse.low[mark] == "to" else []
        place = above
    return " ".join(_WRITTEN.get(parse.low[token], parse.low[token]) for token in sorted(set(tokens)))


def _verb(parse: Parse, index: int) -> list[int]:
    if parse.child(index, "cop") >= 0:
        return []
    particle = parse.child(index, "compound:prt")
    return [index, particle] if particle >= 0 else [index]


def _helpers(parse: Parse, index: int) -> list[int]:
    """The clause's auxiliaries; "was founded and named": the second verb has the first one's."""
    own = [kid for kid in parse.kids[index] if parse.dep[kid] in _HELPERS and parse.tag[kid] != "TO"]
    head = parse.head[index]
    if own or parse.dep[index] != "conj" or parse.tag[index] not in {"VBN", "VBG", "VB"} or head == index:
        return own
    shares = parse.tag[head] == parse.tag[index] and parse.child(index, "nsubj", "nsubj:pass") < 0
    return _helpers(parse, head) if shares and head < index else []


# -- whether it is so --------------------------------------------------------------------------------------------------


def clause_flags(parse: Parse, index: int) -> set[str]:
    """`negated`, `hedged`, `past` and `future` as the clause's own words say; what governs it is not looked at."""
    flags: set[str] = set()
    for kid in parse.kids[index]:
        flags |= _flag(parse, index, kid)
    if parse.dep[index] == "conj" and parse.child(index, "nsubj", "nsubj:pass") < 0:
        flags |= _shared(parse, index)
    if _conditional(parse, index):
        flags = (flags - {FUTURE}) | {HEDGED}
    return flags


def _flag(parse: Parse, index: int, kid: int) -> set[str]:
    low, dep = parse.low[kid], parse.dep[kid]
    if low in _WHENEVER:  # "stops when the cover is opened"
        return {HEDGED} if parse.dep[index] == "advcl" and _present(parse, index) else set()
    if dep == "advmod":
        return _adverb(parse, index, kid)
    if dep == "aux":
        return _modal(low)
    denied = low in NEGATIONS and dep in {"det", "cc", "cc:preconj", "mark"}
    if denied or (dep.startswith("nsubj") and (low in _NOBODY or _no(parse, kid))):
        return {NEGATED}
    return {HEDGED} if dep == "mark" and low in _CONDITIONS else set()


def _adverb(parse: Parse, index: int, kid: int) -> set[str]:
    low = parse.low[kid]
    if low == "longer" and any(parse.low[under] == "no" for under in parse.kids[kid]):
        return {PAST}
    if low in NEGATIONS:
        return {PAST} if any(parse.low[other] in _ANY_MORE for other in parse.kids[index]) else {NEGATED}
    if low in _ALMOST:
        return {NEGATED}
    if low in _ONCE:
        return {PAST}
    return {HEDGED} if low in HEDGES else set()


def _present(parse: Parse, index: int) -> bool:
    helpers = _helpers(parse, index)
    return any(parse.tag[token] in {"VBZ", "VBP"} for token in helpers or [index])


def _modal(low: str) -> set[str]:
    if low in {"will", "shall", "'ll", "’ll", "wo"}:
        return {FUTURE}
    if low in {"may", "might", "could", "should"}:
        return {HEDGED}
    return set()


def _no(parse: Parse, noun: int) -> bool:
    """ "no signs", "neither party"."""
    determiner = parse.child(noun, "det")
    return determiner >= 0 and parse.low[determiner] in {"no", "neither"}


def _shared(parse: Parse, index: int) -> set[str]:
    """ "does not sell or rent": the second verb shares what is said of the first, unless "but" parts them."""
    joint = parse.child(index, "cc")
    head = parse.head[index]
    flags: set[str] = set()
    if joint >= 0 and parse.low[joint] in {"or", "nor"} and parse.child(head, "advmod") >= 0:
        flags = {flag for flag in clause_flags(parse, head) if flag == NEGATED} if head < index else set()
    helper = next((kid for kid in parse.kids[head] if parse.dep[kid] == "aux" and parse.tag[kid] == "MD"), -1)
    if helper >= 0 and parse.tag[index] == "VB" and parse.child(index, "aux") < 0:
        flags |= _modal(parse.low[helper])
    return flags


def _conditional(parse: Parse, index: int) -> bool:
    """Does it hold under a condition alone: "if X leaves, Y will lead"?"""
    for kid in parse.kids[index]:
        if parse.dep[kid] == "advcl":
            mark = parse.child(kid, "mark")
            if mark >= 0 and parse.low[mark] in {"if", "unless"}:
                return True
    return parse.head[index] == index and _condition_before(parse, index)


def _condition_before(parse: Parse, index: int) -> bool:
    """Where the parser hung "If X leaves," on nothing, it belongs to what comes after it in its sentence."""
    for place in range(index - 1, -1, -1):
        if parse.sentence[place] != parse.sentence[index]:
            return False
        if parse.low[place] in {"if", "unless"} and parse.dep[place] == "mark":
            clause = parse.head[place]
            return parse.head[clause] == clause and clause != index
    return False


def governed_flags(parse: Parse, index: int) -> set[str]:
    """What the verb above says of this clause: under "plans to" it is hedged, under "failed to" negated, under "used
    to" past; under a denial or a doubt it is no fact."""
    head, dep = parse.head[index], parse.dep[index]
    if head == index or dep not in {"xcomp", "ccomp", "advcl", "acl"}:
        return set()
    if parse.lemma[head] == "use" and parse.tag[head] in {"VBD", "VBN"} and _infinitive(parse, index):
        return {PAST}
    if dep in {"advcl", "acl"}:
        return {HEDGED} if _purpose(parse, index) else set()
    return _complement_flags(parse, index, head)


def _complement_flags(parse: Parse, index: int, head: int) -> set[str]:
    """What a verb says of the clause that it takes."""
    dep, lemma = parse.dep[index], parse.lemma[head]
    above = clause_flags(parse, head)
    rumoured = parse.child(head, "aux:pass") >= 0 and lemma in HEDGING_VERBS
    if lemma in DENYING_VERBS:
        return {NEGATED}
    if dep == "ccomp":
        return {HEDGED} if NEGATED in above or lemma in UNREAL_VERBS else set()
    if lemma in ENDING_VERBS:
        return {PAST}
    if lemma in UNREAL_VERBS or rumoured:
        return {HEDGED} | (above & {NEGATED})
    return above | governed_flags(parse, head)


def _infinitive(parse: Parse, index: int) -> bool:
    mark = parse.child(index, "mark")
    return mark >= 0 and parse.low[mark] == "to"


def _purpose(parse: Parse, index: int) -> bool:
    """ "bought a shop to sell wine": nobody says that any was sold."""
    return _infinitive(parse, index) and parse.tag[index] == "VB"


def noun_flags(parse: Parse, noun: int) -> set[str]:
    """ "the former director", "his ex-wife" were it; "the incoming director" will be."""
    if parse.low[noun].startswith("ex-"):
        return {PAST}
    words = {
        parse.low[kid] for kid in parse.kids[noun] if kid < noun and parse.dep[kid] in {"amod", "compound", "advmod"}
    }
    if words & _FORMER:
        return {PAST}
    return {FUTURE} if words & _COMING else set()


def is_tense_word(parse: Parse, token: int) -> bool:
    """Is this "former", "ex" or the like, which a flag says and a relation's name need not?"""
    return parse.low[token] in _FORMER | _COMING and parse.dep[token] in _MODIFIERS


def contrast(parse: Parse, token: int, flags: tuple[str, ...]) -> tuple[str, ...]:
    """The flags of one of several phrases: "not by X but by Y" denies X alone, whatever it hangs on."""
    joint = parse.child(token, "cc")
    if joint >= 0 and parse.low[joint] == "but":
        return tuple(flag for flag in flags if flag != NEGATED)
    denied = any(parse.low[kid] == "not" and parse.dep[kid] == "advmod" for kid in parse.kids[token])
    if denied and parse.child(token, "cop") < 0:
        return tuple(sorted({*flags, NEGATED}))
    return flags


# -- since when, until when --------------------------------------------------------------------------------------------


def validity(parse: Parse, index: int, date: Callable[[int], str]) -> tuple[str, str]:
    """(from, to) of the state that the clause tells of, as ISO dates, "" where it does not tell. `date` gives the ISO
    date that a token is part of."""
    begun = ended = ""
    for kid in _adjuncts(parse, index):
        normal = date(kid)
        if normal and parse.case(kid) in _SINCE:
            begun = begun or normal
        elif normal and parse.case(kid) in _UNTIL and (begun or parse.case(kid) not in {"to", "through"}):
            ended = ended or normal
    return begun, ended


def _adjuncts(parse: Parse, index: int) -> Iterator[int]:
    """What hangs on the clause, its noun's phrases included, in the order of the text."""
    stack = [kid for kid in parse.kids[index] if parse.dep[kid].startswith(("obl", "nmod", "obj", "xcomp"))]
    found = list(stack)
    for kid in stack:
        found += [under for under in parse.kids[kid] if parse.dep[under].startswith(("nmod", "obl"))]
    yield from sorted(set(found))


def is_over(parse: Parse, index: int, ended: str) -> bool:
    """A past tense with an end says that it is over: "was head of school until 2019"."""
    if not ended:
        return False
    return any(parse.tag[token] == "VBD" for token in (index, *_helpers(parse, index)))
