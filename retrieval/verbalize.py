"""Triples and chunks become numbered plain sentences, each with the source sentences it was read from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clew.graph.model import Chunk, Document, ReasoningPath, Source, Triple, Value
from clew.graph.store import GraphStore
from clew.retrieval.question.words import content_words, sentence_around, sentence_spans

QUOTES = 2  # source sentences of one statement
SENTENCE = 600  # characters of a quote: a runaway "sentence" (a table, a list) is cut to what surrounds its span


@dataclass(frozen=True, slots=True)
class Quote:
    """A source sentence: `text` is the document's text from `start` to `end`."""

    document: str
    title: str
    uri: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A numbered statement with the sentences that say it; `path` is the place of its path in the answer's, None for
    plain text. `answer` is the candidate that it supports as the last step, else empty; `step` where the answer rests
    on it."""

    number: int
    statement: str
    quotes: tuple[Quote, ...]
    path: int | None
    score: float
    answer: str = ""
    step: bool = False


def printable(text: str) -> str:
    """The text without anything that could steer a terminal or reorder a line: controls become visible escapes."""
    return "".join(
        f"\\x{ord(char):02x}" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char
        for char in " ".join(text.split())
    )


# -- sentences -----------------------------------------------------------------------------------------------------

_PREPOSITION_WORDS = "by in on at to from with for as of near into under after over through during against"
_PASSIVE_WORDS = """
born located based situated educated buried released founded established published known named appointed elected held
built made written set listed adapted derived recorded filmed composed produced directed performed created designed
discovered invented edited translated owned married engaged related connected assigned attributed sung killed raised
interred crowned baptised trained employed awarded signed shot given taken shown found
"""
_NOUN_WORDS = """
nationality country citizenship place date name title occupation profession genre language population capital birthplace
birthday spouse father mother director author type category age year
"""
_PREPOSITIONS = frozenset(_PREPOSITION_WORDS.split())
_PASSIVE = frozenset(_PASSIVE_WORDS.split())
_NOUNS = frozenset(_NOUN_WORDS.split())
_AUXILIARIES = frozenset({"is", "was", "are", "were", "has", "had", "have", "be"})
_PAST_WORDS = "became got went grew fell felt left kept ran took gave began wrote won led met lost sent told"
_PAST = frozenset(_PAST_WORDS.split())
_ARTICLES = frozenset({"a", "an", "the"})
_UNIQUE = frozenset({"father", "mother", "husband", "wife", "capital", "spouse", "widow", "widower"})
_AS_CONSONANT = re.compile(r"eu|one|use|uk|u\.|us\b|uni(?![ndm])")  # vowels on paper, spoken with another sound
_ACTIVE = {"written": "wrote", "sung": "sang", "made": "made", "built": "built", "shot": "shot", "held": "held"}


def sentence(head: str, relation: str, tail: str, *, inverse: bool = False) -> str:
    """`head relation tail` as a plain English clause without full stop; read from the tail where `inverse` and the
    relation has an active form."""
    words = relation.replace("_", " ").split() or ["is related to"]
    said, low = " ".join(words), [word.casefold() for word in words]
    if inverse and len(words) == 2 and low[1] == "by" and (low[0].endswith("ed") or low[0] in _ACTIVE):
        return f"{tail} {_ACTIVE.get(low[0], words[0])} {head}"
    if low in (["is", "a"], ["instance", "of"], ["type"], ["kind", "of"]):
        return f"{head} is {_indefinite(tail)}{tail}"
    if low[-1] == "of" and len(words) > 1 and low[0] not in _PASSIVE | _AUXILIARIES and not _verb(low[0]):
        return f"{head} is {_article(low[0])}{said} {tail}"
    if _owned(low):
        be = _linking(low[1:]).replace("was", "were" if low[0].endswith("s") else "was") if low[1] != "is" else ""
        return f"{head}'s {words[0]} {be}{' '.join(words[1:])} {tail}"
    if {low[0], low[-1]} & _NOUNS and low[0] not in _AUXILIARIES:
        return f"The {said} of {head} is {tail}"
    return f"{head} {_linking(low)}{said} {tail}"


def _owned(low: Sequence[str]) -> bool:
    """Does the relation begin with a thing of the head's: "office is in", "music written by", "father died in"?"""
    if len(low) < 3 or low[-1] not in _PREPOSITIONS or low[0].endswith("ed"):
        return False
    if low[0] in _PASSIVE | _AUXILIARIES | _PREPOSITIONS | _ARTICLES | _PAST:
        return False
    return low[1] == "is" or low[1].endswith("ed") or low[1] in _PASSIVE


def _verb(word: str) -> bool:
    return word.endswith("ed") or (word.endswith("s") and not word.endswith("ss"))


def _article(word: str) -> str:
    if word in _UNIQUE:
        return "the "
    return "" if word in _ARTICLES else _indefinite(word)


def _indefinite(phrase: str) -> str:
    """ "an American songwriter", "a European one"."""
    low = phrase[:4].casefold()
    return "an " if low.startswith(tuple("aeiou")) and not _AS_CONSONANT.match(low) else "a "


def _linking(low: list[str]) -> str:
    """The form of "be" that a relation without a verb of its own needs."""
    if low[0] in _ARTICLES | _PREPOSITIONS:
        return "is "
    passive = (low[0] in _PASSIVE and low[-1] in _PREPOSITIONS) or (low[-1] == "by" and low[0].endswith("ed"))
    return "was " if passive and len(low) > 1 else ""


def statement(triple: Triple, names: Mapping[str, str], *, forward: bool = True) -> str:
    """The triple as a sentence with a full stop, with what its sources say about how sure it is."""
    head = printable(names.get(triple.head, triple.head))
    tail = printable(triple.tail.text if isinstance(triple.tail, Value) else names.get(triple.tail, triple.tail))
    relation = printable(triple.relation)
    if isinstance(triple.tail, Value) and relation.isalpha() and relation not in _AUXILIARIES and not _verb(relation):
        text = f"The {relation} of {head} is {tail}"
    else:
        text = sentence(head, relation, tail, inverse=not forward)
    flags = [set(source.flags) for source in triple.sources] or [set()]
    if all("negated" in each for each in flags):
        text = f"It is not so that {text}"
    elif all("hedged" in each for each in flags):
        text = f"Possibly, {text}"
    told = [
        flag.removeprefix("attributed:") for each in flags for flag in sorted(each) if flag.startswith("attributed:")
    ]
    if told and len(told) == len(flags):
        text = f"According to {printable(told[0])}, {text}"
    return text if text.endswith((".", "!", "?")) else f"{text}."


# -- quotes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """Chunks and documents at hand, by id."""

    chunks: Mapping[str, Chunk]
    documents: Mapping[str, Document]

    @staticmethod
    def fetch(store: GraphStore, chunk_ids: Iterable[str]) -> Library:
        """The library of these chunks and their documents."""
        chunks = {chunk.id: chunk for chunk in store.chunks(sorted(set(chunk_ids)))}
        documents = store.documents(sorted({chunk.document for chunk in chunks.values()}))
        return Library(chunks, {document.id: document for document in documents})

    def quote(self, chunk: Chunk, start: int, end: int) -> Quote:
        """The quote of `chunk.text[start:end]`."""
        document = self.documents.get(chunk.document)
        title, uri = (document.title, document.uri) if document else ("", "")
        return Quote(chunk.document, title, uri, chunk.start + start, chunk.start + end, chunk.text[start:end])


def quotes_of(triple: Triple, library: Library) -> tuple[Quote, ...]:
    """The sentences around the triple's most confident sources, at most QUOTES, none twice."""
    best = sorted(triple.sources, key=lambda source: (-source.confidence, source.sort_key))
    found = (_quote_of(source, library) for source in best)
    return tuple(dict.fromkeys(quote for quote in found if quote is not None))[:QUOTES]


def _quote_of(source: Source, library: Library) -> Quote | None:
    chunk = library.chunks.get(source.chunk)
    if chunk is None or not chunk.text.strip():
        return None
    start = min(max(source.start - chunk.start, 0), len(chunk.text))
    end = min(max(source.end - chunk.start, start), len(chunk.text))
    low, high = sentence_around(chunk.text, start, end)
    if high - low > SENTENCE:  # keep the span in the middle
        low = max(low, min(start, end - SENTENCE // 2) - SENTENCE // 4)
        high = min(high, max(end, low + SENTENCE))
    return library.quote(chunk, low, high)


def best_sentence(question: str, chunk: Chunk, title: str = "") -> tuple[int, int]:
    """Where the sentence of the chunk lies that shares most content words with the question (the title's words count
    nothing, since any sentence may speak of it); the first where none does."""
    wanted = set(content_words(question)) - set(content_words(title))
    spans = sentence_spans(chunk.text) or [(0, len(chunk.text))]
    shared = [len(wanted & set(content_words(chunk.text[start:end]))) for start, end in spans]
    start, end = spans[max(range(len(spans)), key=lambda index: (shared[index], -index))]
    return start, min(end, start + SENTENCE)


# -- evidence ------------------------------------------------------------------------------------------------------


def path_evidence(
    paths: Sequence[tuple[ReasoningPath, str]], names: Mapping[str, str], library: Library
) -> list[Evidence]:
    """Each triple of the paths as one numbered statement, in the order walked, none twice; the last triple of a path
    supports its answer (the text beside the path)."""
    evidence: dict[str, Evidence] = {}
    for place, (path, answer) in enumerate(paths):
        for index, (triple, forward) in enumerate(zip(path.triples, path.forward, strict=True)):
            supports = answer if index == len(path.triples) - 1 else ""
            known = evidence.get(triple.id)
            if known is None:
                text = statement(triple, names, forward=forward)
                quotes = quotes_of(triple, library)
                evidence[triple.id] = Evidence(len(evidence) + 1, text, quotes, place, path.score, printable(supports))
            elif supports and not known.answer:
                evidence[triple.id] = Evidence(
                    known.number, known.statement, known.quotes, known.path, known.score, printable(supports)
                )
    return list(evidence.values())


def text_evidence(
    question: str, chunks: Sequence[tuple[str, float]], library: Library, *, first: int, seen: Iterable[Quote] = ()
) -> list[Evidence]:
    """The best sentence of each of these chunks (id, score) as evidence numbered from `first`, none quoted already."""
    told = {(quote.document, quote.start) for quote in seen}
    evidence: list[Evidence] = []
    for id_, score in chunks:
        chunk = library.chunks.get(id_)
        if chunk is None or not chunk.text.strip():
            continue
        document = library.documents.get(chunk.document)
        title = document.title if document else ""
        quote = library.quote(chunk, *best_sentence(question, chunk, title))
        if (quote.document, quote.start) in told:
            continue
        text = printable(quote.text)
        evidence.append(Evidence(first + len(evidence), text, (quote,), None, score))
    return evidence
