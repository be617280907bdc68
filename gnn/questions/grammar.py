"""The little English that made questions need: plurals, verb forms, agreement, and what a text looks like."""

from __future__ import annotations

import re

_PLURAL = {
    "person": "people", "child": "children", "wife": "wives", "man": "men", "woman": "women", "alumnus": "alumni",
    "kin": "kin", "series": "series", "whereabouts": "whereabouts", "headquarters": "headquarters",
    "votes": "votes", "mom and dad": "mom and dad", "mother and father": "mothers and fathers", "folks": "folks",
    "progeny": "progeny", "offspring": "offspring", "other half": "other halves", "better half": "better halves",
    "life": "lives", "brother and sister": "brothers and sisters", "music": "music", "money": "money",
}  # fmt: skip
_BASE = {
    "wrote": "write", "written": "write", "made": "make", "sang": "sing", "sung": "sing", "drew": "draw", "cut": "cut",
    "shot": "shoot", "put": "put", "brought": "bring", "came": "come", "went": "go", "got": "get", "took": "take",
    "won": "win", "gave": "give", "bore": "bear", "died": "die", "grew": "grow", "knew": "know", "taught": "teach",
    "led": "lead", "ran": "run", "held": "hold", "became": "become", "began": "begin", "had": "have", "was": "be",
    "met": "meet", "left": "leave", "sat": "sit", "fought": "fight", "found": "find", "bought": "buy", "sold": "sell",
    "built": "build", "lost": "lose", "spent": "spend", "said": "say", "saw": "see", "set": "set", "wore": "wear",
    "rose": "rise", "fell": "fall", "spoke": "speak", "stood": "stand", "kept": "keep", "paid": "pay", "ate": "eat",
    "lied": "lie", "tied": "tie", "used": "use", "authored": "author",
    "created": "create", "belonged": "belong", "agreed": "agree", "freed": "free", "edited": "edit", "scored": "score",
    "hit": "hit",
    "starred": "star", "referred": "refer", "admitted": "admit", "cost": "cost", "sent": "send", "drove": "drive",
    "did": "do", "thought": "think", "told": "tell", "chose": "choose", "broke": "break", "flew": "fly", "lay": "lie",
    "called": "call", "killed": "kill", "followed": "follow", "married": "marry", "hired": "hire", "shared": "share",
    "voiced": "voice", "danced": "dance", "owned": "own", "named": "name", "visited": "visit", "wedded": "wed",
    "compared": "compare", "conquered": "conquer", "remained": "remain", "obtained": "obtain", "headed": "head",
    "fathered": "father", "mentored": "mentor", "filled": "fill", "retired": "retire", "inspired": "inspire",
}  # fmt: skip
_PAST = frozenset(_BASE) - {"cut", "put", "set", "cost", "hit", "lay", "found", "left"}
_DATE = re.compile(
    r"(?:^|\b)(?:\d{4}-\d{2}(?:-\d{2})?|(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\b.*\b\d{1,4}|\d{1,2}(?:st|nd|rd|th)? \w+ \d{3,4})\b",
    re.IGNORECASE,
)
# Stems that lost an e to -ed: "produc", "releas", "settl", "chang", and one vowel before one consonant, as in "locat".
_LOST_E = re.compile(
    r"(?:[cvuz]|[^s]s|[^aeioulrw]l|[dr]g|[ae]ng|(?:^|[^aeiou])(?:a[bdgkmprt]|i[bdklmnr]|o[dkmt]|u[bdlmnrt]|yp)"
    r"|(?:pl|mp|l)et|[cx]it|unit|vit|gnit|(?:pl|sc|st|gn)or|[iu]at|uad|quir)$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


def plural(noun: str) -> str:
    """The plural of a noun phrase; of "place of birth" the head is turned: "places of birth"."""
    if noun in _PLURAL:
        return _PLURAL[noun]
    for glue in ("-in-", " of ", " at ", " in ", " by ", " to ", " for "):
        if glue in noun:
            head, _, rest = noun.partition(glue)
            return plural(head) + glue + rest
    if " or " in noun:
        return " or ".join(map(plural, noun.split(" or ")))
    head, space, last = noun.rpartition(" ")
    return head + space + (_PLURAL.get(last) or _plural_word(last))


def _plural_word(word: str) -> str:
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return word if word.endswith("s") and not word.endswith("ss") else word + "es"
    return word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + "s"


def base_form(past: str) -> str:
    """The infinitive of a verb in its past or base form: "directed" and "direct" give "direct"."""
    if past in _BASE:
        return _BASE[past]
    if past.startswith("co-"):
        return "co-" + base_form(past[3:])
    if not past.endswith("ed") or past.endswith("eed") or len(past) < 5:
        return past
    stem = past[:-2]
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if re.search(r"([bdgmnprt])\1$", stem):
        return stem[:-1]
    return stem + "e" if _LOST_E.search(stem) else stem


def looks_past(word: str) -> bool:
    """Whether a word is a verb in the past ("directed", "wrote")."""
    word = word.removeprefix("co-")
    return word in _PAST or (
        word.endswith("ed") and len(word) > 4 and word not in {"speed", "breed", "hundred", "indeed"}
    )


def article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return ("an " if noun[:1].lower() in "aeiou" else "a ") + noun


def agree(text: str, many: bool, *, upper: bool) -> str:
    """The text with its agreement marks resolved: `<WAS>` and its like where `upper`, `<was>` else."""
    for mark, one, more in (
        ("was", "was", "were"),
        ("is", "is", "are"),
        ("has", "has", "have"),
        ("does", "does", "do"),
    ):
        key = f"<{mark.upper() if upper else mark}>"
        if key in text:
            text = text.replace(key, more if many else one)
    return text


def third_person(predicate: str, many: bool) -> str:
    """A predicate whose first word may be a base form, with the -s that one subject asks for: "share" -> "shares"."""
    first, space, rest = predicate.partition(" ")
    if many or first not in _PRESENT:
        return predicate
    return _plural_word(first) + space + rest


def numbered(predicate: str, many: bool) -> str:
    """A predicate with its noun in the plural where many are spoken of: "<WAS> a star of" gives "<WAS> stars of"."""
    match = re.match(r"(<(?:WAS|IS)>) (the|an?) (\w+) of\b", predicate) if many else None
    if match is None:
        return predicate
    lead = f"{match[1]} the " if match[2] == "the" else f"{match[1]} "
    return lead + plural(match[3]) + predicate[match.end(3) :]


def present(predicate: str, many: bool) -> str:
    """A predicate in the past in its present form: "directed {}" gives "directs {}"; others as they agree."""
    first, space, rest = predicate.partition(" ")
    if not looks_past(first):
        return third_person(agree(predicate, many, upper=True), many)
    verb = base_form(first)
    return (verb if many else _plural_word(verb)) + space + rest


_PRESENT = words(
    "share deal belong concern describe descend hold follow believe practice live reside come hail own possess lie"
    " border use pay make produce manufacture sell cite refer mention depend buy supply treat cure help contain consist"
    " operate suffer star feature fit characterize apply compete serve earn last cost lead head run celebrate rest"
    " go take play work fall"
)


def looks_like(text: str) -> str:
    """`year`, `date`, `number` or `text`: what a name is, by its look."""
    stripped = text.strip()
    if re.fullmatch(r"\d{4}", stripped):
        return "year"
    if any(c.isdigit() for c in stripped):
        if _DATE.search(stripped) and len(stripped) < 40:
            return "date"
        if _NUMBER.fullmatch(stripped):
            return "number"
    return "text"


def sort_value(text: str) -> tuple[str, float] | None:
    """The text's kind, `time` or `number`, and its place in order; None where it has none.
    Times are decimal years, so that a year compares with a date of another year."""
    kind = looks_like(text)
    if kind == "year":
        return ("time", float(text.strip()) + 0.5)
    if kind == "number":
        return ("number", float(text.strip().replace(",", "")))
    return _time(text.lower()) if kind == "date" else None


def _time(text: str) -> tuple[str, float] | None:
    iso = re.search(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    if iso:
        return ("time", int(iso[1]) + (int(iso[2]) - 1) / 12 + int(iso[3] or 15) / 400)
    year = re.search(r"\b(\d{4})\b", text)
    month = re.search("|".join(rf"\b{m}" for m in _MONTHS), text)
    if not year or not month:
        return None
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)", text)
    return ("time", int(year[1]) + _MONTHS.index(month[0]) / 12 + int(day[1] if day else 15) / 400)
