"""Is what was found enough to answer? If not, the reason: what was looked for, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.graph.model import Chunk
from clew.retrieval.decide import NAMED, Decision
from clew.retrieval.hybrid import TextHits
from clew.retrieval.question.link import LINKED_CHARACTERS, Question, Seeds
from clew.retrieval.question.words import content_words
from clew.retrieval.verbalize import printable

NEAR = 0.5  # cosine from which a chunk is about the question even where it shares no word
FAR = 0.25  # cosine below which it is not, whatever words it shares
OVERLAP = 0.5  # share of the question's content words that a chunk must have otherwise
SURE = 0.4  # probability from which an answer is given

EMPTY = "The knowledge base is empty: add documents with `clew ingest`."


@dataclass(frozen=True, slots=True)
class Grade:
    """`enough` to answer; `reason` why not, or what the reader must know; `nearest` where the text found is at least
    about what is asked, so that it may be quoted."""

    enough: bool
    reason: str = ""
    nearest: bool = False


def grade(
    question: Question, seeds: Seeds, text: TextHits, decision: Decision, chunks: Sequence[Chunk], *, sure: float = SURE
) -> Grade:
    """The grade of what was decided, and of the text that was found; `chunks` are the best ranked ones. Nothing that is
    less probable than `sure` is answered."""
    note = (
        f"Only the first {LINKED_CHARACTERS:,} characters of the question were searched for names."
        if len(question.text) > LINKED_CHARACTERS
        else ""
    )
    words = content_words(question.text[:LINKED_CHARACTERS])
    if not words:
        return Grade(False, "The question has no word to look for: name a thing and ask something about it.")
    named = [span for span in seeds.spans if span.weight >= NAMED]
    if decision.name and decision.probability >= sure:
        return Grade(True, note)
    if seeds.missing and not named and not _mentioned(seeds.missing, chunks):
        missing = ", ".join(f"“{printable(name)}”" for name in seeds.missing)
        return Grade(False, f"Looked for {missing}: no entity of that name and no text that mentions it is here.")
    overlap = _overlap(words, chunks)
    if not named and (text.best_cosine < FAR or (text.best_cosine < NEAR and overlap < OVERLAP)):
        looked = ", ".join(f"“{printable(word)}”" for word in words[:8])
        return Grade(
            False,
            f"Looked for {looked}: the question names no entity of this knowledge base, and no text is near enough "
            f"(best similarity {text.best_cosine:.2f}, at most {overlap:.0%} of the words in one passage).",
        )
    return Grade(False, f"The documents do not say. {note}".strip(), nearest=True)


def _overlap(words: Sequence[str], chunks: Sequence[Chunk]) -> float:
    shares = (len(set(words) & set(content_words(chunk.text))) / len(words) for chunk in chunks)
    return max(shares, default=0.0)


def _mentioned(names: Sequence[str], chunks: Sequence[Chunk]) -> bool:
    texts = [set(content_words(chunk.text)) for chunk in chunks]
    return any(set(content_words(name)) <= text for name in names for text in texts)
