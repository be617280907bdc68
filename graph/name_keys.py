"""Under which keys names that may mean one thing meet: what resolution compares, and nothing else.

A name meets others under its own key, under that of the part before its bracket, under a looser key (no accents, dots
or company suffix), and, a person's, under first and last name. Each name has a handful of keys, so nothing is compared
with the whole corpus.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from clew.graph.model import name_key

_TITLED = re.compile(r"(.*\S) ?\(([^()]*)\)", re.DOTALL)
_WORDS = re.compile(r"\w+")
_DOTTED = re.compile(r"(?<=\b\w)\. ?(?=\w\b)")
_FORMS = {  # a company's form, and what it is short for
    "inc": "inc", "incorporated": "inc", "corp": "corp", "corporation": "corp", "ltd": "ltd", "limited": "ltd",
    "llc": "llc", "plc": "plc", "gmbh": "gmbh",
}  # fmt: skip
_INITIALS = re.compile(r"(?:\w\.[ -]?)+(?=\w{2})")
_SHORTEST_JOINED = 6  # letters of a name below which leaving out its blanks makes another name of it
_STYLES = frozenset("sir dame dr mr mrs ms prof professor rev".split())  # noqa: SIM905
_NOT_IN_NAMES = frozenset(  # what joins names, or stands before a person's
    "of the and de von van der den di da du la le el al bin ibn y in on for to at a an i ii iii iv v vi vii viii ix x "  # noqa: SIM905
    "jr sr st saint sir lord lady king queen prince princess emperor empress dowager duke duchess count countess "
    "archduke archduchess baron baroness earl pope bishop general admiral captain colonel major president".split()
)
FIRST_AND_LAST = "~"  # begins a key that no name has: `name_key` never leaves it before a name's words alone


def bracket(name: str) -> tuple[str, str]:
    """The name without its closing bracket, and what stands in it: `Lothair (novel)` -> `Lothair`, `novel`."""
    match = _TITLED.fullmatch(name.strip()) if name.endswith(")") else None
    return (match[1], match[2]) if match else (name, "")


def words_of(key: str) -> list[str]:
    """The words of a normalised name, without punctuation."""
    return _WORDS.findall(key)


@lru_cache(maxsize=65_536)
def loose_key(key: str) -> str:
    """The key (of `name_key`) without accents, punctuation, a style before or a company's form behind it; initials
    stand together: `j. r. r. tolkien` and `jrr tolkien` share one, so do `acme, inc` and `acme`."""
    bare = key
    if not key.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", key) if not unicodedata.combining(c))
    words = _WORDS.findall(_DOTTED.sub("", bare.replace("&", " and ")))
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    while len(words) > 2 and words[0] in _STYLES:
        words.pop(0)
    return " ".join(words) or key


def company_form(key: str) -> str:
    """The company's form that the name ends with, short (`ltd` for `acme limited`); empty where it has none."""
    words = _WORDS.findall(key)
    return _FORMS.get(words[-1], "") if len(words) > 1 else ""


def joined(key: str) -> str:
    """The loose key of two or three words without their blanks, under which `open vault` meets `openvault`; else
    empty."""
    words = loose_key(key).split()
    whole = "".join(words)
    return whole if 2 <= len(words) <= 3 and len(whole) >= _SHORTEST_JOINED and whole.isalpha() else ""


def without_initials(key: str) -> str:
    """The loose key of a person's name without the initials before it: `arvid solheim` of `k. t. arvid solheim`; empty
    where there are none."""
    match = _INITIALS.match(key)
    rest = loose_key(key[match.end() :]) if match else ""
    return rest if " " in rest else ""


def initial_and_last(key: str) -> str:
    """The key under which `k. asare` meets `kwabena asare`; empty where the name has not two words."""
    words = loose_key(key).split()
    if len(words) != 2 or not "".join(words).isalpha() or not _NOT_IN_NAMES.isdisjoint(words) or len(words[1]) < 2:
        return ""
    return f"{FIRST_AND_LAST}{words[0][0]} {words[1]}"


def titled(key: str) -> str:
    """The loose key of what stands before the first comma of a long name: `henry ii` of `henry ii, lord of ligny`;
    empty where there is none, or one word alone."""
    before, comma, _ = key.partition(",")
    return loose_key(before) if comma and " " in before.strip() else ""


def first_and_last(key: str) -> str:
    """The key under which a longer name of a person meets the shorter one (`~thomas edison` for Thomas Alva Edison);
    empty where the name has two words, more than four, or such as no person's name has."""
    words = loose_key(key).split()
    if not 3 <= len(words) <= 4 or not _NOT_IN_NAMES.isdisjoint(words) or any(word.isdigit() for word in words):
        return ""
    return f"{FIRST_AND_LAST}{words[0]} {words[-1]}"


def block_keys(key: str) -> set[str]:
    """The keys under which the name of this key meets others."""
    plain = bracket(key)[0]
    keys = {key, name_key(plain) if plain != key else key, loose_key(plain)}
    others = (first_and_last(plain), titled(plain), joined(plain), without_initials(plain), initial_and_last(plain))
    return keys | {other for other in others if other}


def asked_keys(key: str) -> set[str]:
    """The keys to look under for names that may mean the same as the one of this key."""
    keys = block_keys(key)
    words = loose_key(bracket(key)[0]).split()
    if len(words) == 2:
        keys.add(f"{FIRST_AND_LAST}{' '.join(words)}")
    return keys | {other.removeprefix(FIRST_AND_LAST) for other in keys if other != initial_and_last(key)}
