"""One of two: the alternative that the passages name, or the one with more (or less) of what is compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from clew.retrieval.judge.columns import NUMBER, in_table, number_in
from clew.retrieval.judge.spans import Passage
from clew.retrieval.judge.weigh import Judged
from clew.retrieval.judge.wording import meaning, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.syntax import Syntax

SAME = 0.67  # share of an alternative's words that an answer must say to mean it
_LESS = frozenset(
    {"less", "few", "small", "short", "low", "cheap", "early", "young", "old", "little", "first", "light"}
)


def choose(
    form: Form, judged: Sequence[Judged], passages: Sequence[Passage], measure: Callable[[str], Sequence[Judged]]
) -> Judged | None:
    """The alternative that answers, None where nothing decides. `measure` answers a question after one of them."""
    compared = _compared(form.syntax)
    if compared is not None:
        decided = in_table(form, *compared, passages) or _measured(form, compared, measure)
        if decided is not None:
            return decided
    for one in judged:
        fits = [_fit(alternative, one.name) for alternative in form.alternatives]
        if max(fits, default=0.0) >= SAME and fits[0] != fits[1]:
            return replace(one, name=form.alternatives[fits.index(max(fits))], id="")
    return None


def _fit(alternative: str, name: str) -> float:
    own, said = meaning(alternative), meaning(name)
    return min(share(own, said), share(said, own)) if own and said else 0.0


def _compared(syntax: Syntax) -> tuple[str, bool] | None:
    """The lemma that is compared and whether less of it is asked for; None where nothing is compared by degree."""
    for index, (word, lemma, tag) in enumerate(zip(syntax.words, syntax.lemmas, syntax.tags, strict=True)):
        low = word.casefold()
        if tag in {"ADJ", "ADV"} and (
            low in {"more", "less", "most", "least"} or (low != lemma and low.endswith(("er", "est")))
        ):
            return (lemma if lemma not in {"more", "much", "many"} else "much"), low in {
                "less",
                "least",
            } or lemma in _LESS
        if index and low in {"first", "earlier", "later"}:
            return low, low != "later"
    return None


def _measured(form: Form, compared: tuple[str, bool], measure: Callable[[str], Sequence[Judged]]) -> Judged | None:
    """The alternative with the greater number (or the smaller), where both have one in one unit."""
    lemma, less = compared
    sides: list[tuple[float, Judged, str]] = []
    for alternative in form.alternatives:
        found = next(
            (one for one in measure(f"How {lemma} is {alternative}?") if number_in(one.name) is not None), None
        )
        if found is None:
            return None
        sides.append((number_in(found.name) or 0.0, found, alternative))
    if len(sides) != 2 or sides[0][0] == sides[1][0] or unit_of(sides[0][1].name) != unit_of(sides[1][1].name):
        return None
    chosen = (min if less else max)(sides, key=lambda side: side[0])
    other = sides[1] if chosen is sides[0] else sides[0]
    sure = chosen[1].probability * other[1].probability
    return replace(chosen[1], name=chosen[2], id="", probability=sure, before=(*chosen[1].before, other[1]))


def unit_of(text: str) -> str:
    """What stands beside the number: "h", "euros", or nothing."""
    words = re.findall(r"[^\W\d_]+", NUMBER.sub(" ", text, count=1).casefold())
    return words[0].rstrip("s") if words else ""
