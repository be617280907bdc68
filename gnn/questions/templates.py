"""Whole questions put together from single steps: paths, conjunctions, comparisons, and the register of each."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clew.gnn.questions.grammar import plural
from clew.gnn.questions.pairs import kin, shared
from clew.gnn.questions.phrases import KINDS, Side
from clew.gnn.questions.wording import Phrase, Steps, fit, participles

SEEDS = ("\ue000", "\ue001")  # stand for the seeds' names until all else is said


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a path after its seed: how it is reached, the class of what stands there, and whether that is many.
    `back` where the step takes the relation of the step before the other way round."""

    side: Side
    kind: str
    many: bool
    back: bool


def word_path(rng: random.Random, seed_kind: str, places: Sequence[Place]) -> str:
    """A question for the last place of a path."""
    steps = Steps(rng)
    seed = steps.seed(SEEDS[0], seed_kind, places[0].side)
    if rng.random() < 0.07:
        return _keywords(rng, places)
    if len(places) > 1 and rng.random() < 0.15:
        chained = _chain(steps, seed.text, places)
        if chained:
            return steps.asked_phrase(chained)
    merged = _merged(rng, seed_kind, places)
    phrase = told(steps, seed, merged[:-1])
    last = merged[-1]
    return steps.direct(fit(last.side, phrase.kind, last.kind), phrase, last.many, last.kind)


def told(steps: Steps, phrase: Phrase, places: Sequence[Place]) -> Phrase:
    """The noun phrase for the last place, reached from what `phrase` says."""
    for place in places:
        phrase = steps.noun_phrase(fit(place.side, phrase.kind, place.kind), phrase, place.many, place.kind)
    return phrase


def _merged(rng: random.Random, seed_kind: str, places: Sequence[Place]) -> list[Place]:
    """The places, with pairs of steps that English says as one said as one, more often than not."""
    merged: list[Place] = []
    index = 0
    while index < len(places):
        place = places[index]
        following = places[index + 1] if index + 1 < len(places) else None
        before = merged[-1].kind if merged else seed_kind
        one = _as_one(rng, before, place, following) if following else None
        merged.append(one or place)
        index += 2 if one else 1
    return merged


def _as_one(rng: random.Random, before: str, place: Place, following: Place | None) -> Place | None:
    if following is None:
        return None
    first, second = fit(place.side, before, place.kind), fit(following.side, place.kind, following.kind)
    family = kin(first, second)
    if family and rng.random() < 0.4:
        return Place(family, following.kind, following.many, False)
    if following.back and rng.random() < 0.6:
        return Place(shared(first, second, place.kind), following.kind, following.many, False)
    return None


def _keywords(rng: random.Random, places: Sequence[Place]) -> str:
    """What somebody types into a search box: "X director birthplace"."""
    words = []
    for place in places:
        nouns = [n.partition("@")[0] for n in place.side.nouns]
        noun = rng.choice(nouns[:3]) if nouns else place.kind
        words.append(plural(noun) if place.many else noun)
    draw = rng.random()
    if draw < 0.6:
        return " ".join([SEEDS[0], *words])
    if draw < 0.8:
        return " ".join([*reversed(words), SEEDS[0]])
    return f"{SEEDS[0]}: {', '.join(words)}" if draw < 0.9 else " - ".join([SEEDS[0], *words])


def _chain(steps: Steps, text: str, places: Sequence[Place]) -> Phrase | None:
    """A chain of possessives, of "of", or first the one and then the other: "the director of X's star's films"."""
    ahead = steps.chance(0.7)
    for place in places:
        nouns = tuple(n for n in place.side.nouns if "@" not in n) or KINDS.get(place.kind, ())
        if not nouns or place.kind == "thing":
            return None
        ahead = ahead and (text == SEEDS[0] or steps.chance(0.75))
        noun = plural(steps.pick(nouns)) if place.many and steps.chance(0.5) else steps.pick(nouns)
        text = f"{text}'s {noun}" if ahead else f"the {noun} of {text}"
    return Phrase(text, places[-1].many, ahead, places[-1].kind)


def word_conjunction(
    rng: random.Random, a: Sequence[Place], b: Sequence[Place], seed_kinds: tuple[str, str], same: bool
) -> str:
    """A question for what two paths from two seeds both lead to; `same` where both take the same single step."""
    steps = Steps(rng)
    names = [
        steps.seed(mark, kind, places[0].side) for mark, kind, places in zip(SEEDS, seed_kinds, (a, b), strict=True)
    ]
    last = a[-1]
    kind, many = last.kind, last.many
    if same and rng.random() < 0.75:
        return _both(steps, fit(last.side, seed_kinds[0], kind), kind, many)
    first, second = told(steps, names[0], a[:-1]), told(steps, names[1], b[:-1])
    sides = (fit(a[-1].side, first.kind, kind), fit(b[-1].side, second.kind, kind))
    return _two_predicates(steps, sides, (first, second), kind, many)


def _both(steps: Steps, side: Side, kind: str, many: bool) -> str:
    """The same said of two seeds: "who acted in both A and B", "what genre do A and B have in common"."""
    pair = Phrase(steps.pick(("{} and {}", "both {} and {}", "{} as well as {}")).format(*SEEDS), True, False, "")
    draw = steps.rng.random()
    if side.nouns and draw < 0.4:
        noun = steps.pick(side.nouns)
        noun = plural(noun) if many else noun
        form = steps.pick(
            (
                "which {0} do {1} and {2} have in common",
                "what {0} do {1} and {2} share",
                "the common {0} of {1} and {2}",
                "{1} and {2} share which {0}",
                "what {0} is common to {1} and {2}",
                "the {0} of both {1} and {2}",
            )
        )
        return form.format(noun, *SEEDS)
    said = steps.predicate(side, pair, many)
    if said and draw < 0.7:
        return f"{steps.wh(side, many, kind, subject=True)} {said}"
    noun = steps.kind_noun(kind, many)
    text = steps.postmodified(side, pair, many, noun, kind)
    return (
        steps.asked_phrase(Phrase(text if many else f"the {text}", many, False, kind))
        if text
        else f"{noun} of {pair.text}"
    )


def _two_predicates(steps: Steps, sides: tuple[Side, Side], seeds: tuple[Phrase, Phrase], kind: str, many: bool) -> str:
    draw = steps.rng.random()
    said = [steps.predicate(side, seed, many) for side, seed in zip(sides, seeds, strict=True)]
    if draw < 0.4 and all(said):
        link = steps.pick(("and", "and", "and also", "and at the same time"))
        return f"{steps.wh(sides[0], many, kind, subject=True)} {said[0]} {link} {said[1]}"
    noun = steps.kind_noun(kind, many)
    if draw < 0.6 and said[1]:
        start = (
            steps.postmodified(sides[0], seeds[0], many, noun, kind)
            or steps.noun_phrase(sides[0], seeds[0], many, kind).text
        )
        link = "who" if kind == "person" else "that"
        start = start if many else f"the {start}"
        return steps.asked_phrase(Phrase(f"{start} {link} {steps.pick(('also ', ''))}{said[1]}", many, False, kind))
    born = participles(sides[1]) if SEEDS[1] == seeds[1].text else ()
    if draw < 0.68 and sides[0].nouns and born:
        role = steps.pick(sides[0].nouns)
        text = f"{SEEDS[1]}{steps.pick(('-', ' '))}{steps.pick(born)} {plural(role) if many else role}"
        own = f"{seeds[0].text}'s {text}" if seeds[0].bare else f"the {text} of {seeds[0].text}"
        return steps.asked_phrase(Phrase(own, many, True, kind))
    if draw < 0.8 and sides[0].nouns and sides[1].nouns:
        roles = [steps.pick(side.nouns) for side in sides]
        wh = "who" if kind == "person" else "what"
        both = steps.pick(("both ", ""))
        return f"{wh} is {both}the {roles[0]} of {seeds[0].text} and the {roles[1]} of {seeds[1].text}"
    parts = [
        (steps.postmodified(side, seed, many, "", kind) or f"of {seed.text}").strip()
        for side, seed in zip(sides, seeds, strict=True)
    ]
    return steps.asked_phrase(Phrase(f"{'' if many else 'the '}{noun} {parts[0]} and {parts[1]}", many, False, kind))


_LESS = {
    "date of birth": ("{w} was born first", "{w} was born earlier", "{w} is older", "{w} is the older one"),
    "date of death": ("{w} died first", "{w} died earlier", "{w} passed away first", "{w} was the first to die"),
    "release year": ("{w} came out first", "{w} was released earlier", "{w} is older", "{w} premiered earlier"),
    "foundation date": ("{w} was founded first", "{w} is older", "{w} was established earlier", "{w} started first"),
}  # fmt: skip
_MORE = {
    "date of birth": ("{w} was born later", "{w} is younger", "{w} is the younger one", "{w} was born more recently"),
    "date of death": ("{w} died later", "{w} died last", "{w} passed away later", "{w} outlived the other"),
    "release year": (
        "{w} came out later",
        "{w} was released later",
        "{w} is newer",
        "{w} is more recent",
        "{w} came out last",
    ),
    "foundation date": ("{w} was founded later", "{w} is younger", "{w} was established more recently"),
}
_ANY = {
    ("time", True): ("{w} has the earlier {n}", "{w} was earlier in {n}", "{w} comes first by {n}"),
    ("time", False): ("{w} has the later {n}", "{w} comes last by {n}", "{w} has the more recent {n}"),
    ("number", True): ("{w} has the lower {n}", "{w} has the smaller {n}", "{w} has less {n}"),
    ("number", False): (
        "{w} has the higher {n}",
        "{w} has the greater {n}",
        "{w} has more {n}",
        "{w} is bigger in {n}",
    ),
}


def word_comparison(rng: random.Random, kind: str, sort: str, smaller: bool, places: Sequence[Place]) -> str:
    """A question for the seed whose value, at the end of the places, is the smaller (or the greater)."""
    steps = Steps(rng)
    value = fit(places[-1].side, kind, places[-1].kind)
    noun = value.nouns[0] if value.nouns else places[-1].kind
    forms = (_LESS if smaller else _MORE).get(noun) or ()
    form = steps.rng.choice([*forms, *forms, *_ANY[(sort, smaller)]])
    noun = steps.pick(value.nouns) if value.nouns else noun
    thing = "person" if kind == "person" else steps.kind_noun(kind, False)
    wh = "who" if kind == "person" and steps.chance(0.7) else f"{steps.rng.choice(('which', 'what'))} {thing}"
    if len(places) == 1:
        asked = form.format(w=wh, n=noun)
    else:
        bridge = fit(places[0].side, kind, places[0].kind)
        role = steps.pick(bridge.nouns) if bridge.nouns else places[0].kind
        asked = form.format(w=f"whose {role}", n=noun)
        if steps.chance(0.5):
            link = "who" if places[0].kind == "person" else "that"
            asked = f"{wh} has the {role} {form.format(w=link, n=noun)}"
    pair = steps.pick(("{} or {}", "{} or {}", "between {} and {}")).format(*SEEDS)
    if steps.chance(0.15):
        return f"out of {SEEDS[0]} and {SEEDS[1]}, {asked}"
    return f"{asked}, {pair}" if steps.chance(0.8) else f"{asked}: {pair}"


def said(rng: random.Random, text: str, names: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The question with the seeds' names put in, in some register, and where each name stands, by name."""
    lower = rng.random() < 0.5
    if rng.random() < 0.12:
        text = text.replace("'s ", " 's ")
    if rng.random() < 0.06:
        text = re.sub(r"\b(?:the|a|an) ", "", text)
    text = " ".join(text.split())
    if not lower:
        text = text[:1].upper() + text[1:]
        text = re.sub(r"\bi('m|\b)", lambda match: "I" + match[1], text)
    question = rng.random() < (0.35 if lower else 0.85)
    small = lower and rng.random() < 0.5
    spans = [(0, 0)] * len(names)
    parts: list[str] = []
    length = 0
    for part in re.split(f"([{''.join(SEEDS)}])", text):
        shown = part
        if part in SEEDS:
            place = SEEDS.index(part)
            shown = names[place].lower() if small else names[place]
            spans[place] = (length, length + len(shown))
        parts.append(shown)
        length += len(shown)
    return "".join(parts) + ("?" if question else ""), tuple(spans)
