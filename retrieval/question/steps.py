"""Questions of several steps, taken apart by their own syntax: a thing that is described and not named is asked for
first, and its answer stands in its place.

"Who leads the team that owns Ledger?" asks which team owns Ledger, then who leads that team.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clew.retrieval.question.syntax import Syntax

_CLAUSES = ("acl:relcl", "acl")
_SHORT = 4  # letters of an answer that is no more than a code
_RELATIVE = frozenset({"who", "whom", "whose", "which", "that", "where", "when"})


@dataclass(frozen=True, slots=True)
class Step:
    """`question[start:end]` describes a thing that `asks` asks for; `noun` is what the thing is called there, `apart`
    where more of the description stands further on ("the beer was first brewed that won silver")."""

    start: int
    end: int
    asks: str
    noun: str = ""
    apart: tuple[int, int] | None = None

    def put_in(self, question: str, answer: str) -> str:
        """The question with the answer in the description's place; a mere number keeps its noun ("flat 4")."""
        bare = len(answer) < _SHORT or any(char.isdigit() for char in answer)
        said = {word.casefold() for word in re.findall(r"\w+", answer)}
        named = f"{self.noun} {answer}" if bare and self.noun and self.noun.casefold() not in said else answer
        if self.apart is None:
            return question[: self.start] + named + question[self.end :]
        low, high = self.apart
        return question[: self.start] + named + question[self.end : low].rstrip() + question[high:]


def first_step(syntax: Syntax) -> Step | None:
    """The innermost description in the question, None where every thing in it is named or asked for itself."""
    if (apart := _apart(syntax)) is not None:
        return apart
    described = [token for token in range(len(syntax)) if _describes(syntax, token)]
    inner = [
        token for token in described if not any(other != token and other in syntax.below(token) for other in described)
    ]
    if not inner:
        return None
    token = inner[0]
    own = _before_verb(syntax, _description(syntax, token))
    noun = syntax.words[token] if token in own else ""
    return Step(syntax.starts[own[0]], syntax.ends[own[-1]], _asked(syntax, token, own, syntax.said(own)), noun)


def _apart(syntax: Syntax) -> Step | None:
    """A description that ends in a relative clause behind the verb; parsers hang it on the verb or what is asked."""
    last = len(syntax) - (1 if len(syntax) and syntax.tags[-1] == "PUNCT" else 0)
    for clause in range(len(syntax)):
        inside = _run(syntax.below(clause), clause)
        if syntax.deps[clause] not in _CLAUSES or inside != list(range(inside[0], last)):
            continue
        first = inside[0]
        if syntax.words[first].casefold() not in _RELATIVE or first < 1 or not syntax.acts(first - 1):
            continue
        subject = syntax.child(first - 1, "nsubj")
        if subject < 0 or syntax.tags[subject] != "NOUN" or syntax.child(subject, "det") < 0 or subject > first:
            continue
        own = [token for token in syntax.below(subject) if token < first]
        noun = syntax.said([token for token in own if syntax.deps[token] != "det"])
        rest = syntax.said([token for token in inside if token > first])
        place = (syntax.starts[first], syntax.ends[last - 1])
        return Step(syntax.starts[own[0]], syntax.ends[own[-1]], f"Which {noun} {rest}?", syntax.words[subject], place)
    return None


def _before_verb(syntax: Syntax, own: list[int]) -> list[int]:
    """The description without a verb of the question that the parser took into it: one with "do" needs a verb outside
    ("What does the bread *that Tibor baked* cost?")."""
    outside = [token for token in range(len(syntax)) if token not in own]
    asks = any(syntax.lemmas[token] == "do" and syntax.tags[token] == "AUX" for token in outside)
    if not asks or any(syntax.tags[token] == "VERB" for token in outside):
        return own
    for token in range(len(syntax) - 1, own[0] + 1, -1):
        base = syntax.words[token] == syntax.lemmas[token] and syntax.tags[token] in {"VERB", "NOUN"}
        if base and syntax.tags[token - 1] in {"PROPN", "NOUN", "NUM", "PRON", "VERB", "ADV"}:
            return list(range(own[0], token))
    return own


def _description(syntax: Syntax, token: int) -> list[int]:
    """The tokens of the noun phrase, without the preposition or conjunction before it and marks after it."""
    own = [
        kid
        for kid in syntax.below(token)
        if not (
            syntax.heads[kid] == token
            and syntax.deps[kid] in {"case", "cc", "punct", "mark", "cop", "nsubj", "conj", "appos"}
        )
    ]
    dropped = {
        below
        for kid in syntax.children[token]
        if syntax.deps[kid] in {"conj", "appos", "nsubj", "cop", "parataxis"}
        for below in syntax.below(kid)
    }
    own = [kid for kid in own if kid not in dropped]
    own = _run(own, token)
    while own and syntax.tags[own[-1]] == "PUNCT":
        own.pop()
    return own or [token]


def _run(tokens: list[int], around: int) -> list[int]:
    """Those of the tokens that follow one another around the one."""
    low = high = around
    own = set(tokens)
    while low - 1 in own:
        low -= 1
    while high + 1 in own:
        high += 1
    return list(range(low, high + 1))


def _describes(syntax: Syntax, token: int) -> bool:
    """Whether the token is a noun that something else is said of, and not itself what is asked."""
    if syntax.tags[token] != "NOUN" or _is_asked(syntax, token):
        return False
    clause = syntax.child(token, *_CLAUSES)
    if clause >= 0:
        return syntax.child(token, "det") >= 0 or _names(syntax, clause)
    if (owner := syntax.child(token, "nmod:poss")) >= 0 and syntax.tags[owner] != "PRON":
        return _names(syntax, owner)
    definite = syntax.child(token, "det")
    if definite < 0 or syntax.words[definite].casefold() != "the":
        return False
    return any(
        syntax.deps[kid].startswith("nmod") and _names(syntax, kid) and syntax.deps[kid] != "nmod:poss"
        for kid in syntax.children[token]
    )


def _is_asked(syntax: Syntax, token: int) -> bool:
    """Whether the noun is what the question asks for: it stands beside the question word, or is said to be it."""
    for kid in syntax.children[token]:
        asks = syntax.deps[kid] == "det" and syntax.words[kid].casefold() in {"which", "what", "whose"}
        if asks and not {"AUX", "VERB"} & set(syntax.tags[kid:token]):
            return True
    if syntax.child(token, "cop") >= 0 or syntax.heads[token] == token:
        return True
    head = syntax.heads[token]
    asking = syntax.words[head].casefold() in {"who", "what", "which", "where", "when", "how"}
    return asking and syntax.deps[token].startswith("nsubj")


def _names(syntax: Syntax, token: int) -> bool:
    """Whether a name or a number stands at or below the token."""
    return any(
        syntax.tags[other] in {"PROPN", "NUM"} or (other > 0 and syntax.words[other][:1].isupper())
        for other in syntax.below(token)
    )


def _asked(syntax: Syntax, token: int, own: list[int], said: str) -> str:
    """The question after the described thing: its clause turned into one, else "what is"."""
    clause = syntax.child(token, *_CLAUSES)
    if clause < 0 or not syntax.acts(clause):
        return f"What is {said}?"
    inside = [kid for kid in syntax.below(clause) if kid in own]
    if clause not in inside:
        return f"What is {said}?"
    noun = syntax.said([kid for kid in own if kid < inside[0] and syntax.deps[kid] != "det"])
    if syntax.words[inside[0]].casefold() == "whose" and len(inside) > 1:
        return f"Which {noun}'s {syntax.said(inside[1:])}?"
    subject = syntax.child(clause, "nsubj")
    if subject >= 0 and syntax.words[subject].casefold() in _RELATIVE and subject == inside[0]:
        return f"Which {noun} {syntax.said([kid for kid in inside if kid != subject])}?"
    if subject < 0 or syntax.deps[clause] != "acl:relcl" or min(syntax.below(subject)) > inside[0] + 1:
        return f"What is {said}?"
    return f"Which {noun} {_inverted(syntax, clause, subject, own)}?"


def _inverted(syntax: Syntax, clause: int, subject: int, own: list[int]) -> str:
    """The clause as it follows "which thing": "that the firm built in May" becomes "did the firm build in May"."""
    helping = [kid for kid in syntax.children[clause] if syntax.deps[kid].startswith("aux")]
    who = syntax.below(subject)
    left_out = {*who, *helping[:1], clause}
    left_out |= {kid for kid in syntax.below(clause) if syntax.words[kid].casefold() in _RELATIVE and kid < min(who)}
    rest = [kid for kid in syntax.below(clause) if kid in own and kid not in left_out]
    before, after = [kid for kid in rest if kid < clause], [kid for kid in rest if kid > clause]
    verb = syntax.words[clause] if helping else syntax.lemmas[clause]
    first = syntax.words[helping[0]] if helping else "did"
    parts = [first, syntax.said(who), *(syntax.words[kid] for kid in before), verb, syntax.said(after)]
    return " ".join(part for part in parts if part)


__all__ = ["Step", "first_step"]
