"""What form an answer has to take: who, when, how many, yes or no, one of two, several, a reason, a description.

Read from the question's syntax: its question word, what that word is to the verb, and the noun that it stands beside.
The words looked for here are the question words themselves, which are a closed class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from clew.retrieval.question.syntax import Syntax

Kind = Literal["who", "what", "when", "where", "number", "why", "how", "yes-no", "choice", "about"]
Role = Literal["agent", "patient", "other"]

_QUESTION_WORDS = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "why", "how"})
_AMOUNTS = frozenset({"many", "much", "long", "old", "far", "tall", "high", "big", "large", "often", "wide", "deep"})
_TIMES = frozenset({"date", "day", "year", "month", "time", "week", "weekday"})
_PERSONS = frozenset({"PERSON", "PER", "ORG", "ORGANISATION", "GROUP", "NORP"})
_PLACES = frozenset({"PLACE", "GPE", "LOC", "LOCATION", "FAC", "FACILITY"})
_TYPES: dict[str, frozenset[str]] = {
    "who": _PERSONS,
    "where": _PLACES | {"ORG", "ORGANISATION"},
    "when": frozenset({"DATE"}),
    "number": frozenset({"NUMBER"}),
}
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ"})
_TELL = re.compile(
    r"\s*(?:please\s+)?(?:tell me (?:more )?about|describe|summari[sz]e|who is who in|what is known of)\b", re.I
)


@dataclass(frozen=True)
class Form:
    """`asked` is the token of the question word, `noun` the lemma of the noun it stands beside ("which *city*") or the
    property asked of something ("what is the *fee* of X"), `predicate` the token that the asked thing is an argument of
    and `role` what it is to that; -1, "" and `other` where the syntax does not say. `alternatives` are those of an
    "A or B"; `several` where the answer may have many members; `types` the entity types that an answer would have."""

    kind: Kind
    syntax: Syntax
    asked: int = -1
    noun: str = ""
    predicate: int = -1
    role: Role = "other"
    alternatives: tuple[str, ...] = ()
    several: bool = False
    types: frozenset[str] = frozenset()


def form_of(syntax: Syntax) -> Form:
    """The form of the question; `what` where there is no syntax."""
    if _TELL.match(syntax.text):
        return Form("about", syntax)
    asked = question_word(syntax)
    alternatives = either(syntax)
    kind: Kind
    if asked < 0:
        inverted = bool(len(syntax)) and syntax.tags[_first(syntax)] in {"AUX", "VERB"}
        if not inverted:
            kind = "about" if len(syntax) else _plain_kind(syntax.text)
            return Form(kind, syntax, types=_TYPES.get(kind, frozenset()))
        return Form("choice" if alternatives else "yes-no", syntax, alternatives=alternatives)
    kind, noun, several = _kind(syntax, asked)
    predicate, role = _argument(syntax, asked)
    if alternatives:
        kind = "choice"
    types = frozenset({"DATE"}) if noun in _TIMES else _TYPES.get(kind, frozenset())
    return Form(kind, syntax, asked, noun, predicate, role, alternatives, several, types)


def _plain_kind(text: str) -> Kind:
    """The kind of a question that nothing parsed: its question word is the first one that stands in it."""
    words = re.findall(r"[a-z]+", text.casefold())
    first = next((word for word in words if word in _QUESTION_WORDS), "what")
    if first == "how" and any(word in _AMOUNTS for word in words[words.index("how") + 1 :][:1]):
        return "number"
    table: dict[str, Kind] = {
        "who": "who",
        "whom": "who",
        "whose": "who",
        "when": "when",
        "where": "where",
        "why": "why",
    }
    return table.get(first, "how" if first == "how" else "what")


def _first(syntax: Syntax) -> int:
    """The first token that is a word and no adverb or greeting."""
    return next((at for at, tag in enumerate(syntax.tags) if tag not in {"PUNCT", "INTJ", "ADV", "CCONJ"}), 0)


def question_word(syntax: Syntax) -> int:
    """The token that asks: the first question word that opens no relative clause; -1 where none does."""
    for index, word in enumerate(syntax.words):
        if word.casefold() in _QUESTION_WORDS and not _relative(syntax, index):
            return index
    return -1


def _relative(syntax: Syntax, index: int) -> bool:
    """Whether a clause that describes a noun, or hangs on another as when and where it was, begins with the token."""
    if index == 0:
        return False
    for token in syntax.above(index):
        dep = syntax.deps[token]
        if dep in {"acl:relcl", "acl", "advcl"} and min(syntax.below(token)) <= index and syntax.heads[token] < index:
            return True
    return False


def _kind(syntax: Syntax, asked: int) -> tuple[Kind, str, bool]:
    """The kind, the noun asked after, and whether several are asked for."""
    word, head = syntax.words[asked].casefold(), syntax.heads[asked]
    beside = head if head != asked and syntax.deps[asked].startswith(("det", "nmod:poss", "amod")) else -1
    noun = syntax.lemmas[beside] if beside >= 0 and syntax.tags[beside] in {"NOUN", "PROPN"} else ""
    several = beside >= 0 and _plural(syntax, beside)
    if word in {"who", "whom", "whose"}:
        return "who", "" if word == "whose" else noun, several
    if word in {"when", "where", "why"}:
        return ("when" if word == "when" else "where" if word == "where" else "why"), noun, several
    if word == "how":
        after = syntax.words[asked + 1].casefold() if asked + 1 < len(syntax) else ""
        if after in _AMOUNTS:
            counted = syntax.heads[asked + 1] if after in {"many", "much"} else -1
            return "number", syntax.lemmas[counted] if counted >= 0 else "", False
        return "how", "", False
    if not noun:  # "what is the fee", "what are the parts"
        subject = syntax.child(asked, "nsubj") if syntax.child(asked, "cop") >= 0 else -1
        if subject >= 0 and syntax.tags[subject] in _NOMINAL:
            return "what", syntax.lemmas[subject], _plural(syntax, subject)
    return "what", noun, several


def _plural(syntax: Syntax, index: int) -> bool:
    """Whether the token is a noun in the plural."""
    word = syntax.words[index].casefold()
    return syntax.tags[index] in {"NOUN", "PROPN"} and word != syntax.lemmas[index] and word.endswith("s")


def _argument(syntax: Syntax, asked: int) -> tuple[int, Role]:
    """The predicate that the asked thing belongs to, and what it is to it."""
    token = asked
    while syntax.deps[token].startswith(("det", "nmod", "amod", "advmod", "compound", "nummod", "case", "fixed")):
        if syntax.heads[token] == token or syntax.tags[syntax.heads[token]] == "VERB":
            break
        token = syntax.heads[token]
    dep, head = syntax.deps[token], syntax.heads[token]
    if head == token:
        return token, "other"
    passive = syntax.passive(head)
    if dep == "nsubj":
        return head, "patient" if passive else "agent"
    if dep in {"nsubj:pass", "obj", "iobj"}:
        return head, "patient"
    if dep.startswith("obl"):
        return head, "agent" if passive and "by" in syntax.cases(token) else "other"
    return head, "other"


def either(syntax: Syntax) -> tuple[str, ...]:
    """The alternatives of an "A or B", as they stand in the question."""
    for index, word in enumerate(syntax.words):
        if word.casefold() != "or" or syntax.deps[index] != "cc":
            continue
        second = syntax.heads[index]
        first = syntax.heads[second]
        if syntax.deps[second] != "conj" or first == second or syntax.tags[first] not in _NOMINAL:
            continue
        own = [token for token in syntax.below(first) if token < index and token not in syntax.below(second)]
        left = _contiguous(own, first)
        return _bare(syntax, left), _bare(syntax, syntax.below(second))
    return ()


def _contiguous(tokens: list[int], around: int) -> list[int]:
    """Those of the tokens that lie in one run with `around`."""
    kept, low, high = {around}, around, around
    own = set(tokens)
    while low - 1 in own:
        low -= 1
        kept.add(low)
    while high + 1 in own:
        high += 1
        kept.add(high)
    return sorted(kept)


def _bare(syntax: Syntax, tokens: list[int]) -> str:
    """The words of the tokens, less conjunctions, prepositions and marks at either end."""
    own = list(tokens)
    while own and syntax.tags[own[0]] in {"CCONJ", "ADP", "PUNCT", "DET", "ADV", "SCONJ"}:
        own.pop(0)
    while own and syntax.tags[own[-1]] in {"PUNCT", "CCONJ"}:
        own.pop()
    return syntax.said(own)


__all__ = ["Form", "Kind", "Role", "either", "form_of", "question_word"]
