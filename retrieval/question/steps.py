"""Questions of several steps, taken apart by their own syntax: a thing that is described and not named is asked for
first, and its answer stands in its place.

"Who leads the team that owns Ledger?" asks which team owns Ledger, then who leads that team.
"""

from __future__ import annotations

from dataclasses import dataclass

from clew.retrieval.question.syntax import Syntax

_CLAUSES = ("acl:relcl", "acl")
_RELATIVE = frozenset({"who", "whom", "whose", "which", "that", "where", "when"})


@dataclass(frozen=True, slots=True)
class Step:
    """`question[start:end]` describes a thing that `asks` asks for."""

    start: int
    end: int
    asks: str

    def put_in(self, question: str, answer: str) -> str:
        """The question with the answer in the description's place."""
        return question[: self.start] + answer + question[self.end :]


def first_step(syntax: Syntax) -> Step | None:
    """The innermost description in the question, None where every thing in it is named or asked for itself."""
    described = [token for token in range(len(syntax)) if _describes(syntax, token)]
    inner = [
        token for token in described if not any(other != token and other in syntax.below(token) for other in described)
    ]
    if not inner:
        return None
    token = inner[0]
    own = _description(syntax, token)
    said = syntax.said(own)
    return Step(syntax.starts[own[0]], syntax.ends[own[-1]], _asked(syntax, token, own, said))


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
    while own and syntax.tags[own[-1]] == "PUNCT":
        own.pop()
    return own or [token]


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
    kids = syntax.children[token]
    if any(syntax.deps[kid] == "det" and syntax.words[kid].casefold() in {"which", "what", "whose"} for kid in kids):
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
    inside = syntax.below(clause)
    noun = syntax.said([kid for kid in own if kid < inside[0] and syntax.deps[kid] != "det"])
    subject = syntax.child(clause, "nsubj")
    if subject >= 0 and syntax.words[subject].casefold() in _RELATIVE and subject == inside[0]:
        return f"Which {noun} {syntax.said([kid for kid in inside if kid != subject])}?"
    if subject < 0 or syntax.deps[clause] != "acl:relcl" or min(syntax.below(subject)) > inside[0] + 1:
        return f"What is {said}?"
    return f"Which {noun} {_inverted(syntax, clause, subject)}?"


def _inverted(syntax: Syntax, clause: int, subject: int) -> str:
    """The clause as it follows "which thing": "that the firm built in May" becomes "did the firm build in May"."""
    helping = [kid for kid in syntax.children[clause] if syntax.deps[kid].startswith("aux")]
    who = syntax.below(subject)
    left_out = {*who, *helping[:1], clause}
    left_out |= {kid for kid in syntax.below(clause) if syntax.words[kid].casefold() in _RELATIVE and kid < min(who)}
    rest = [kid for kid in syntax.below(clause) if kid not in left_out]
    before, after = [kid for kid in rest if kid < clause], [kid for kid in rest if kid > clause]
    verb = syntax.words[clause] if helping else syntax.lemmas[clause]
    first = syntax.words[helping[0]] if helping else "did"
    parts = [first, syntax.said(who), *(syntax.words[kid] for kid in before), verb, syntax.said(after)]
    return " ".join(part for part in parts if part)


__all__ = ["Step", "first_step"]
