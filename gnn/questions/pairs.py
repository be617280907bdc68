"""Two steps of a path that English says as one: there and back over one relation, and the words of a family."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from clew.gnn.questions.grammar import agree, article, base_form, looks_past, numbered, plural, present, third_person
from clew.gnn.questions.phrases import KINDS, Side

KIN = {
    "parent parent": "grandparent|grandfather|grandmother|grandma and grandpa",
    "father father": "grandfather|paternal grandfather|grandpa|grandad",
    "mother mother": "grandmother|maternal grandmother|grandma|granny",
    "mother father": "grandfather|maternal grandfather|mother's father",
    "father mother": "grandmother|paternal grandmother|father's mother",
    "child child": "grandchild|grandkid|grandson|granddaughter", "spouse parent": "parent-in-law|in-law",
    "spouse father": "father-in-law", "spouse mother": "mother-in-law",
    "child spouse": "child-in-law|son-in-law|daughter-in-law", "parent sibling": "uncle|aunt|uncle or aunt",
    "father sibling": "uncle|aunt|paternal uncle", "mother sibling": "uncle|aunt|maternal uncle",
    "sibling child": "nephew|niece|nephew or niece", "sibling spouse": "brother-in-law|sister-in-law",
    "spouse sibling": "brother-in-law|sister-in-law",
    "parent child": "sibling|brother|sister|brother or sister|half sibling",
    "father child": "sibling|brother|sister|half sibling", "mother child": "sibling|brother|sister|half sibling",
    "child parent": "co-parent|parent of the same child|other parent",
}  # fmt: skip
_CO_STAR = (
    "{} co-starred with who",
    "who co-starred with {}",
    "who acted together with {}",
    "who acted alongside {}",
    "who did {} co-star with",
    "who shared the screen with {}",
    "{} acted with whom",
    "who has {} acted with",
    "{} acted together with who",
    "{} shared a film with who",
    "who was in the same film as {}",
)


@lru_cache(maxsize=65_536)
def kin(first: Side, second: Side) -> Side | None:
    """Two steps of a family as one: the father of the mother is the grandfather; None where English has no word."""
    if not first.nouns or not second.nouns:
        return None
    words = KIN.get(f"{first.nouns[0]} {second.nouns[0]}")
    if words is None:
        return None
    return replace(second, nouns=tuple(words.split("|")), predicates=(), gaps=(), asks=(), other_nouns=(), co=())


@lru_cache(maxsize=65_536)
def shared(first: Side, second: Side, middle: str) -> Side:
    """Two steps over one relation, there and back, as one: "films that share a director with X", "co-stars of X"."""
    noun = first.nouns[0] if first.nouns and first.kind != first.from_kind else KINDS.get(middle, (middle,))[0]
    back = [p.lstrip("~") for p in second.predicates if p.endswith("{}") and not p.startswith("~")]
    said = _sharing(noun, first.nouns[:3] or (noun,), back)
    if first.nouns:
        said += [p.replace("{}", f"the {noun} of {{}}") for p in back[:4]]
    said += _together(noun, second.co, back)
    gaps = tuple(p[:-3] for p in said if p.startswith("share ") or (p.endswith(" with {}") and p[0] not in "<~"))
    said += _also(first.nouns[:3] or (noun,), first, second)
    asks = (*_asked(noun, back if first.nouns else []), *_partners(second.co))
    if first.nouns:
        asks = (*asks, *(ask for role in first.nouns[:3] for ask in _also_asked(role, second.gaps)))
    return replace(second, nouns=second.co, predicates=tuple(said), gaps=gaps, asks=asks, other_nouns=(), co=())


def _sharing(noun: str, nouns: tuple[str, ...], back: list[str]) -> list[str]:
    said = [f"share {article(n)} with {{}}" for n in nouns] + [f"share {plural(n)} with {{}}" for n in nouns]
    said += [f"<HAS> the same {n} as {{}}" for n in nouns] * 2 + [f"<HAS> {article(noun)} in common with {{}}"]
    return said + [p.replace("{}", f"the same {noun} as {{}}") for p in back[:6]]


def _together(noun: str, co: tuple[str, ...], back: list[str]) -> list[str]:
    """What is said of two who did the same: "starred in a film with X", "was a co-star of X"."""
    if not co:
        return []
    said = [f"worked with {{}} on {article(noun)}", *(p.replace("{}", f"{article(noun)} with {{}}") for p in back[:6])]
    said += [p.replace("{}", f"the {plural(noun)} of {{}}") for p in back[:3]]
    said += [f"worked together with {{}} on {article(noun)}", "worked together with {}", "worked with {}"]
    said += [f"shared {article(noun)} with {{}}", *_jointly(noun, back)]
    return said + [f"<WAS> {article(c)} of {{}}" for c in co]


def _jointly(noun: str, back: list[str]) -> list[str]:
    """Verbs said of two at once: "acted together with X", "co-wrote films with X"."""
    said = []
    for verb, glue in (match.groups() for match in map(_VERB.fullmatch, back[:5]) if match):
        if not looks_past(verb):
            continue
        if glue:
            said += [f"{verb} together with {{}}", f"{verb} with {{}}", f"co-{verb} with {{}}"]
        else:
            films = plural(noun)
            said += [f"co-{verb} {films} with {{}}", f"{verb} {films} together with {{}}", f"{verb} {films} with {{}}"]
    return said


_VERB = re.compile(r"(\w+)( in)? \{\}")


def _also(nouns: tuple[str, ...], first: Side, second: Side) -> list[str]:
    """What only follows a noun: "whose director also directed X", "that the actors in X also appear in"."""
    does = [p for p in first.predicates if p.endswith("{}") and not p.startswith("~")][:5]
    said = []
    for noun in nouns:
        many = plural(noun)
        said += [f"~whose {noun} {_with_also(p, False)}" for p in does]
        said += [f"~whose {many} {_with_also(p, True)}" for p in does]
        said += [f"~whose {many} {_with_also(present(p, True), True)}" for p in does[:3]]
        if first.nouns:
            said += [f"~that the {noun} of {{}} {_with_also(gap, False)}" for gap in second.gaps[:3]]
            said += [f"~the {many} in {{}} {_with_also(present(gap, True), True)}" for gap in second.gaps[:3]]
            said += [f"~that the {many} of {{}} {_with_also(gap, True)}" for gap in second.gaps[:2]]
    return said


def _with_also(predicate: str, many: bool) -> str:
    first, _, rest = third_person(agree(numbered(predicate, many), many, upper=True), many).partition(" ")
    return (
        f"{first} also {rest}"
        if predicate.startswith(("<WAS>", "<IS>", "was ", "were ", "is ", "are "))
        else (f"also {first} {rest}".rstrip())
    )


def _also_asked(noun: str, gaps: tuple[str, ...]) -> list[str]:
    """Questions for the second B: "the director of X also directed which films"."""
    many = plural(noun)
    asks = [
        f"the {noun} of {{}} is also the {noun} of which <K>",
        f"the {noun} of {{}} is the {noun} of which other <K>",
        f"which <K> have the same {noun} as {{}}",
    ]
    for gap in gaps[:3]:
        asks.append(f"the {noun} of {{}} {_with_also(gap, False)} which <K>")
        asks.append(f"the {noun} in {{}} {_with_also(present(gap, False), False)} what")
        asks.append(f"the {many} of {{}} {_with_also(gap, True)} what <K>")
        verb, _, rest = gap.partition(" ")
        if looks_past(verb):
            asks.append(f"what <K> did the {noun} of {{}} also {base_form(verb)} {rest}".rstrip())
            asks.append(f"which other <K> did the {many} of {{}} {base_form(verb)} {rest}".rstrip())
    return asks


def _asked(noun: str, back: list[str]) -> list[str]:
    asks = [f"what other <K> {_many(p).replace('{}', f'the {noun} of {{}}')}" for p in back[:4]]
    return [
        *asks,
        f"which <K> have the same {noun} as {{}}",
        f"what <K> share {article(noun)} with {{}}",
        f"{{}} shares {article(noun)} with which <K>",
        f"which other <K> have the {noun} of {{}}" if back else f"which <K> have {article(noun)} in common with {{}}",
    ]


def _many(predicate: str) -> str:
    return predicate.replace("<WAS>", "were").replace("<IS>", "are").replace("<HAS>", "have")


def _partners(co: tuple[str, ...]) -> list[str]:
    if not co:
        return []
    asks = [
        f"{{}} has which {plural(co[0])}",
        f"who are the {plural(co[0])} of {{}}",
        f"who was {article(co[0])} of {{}}",
    ]
    return [*asks, *_CO_STAR] if co[0] == "co-star" else asks
