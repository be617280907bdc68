"""Evidence becomes text. The quoting generator needs no language model: it only repeats what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from clew.retrieval.verbalize import Evidence, printable

# One that is a Python generator may return, at its end, how many tokens of a language model it took.
Generator = Callable[[str, Sequence[Evidence]], Iterator[str]]

SUPPORTING = 4  # sentences quoted from text where no path answers


def written(pieces: Iterator[str]) -> tuple[str, int]:
    """The text that a Generator gives, and the tokens that it took."""
    said: list[str] = []
    pieces = iter(pieces)
    while True:
        try:
            said.append(next(pieces))
        except StopIteration as stop:
            return "".join(said).strip(), stop.value or 0


def quote(question: str, evidence: Sequence[Evidence]) -> Iterator[str]:  # noqa: ARG001 - the Generator type has it
    """The answer with its numbers, then every step with its source sentence; where nothing answers, the nearest
    sentences, said to be no more than that. Every line that states something cites a number."""
    answers = list(dict.fromkeys(item.answer for item in evidence if item.answer))
    if not answers:
        yield from _quoted(evidence)
        return
    proof = {item.path for item in evidence if item.answer and item.path is not None}
    for answer in answers:
        numbers = "".join(f" [{item.number}]" for item in evidence if item.answer == answer)
        yield f"{answer}{numbers}.\n"
    for item in evidence:
        if not (item.step or item.answer or item.path in proof):
            continue
        yield f"{item.statement} [{item.number}]{_source(item)}\n"


def _source(item: Evidence) -> str:
    first = item.quotes[0] if item.quotes else None
    if first is None:
        return ""
    said, place = printable(first.text), printable(first.title or first.uri)
    return f" ({place})" if said == item.statement else f" “{said}” ({place})"


def _quoted(evidence: Sequence[Evidence]) -> Iterator[str]:
    texts = [item for item in evidence if item.quotes][:SUPPORTING]
    if not texts:
        yield "Nothing was found.\n"
        return
    yield "The documents do not say. The nearest sentences are:\n"
    for item in texts:
        first = item.quotes[0]
        yield f"“{printable(first.text)}” ({printable(first.title or first.uri)}) [{item.number}]\n"
