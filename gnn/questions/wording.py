"""One step of a question in words: noun phrases, predicates and questions, from what a Side knows."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from clew.gnn.questions.grammar import agree, base_form, looks_past, numbered, plural, third_person
from clew.gnn.questions.phrases import KINDS, Side

# Of a name these ask what it is; of a phrase ("who is X's father") they would ask for what the phrase says.
_IDENTITY = frozenset({"what <is> {}", "who <is> {}", "{} <is> what", "tell me what {} <is>", "when <was> {}"})
_MODALS = ("can ", "could ", "may ", "will ")
_RELATIVE = ("who ", "that ", "which ", "whose ")
_TITLED = ("director {}", "writer {}")
_INSIDE = ("~the ", "~that the ")
_PASSIVE = re.compile(r"(?:<(?:WAS|IS)> |~)(\w+)(?:(?<=ing)| (?:by|in|at)) \{\}")
_PAST_IN = re.compile(r"\w+ed in")
# Classes that people name before a name, "the film X"; of places "the town of X".
_TYPED = frozenset(
    {"film", "book", "song", "album", "company", "country", "school", "award", "team", "event", "genre", "language"}
)
_TOWNS = ("town", "city", "place", "village")
_BEFORE = frozenset({"genre", "language", "year", "rating", "topic", "country", "color", "profession"})
_PERSONAL = ("person", "one", "person", "individual", "guy")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words for one or many nodes. `bare` where they are a name or a chain of possessives; `tail` is the clause at
    the text's end, which may move to the end of a sentence."""

    text: str
    many: bool
    bare: bool
    kind: str
    tail: str = ""


@lru_cache(maxsize=65_536)
def fit(side: Side, from_kind: str, kind: str) -> Side:
    """The side with only the phrases that fit these classes of its two ends."""

    def kept(entries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(e.partition("@")[0] for e in entries if "@" not in e or e.partition("@")[2] in {from_kind, kind})

    return replace(
        side,
        nouns=kept(side.nouns),
        predicates=kept(side.predicates),
        gaps=kept(side.gaps),
        asks=kept(side.asks),
        other_nouns=kept(side.other_nouns),
        co=kept(side.co),
    )


def _ending(predicates: tuple[str, ...], a: Phrase) -> list[str]:
    """The predicates that read well with `a` in them: a long phrase has to stand at the end."""
    plain = [p for p in predicates if not p.endswith(_TITLED) or _named(a.text)]
    return [p for p in plain if a.bare or p.endswith("{}") or p.startswith(_INSIDE)] or plain


@lru_cache(maxsize=65_536)
def participles(side: Side) -> tuple[str, ...]:
    """The participles that stand between A and a noun for B: "directed" of "X directed films", "born", "starring"."""
    found = [match[1] for match in map(_PASSIVE.fullmatch, side.predicates) if match]
    if side.from_kind == "person" and side.kind != "person":
        found += [gap.partition(" ")[0] for gap in side.gaps if _PAST_IN.fullmatch(gap)]
    return tuple(dict.fromkeys(found))


def _named(text: str) -> bool:
    """Whether a text is a seed's name alone."""
    return len(text) == 1


class Steps:
    """Words single steps, with one source of chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def pick(self, options: tuple[str, ...] | list[str]) -> str:
        """One of the options; the first ones, which are the usual words, oftener."""
        return options[int(len(options) * self.rng.random() ** 1.5)]

    def kind_noun(self, kind: str, many: bool) -> str:
        """A noun for a class, "films" for `film`."""
        noun = self.rng.choice(KINDS.get(kind, (kind,)))
        return plural(noun) if many else noun

    def predicate(self, side: Side, a: Phrase, many: bool) -> str | None:
        """What is said of B, as a finite verb phrase: "was directed by X"; None where nothing can be."""
        finite = [p for p in _ending(side.predicates, a) if not p.startswith("~")]
        return self._said(self.pick(finite), a, many) if finite else None

    def _said(self, template: str, a: Phrase, many: bool) -> str:
        template = third_person(agree(numbered(self.tense(template), many), many, upper=True), many)
        return self._filled(template, a, side_kinds=("", ""))

    def _filled(self, template: str, a: Phrase, *, side_kinds: tuple[str, str], many: bool = True) -> str:
        text = agree(template, a.many, upper=False)
        if "<K>" in text:
            text = text.replace("<K>", self.kind_noun(side_kinds[1], many))
        if "<A>" in text:
            text = text.replace("<A>", self.kind_noun(side_kinds[0], False))
        if a.tail and "{} " in text and not text.startswith("{}") and self.chance(0.5):
            return f"{text.replace('{}', a.text.removesuffix(' ' + a.tail))} {a.tail}"
        return text.replace("{}", a.text)

    def seed(self, mark: str, kind: str, side: Side) -> Phrase:
        """The seed's name, at times with what it is: "the film X", "actor X", "the town of X"."""
        nouns: tuple[str, ...] = KINDS.get(kind, ()) if kind in _TYPED else ()
        if kind == "person" and side.kind != "person":
            nouns = tuple(noun.partition("@")[0] for noun in side.other_nouns[:3])
        if kind == "place":
            nouns = _TOWNS
        if not nouns or not self.chance(0.36):
            return Phrase(mark, False, True, kind)
        noun = self.rng.choice(nouns)
        if kind in {"genre", "language"} and self.chance(0.5):
            return Phrase(f"the {mark} {noun}", False, True, kind)
        if kind in {"place", "country"} and self.chance(0.6):
            return Phrase(f"the {noun} of {mark}", False, True, kind)
        return Phrase(self.pick(("the {} {}", "{} {}", "the {} {}")).format(noun, mark), False, True, kind)

    def tense(self, template: str) -> str:
        """A passive at times in the present: "are directed by"."""
        if template.startswith("<WAS> ") and " by" in template and self.chance(0.25):
            return "<IS> " + template.removeprefix("<WAS> ")
        return template

    def compound(self, side: Side, a: Phrase, many: bool, kind: str) -> Phrase | None:
        """B by A's name before a noun: "X directed films", "the X director"; None where no such noun is known."""
        if not _named(a.text):
            return None
        forms = participles(side)
        if forms:
            glue = self.pick((" ", "-", " "))
            text = f"{a.text}{glue}{self.pick(forms)} {self._head_noun(side, many, kind)}"
        elif side.nouns and kind != "thing":
            role = self.pick(side.nouns)
            text = f"{a.text} {plural(role) if many else role}"
        elif a.kind in _BEFORE:
            text = f"{a.text} {self.kind_noun(kind, many)}"
        else:
            return None
        bare = many and self.chance(0.5)
        return Phrase(text if bare else f"the {text}", many, bare, kind)

    def gap(self, side: Side, a: Phrase) -> str | None:
        """What is said of A up to where B would stand: "X was directed by"; None where nothing can be."""
        if not side.gaps:
            return None
        said = third_person(agree(numbered(self.tense(self.pick(side.gaps)), a.many), a.many, upper=True), a.many)
        return f"{a.text} {said}"

    def gap_question(self, wh: str, side: Side, a: Phrase) -> str | None:
        """B asked for as what a predicate of A lacks: "which films did X direct"."""
        if not side.gaps:
            return None
        gap = self.tense(self.pick(side.gaps))
        if a.tail and self.chance(0.5):
            asked = self.gap_question(
                wh, replace(side, gaps=(gap,)), replace(a, text=a.text[: -len(a.tail) - 1], tail="")
            )
            return f"{asked} {a.tail}"
        first, _, rest = gap.partition(" ")
        if first in {"<WAS>", "<IS>"}:
            return f"{wh} {agree(first, a.many, upper=True)} {a.text} {rest}"
        if first == "<HAS>":
            return f"{wh} {agree('<does>', a.many, upper=False)} {a.text} have {rest}".strip()
        if gap.startswith(_MODALS):
            return f"{wh} {first} {a.text} {rest}"
        auxiliary = "did" if looks_past(first) else agree("<does>", a.many, upper=False)
        return f"{wh} {auxiliary} {a.text} {base_form(first)} {rest}".strip()

    def postmodified(self, side: Side, a: Phrase, many: bool, noun: str, kind: str) -> str | None:
        """A noun for B with what makes it B: "films directed by X", "people who wrote X", "films X starred in"."""
        options = _ending(side.predicates, a)
        if side.gaps and (not options or (a.bare and self.chance(0.3))):
            link = self.pick(("that ", "", "which ")) if kind != "person" else self.pick(("who ", "that ", ""))
            return f"{noun} {link}{self.gap(side, a)}"
        if not options:
            return None
        template = self.pick(options)
        if template.startswith("~"):
            return f"{noun} {self._filled(template[1:], a, side_kinds=('', ''))}"
        for mark, reduced in (("<WAS> ", ""), ("<IS> ", ""), ("<HAS> ", "with ")):
            kept = template.startswith((f"{mark}to ", f"{mark}the ", f"{mark}a ", f"{mark}an ")) and mark != "<HAS> "
            if template.startswith(mark) and not kept and not template.startswith("<HAS> to") and self.chance(0.6):
                return f"{noun} {reduced}{self._filled(template.removeprefix(mark), a, side_kinds=('', ''))}"
        link = self.pick(("who", "that")) if kind == "person" else self.pick(("that", "which"))
        return f"{noun} {link} {self._said(template, a, many)}"

    def whose(self, side: Side, a: Phrase, noun: str) -> str | None:
        """A noun for B told by what A is to it: "films whose director is X"."""
        if not side.other_nouns:
            return None
        role = self.pick(side.other_nouns)
        if a.many:
            return f"{noun} whose {plural(role)} are {a.text}"
        form = (
            "{0} whose {1} is {2}"
            if not a.bare
            else self.pick(
                (
                    "{0} whose {1} is {2}",
                    "{0} with {2} as {1}",
                    "{0} which have {2} as {1}",
                    "{0} with {1} {2}",
                    "{0} that have the {1} {2}",
                )
            )
        )
        return form.format(noun, role, a.text)

    def noun_phrase(self, side: Side, a: Phrase, many: bool, kind: str) -> Phrase:
        """B told by A: "the director of X", "X's director", "the films that X directed"."""
        roles = side.nouns
        draw = self.rng.random()
        if a.bare and self.chance(0.22):
            compound = self.compound(side, a, many, kind)
            if compound:
                return compound
        if roles and draw < 0.5:
            role = plural(self.pick(roles)) if many else self.pick(roles)
            if a.bare and self.chance(0.4):
                mark = "'" if a.many and a.text.endswith("s") else "'s"
                return Phrase(f"{a.text}{mark} {role}", many, True, kind)
            return Phrase(f"the {role} of {a.text}", many, False, kind)
        noun = self._head_noun(side, many, kind)
        text = self.whose(side, a, noun) if draw > 0.9 else None
        text = text or self.postmodified(side, a, many, noun, kind)
        if text is None:
            role = self.pick(roles) if roles else noun
            text = f"{plural(role) if many and roles else role} of {a.text}"
        tail = text.removeprefix(noun + " ")
        tail = tail if tail != text and tail.startswith(_RELATIVE) else ""
        return Phrase(text if many and self.chance(0.35) else f"the {text}", many, False, kind, tail)

    def _head_noun(self, side: Side, many: bool, kind: str) -> str:
        if kind == "person" and not many and self.chance(0.6):
            return self.rng.choice(_PERSONAL)
        if side.nouns and kind != "film" and self.chance(0.35):
            role = self.pick(side.nouns)
            return plural(role) if many else role
        return self.kind_noun(kind, many)

    def wh(self, side: Side, many: bool, kind: str, *, subject: bool) -> str:
        """The question words for B."""
        general = {"person": "who"}.get(kind, "what")
        if kind == "person" and self.chance(0.65):
            return "who" if subject or self.chance(0.8) else "whom"
        noun = self.kind_noun(kind, many)
        if side.nouns and kind not in {"year", "date", "film"} and self.chance(0.4):
            noun = plural(self.pick(side.nouns)) if many else self.pick(side.nouns)
        if kind == "thing" and self.chance(0.9):
            return general
        return f"{self.rng.choice(('which', 'what'))} {noun}"

    def direct(self, side: Side, a: Phrase, many: bool, kind: str) -> str:
        """A question for B by A, whatever form: "who directed X", "X was directed by who", "name X's director"."""
        draw = self.rng.random()
        named = _named(a.text)
        asks = [ask for ask in side.asks if named or ask not in _IDENTITY]
        if asks and draw < 0.36:
            short = [ask for ask in asks if ask.endswith("{}")]
            chosen = self.rng.choice(short if short and not a.bare and self.chance(0.45) else asks)
            return self._filled(chosen, a, side_kinds=(a.kind, kind))
        text: str | None = None
        if draw < 0.53:
            said = self.predicate(side, a, many)
            text = said and f"{self._inquiry()}{self.wh(side, many, kind, subject=True)} {said}"
        elif draw < 0.65:
            text = self.gap_question(self.wh(side, many, kind, subject=False), side, a)
        elif draw < 0.77:
            said = self.gap(side, a)
            text = said and f"{said} {self.wh(side, many, kind, subject=False)}"
        return text or self.asked_phrase(self.noun_phrase(side, a, many, kind))

    def _inquiry(self) -> str:
        return self.pick(
            ("", "", "", "", "", "", "can you tell me ", "do you know ", "tell me ", "i wonder ", "please tell me ")
        )

    def asked_phrase(self, b: Phrase) -> str:
        """A question for what a noun phrase says: "who is X's director", "list the films X made"."""
        be = self.pick(("are", "were", "are") if b.many else ("is", "was", "is"))
        named = b.text.startswith("the ") or b.bare
        if named and self.chance(0.5):
            wh = "who" if b.kind == "person" else self.rng.choice(("what", "what", "which"))
            short = f"{wh}'s" if be == "is" and self.chance(0.2) else f"{wh} {be}"
            return f"{short} {b.text}"
        if self.chance(0.12):
            return f"{b.text} {be} {'who' if b.kind == 'person' else 'what'}"
        if named and self.chance(0.1):
            wh = "who" if b.kind == "person" else "what"
            lead = self.rng.choice(("can you tell me", "do you know", "i want to know", "tell me", "find out"))
            return f"{lead} {wh} {b.text} {be}"
        lead = self.pick(
            (
                "",
                "name ",
                "list ",
                "tell me ",
                "give me ",
                "find ",
                "show me ",
                "can you name ",
                "i'm looking for ",
                "could you list ",
                "i need ",
                "what about ",
                "any idea about ",
            )
        )
        return lead + b.text
