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
_BE = frozenset({"is", "was", "are", "were", "be", "been", "being", "am"})
_PRESENT = frozenset({"is", "are", "am"})
_HELPING_WORDS = "has had have will would shall may might could should can must did does do"
_HELPERS = _BE | frozenset(_HELPING_WORDS.split())
_PREFIXES = (("negated", "It is not so that"), ("past", "Formerly,"), ("future", "In the future,"))
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
    """The triple as a sentence with a full stop, in its source's tense and voice, with what its sources say about
    whether it is so."""
    head = printable(names.get(triple.head, triple.head))
    tail = printable(triple.tail.text if isinstance(triple.tail, Value) else names.get(triple.tail, triple.tail))
    relation = printable(triple.relation)
    source = _most_plain(triple)
    flags, verb = set(source.flags), printable(source.qualifiers.get("verb", ""))
    if verb:
        number = isinstance(triple.tail, Value) and triple.tail.datatype == "number"
        object_ = printable(source.qualifiers.get("object", ""))
        text = _as_written(_Told(head, relation, tail, verb, object_, number=number), flags, inverse=not forward)
        if "negated" in flags and verb.split()[0] not in _HELPERS:
            text = f"It is not so that {text}"
    elif isinstance(triple.tail, Value) and relation.isalpha() and relation not in _AUXILIARIES and not _verb(relation):
        text = f"The {relation} of {head} is {tail}"
    else:
        text = sentence(head, relation, tail, inverse=not forward)
        if "past" in flags and text.startswith(f"{head} is "):
            text = f"{head} was formerly {text[len(head) + 4 :]}"
        else:
            text = _prefixed(text, _PREFIXES, flags)
    text += _span_of_time(source, text)
    if "hedged" in flags and not _doubts(verb):
        text = f"Possibly, {text}"
    told = [flag.removeprefix("attributed:") for flag in sorted(flags) if flag.startswith("attributed:")]
    if told:
        text = f"According to {printable(told[0])}, {text}"
    return text if text.endswith((".", "!", "?")) else f"{text}."


@dataclass(frozen=True, slots=True)
class _Told:
    """A triple's parts, with the verb as its source has it."""

    head: str
    relation: str
    tail: str
    verb: str
    object: str
    number: bool


def _most_plain(triple: Triple) -> Source:
    """The source that says most plainly that it is so."""
    sources = sorted(triple.sources, key=lambda source: (len(source.flags), -source.confidence, source.sort_key))
    return sources[0] if sources else Source("", "", 0, 0)


def _prefixed(text: str, prefixes: Sequence[tuple[str, str]], flags: set[str]) -> str:
    for flag, words in prefixes:
        text = f"{words} {text}" if flag in flags else text
    return text


def _as_written(told: _Told, flags: set[str], *, inverse: bool) -> str:
    """The clause with its own verb: "Zoe Brandt founded Greenworks in 2011", "Acme Corp was not founded by Lars Ek"."""
    words = told.relation.split()
    verb = _with_flags(told.verb, flags)
    be = told.verb.split()[-1] in _BE
    if be and told.relation == "is a":
        return f"{told.head} {verb} {_indefinite(told.tail)}{told.tail}"
    if be and words[0] != "is":  # a noun: "director of"
        article = _article(words[0].casefold()) if words[-1] in _PREPOSITIONS else ""
        return f"{told.head} {verb} {article}{told.relation} {told.tail}"
    passive = told.verb.split()[0] in _BE and len(told.verb.split()) == 2
    if inverse and passive and words[-1:] == ["by"] and len(words) == 2 and not flags:
        return sentence(told.head, told.relation, told.tail, inverse=True)
    return f"{told.head} {verb}" if told.relation == "is" and not be else _acted(told, words, verb)


def _acted(told: _Told, words: list[str], verb: str) -> str:
    """The clause of a full verb, with what its relation holds besides: an owner's noun, a particle, an object."""
    rest = words[1:]
    if len(words) > 1 and not _alike(words[0], told.verb) and _alike(words[1], told.verb):
        return " ".join([f"{told.head}'s", words[0], verb, *words[2:], told.tail])
    if rest[:1] == told.verb.split()[-1:]:  # a particle
        rest = rest[1:]
    if told.number and len(rest) == 1 and rest[0] not in _PREPOSITIONS:
        return f"{told.head} {verb} {told.tail} {rest[0]}"
    thing = [told.object] if told.object and told.object != told.tail and rest else []
    return " ".join([told.head, verb, *thing, *rest, told.tail])


def _with_flags(verb: str, flags: set[str]) -> str:
    """The verb with what its clause denies or says is over."""
    first, *rest = verb.split()
    if "negated" in flags:
        return " ".join([first, "not", *rest]) if first in _HELPERS else verb
    if "past" in flags and first in _PRESENT:
        return " ".join([first, "no longer", *rest])
    if "past" in flags and first not in _BE | {"used", "had"} and first.endswith("s"):
        return f"no longer {verb}"
    if "future" in flags and first in {"is", "are"} and not rest:
        return "will be"
    return verb


def _alike(word: str, verb: str) -> bool:
    """Is the relation's word a form of the written verb?"""
    return any(word[:3] == part[:3] or (word[:1] == part[:1] and len(word) < 6) for part in verb.split())


def _doubts(verb: str) -> bool:
    """Do the verb's own words say that it is not certain: "may have paid", "plans to buy"?"""
    words = verb.split()
    return not {"may", "might", "could", "should", "to"}.isdisjoint(words)


def _span_of_time(source: Source, text: str) -> str:
    """ " from 2012 to 2019", where the sentence does not say it already."""
    since, until = printable(source.valid_from), printable(source.valid_to)
    if since and until and not {since, until} & set(text.split()):
        return f" from {since} to {until}"
    if until and not since and until not in text:
        return f" until {until}"
    return f" since {since}" if since and not until and since not in text else ""


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
