"""Mentions and triples by a language model, each checked against the text: what is not in it is not taken.

The text is handed over as data between marked lines. The model must quote the words that say a triple; `verify` finds
the quote, the head and the tail in the text, or rejects the triple and counts why.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clew.graph.errors import AnswerError
from clew.graph.model import Chunk, Document, stable_id
from clew.ingest.extract.check import Passage, Verifier
from clew.ingest.extract.names.cleaning import subject_of
from clew.ingest.extract.types import TYPES, Chunked, Extraction
from clew.llm.chat import Chat, Reply, Request
from clew.llm.cost import count_tokens
from clew.llm.prompt import DATA_RULE, quoted

PROMPT_VERSION = "1"  # grows when the prompt, the schema or the checks would give other triples
LONGEST = 12_000  # characters of one prompt's text; a longer chunk is read in pieces
OUTPUT_FACTOR = 4  # tokens of an answer for each token of text: what an estimate assumes, until the answer is there
_TITLE = 300  # characters of title and headings in a prompt

_TASK = """You read facts out of a text, for a knowledge graph. {rule}

Give the entities that the text names and the facts that it states, as JSON.

entities: every person, organisation, place, work (film, book, song ...), event, product or other thing that the text \
names. "name": its fullest name in the text, in the text's own spelling; "type": one of {types}; "also": its other \
names in the text, word for word, no pronouns.
triples: every fact that the text states, one each.
- "head": the name of an entity, "tail": the name of an entity, or a value such as a date, a number or what a thing is \
("film", "American singer"), word for word; "tail_kind": "entity" or "value".
- "relation": a short predicate in the text's words, lower case, past tense for acts: "directed by", "born in", \
"born on", "son of", "married", "is a", "located in".
- "quote": the words of the text that state the fact, word for word, without any change or omission.
- "negated": true where the text denies the fact; "hedged": true where it is only possible, planned or alleged.
A pronoun or "the film" stands for its entity: write the entity's name as head or tail. {about}\
State nothing that the text does not state, however true. Where there is nothing, give empty lists.{relations}"""

_ABOUT = "The text's subject is its title, which the block names. "


@dataclass(slots=True)
class _Waiting:
    """A document whose passages are being read."""

    document: Document
    chunks: Sequence[Chunk]
    passages: list[Passage]


class LLMExtractor:
    """An `Extractor` on a language model. `rejected` counts what was not taken, by reason."""

    def __init__(self, chat: Chat, *, relations: Sequence[str] = ()) -> None:
        """With `relations`, only these are asked for and taken."""
        self.chat = chat
        self.relations = tuple(relations)
        self.rejected: Counter[str] = Counter()
        self._lock = threading.Lock()
        only = f" relations {stable_id(*self.relations)[:8]}" if relations else ""
        self.fingerprint = f"llm {chat.model} prompt {PROMPT_VERSION}{only}"

    def __call__(self, documents: Iterable[Chunked | tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        """One Extraction a document, in order; one with a `problem` where the model gave no usable answer.

        Raises BudgetError or another ModelError when what could be read until then has been given.
        """
        waiting: deque[_Waiting] = deque()
        replies = self.chat.ask_all(self._requests(documents, waiting))
        read: list[Reply | AnswerError] = []
        try:
            for reply in replies:
                yield from self._finished(waiting, read)  # documents without text before it
                read.append(reply)
                yield from self._finished(waiting, read)
        finally:
            replies.close()  # type: ignore[attr-defined] # it is a generator: its requests end with this one
        yield from self._finished(waiting, read)

    def weigh(self, document: Document, chunks: Sequence[Chunk]) -> Iterator[tuple[Request, bool]]:
        """The requests that reading this document takes, each with whether its answer is on disk."""
        for passage in _passages(document, chunks):
            request = self.request(passage)
            yield request, self.chat.is_cached(request)

    def request(self, passage: Passage) -> Request:
        """What the model is asked about a passage."""
        relations = ""
        if self.relations:
            relations = f" Use only these relations: {'; '.join(self.relations)}."
        types = ", ".join(TYPES)
        about = _ABOUT if passage.title else ""
        system = _TASK.format(rule=DATA_RULE, types=types, about=about, relations=relations)
        head = "\n".join((passage.title, *passage.headings))[:_TITLE]
        user = f"Title and headings:\n{quoted(head, limit=_TITLE)}\n\n" if head.strip() else ""
        user += f"Text:\n{quoted(passage.text, limit=LONGEST)}"
        expected = 50 + OUTPUT_FACTOR * count_tokens(passage.text)
        return Request(system, user, SCHEMA, limit=max(4096, 2 * expected), expected=expected)

    def _requests(
        self, documents: Iterable[Chunked | tuple[Document, Sequence[Chunk]]], waiting: deque[_Waiting]
    ) -> Iterator[Request]:
        for document, chunks, _ in (Chunked(*each) for each in documents):
            passages = list(_passages(document, chunks))
            waiting.append(_Waiting(document, chunks, passages))
            for passage in passages:
                yield self.request(passage)

    def _finished(self, waiting: deque[_Waiting], read: list[Reply | AnswerError]) -> Iterator[Extraction]:
        """The extractions of the documents at the front all of whose passages have been read."""
        while waiting and len(waiting[0].passages) <= len(read):
            done = waiting.popleft()
            count = len(done.passages)
            replies = read[:count]
            del read[:count]
            yield self._extraction(done, replies)

    def _extraction(self, done: _Waiting, replies: Sequence[Reply | AnswerError]) -> Extraction:
        failed = next((reply for reply in replies if isinstance(reply, AnswerError)), None)
        if failed is not None:
            return Extraction(problem=f"was not read: {failed.what}")
        verifier = Verifier(done.document, subject_of(done.document, done.chunks), self.relations)
        for passage, reply in zip(done.passages, replies, strict=True):
            if isinstance(reply, Reply):
                verifier.take(passage, reply.data)
        with self._lock:
            self.rejected.update(verifier.rejected)
        return verifier.extraction()


def _passages(document: Document, chunks: Sequence[Chunk]) -> Iterator[Passage]:
    """What is asked about one by one: the chunks with words in them, long ones in pieces."""
    subject = subject_of(document, chunks)
    for chunk in chunks:
        for start in range(0, len(chunk.text), LONGEST):
            text = chunk.text[start : start + LONGEST]
            if any(char.isalnum() for char in text):
                yield Passage(text, chunk.start + start, subject, chunk.headings)


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT, _FLAG = {"type": "string"}, {"type": "boolean"}
SCHEMA = _object(
    entities={
        "type": "array",
        "items": _object(
            name=_TEXT, type={"type": "string", "enum": list(TYPES)}, also={"type": "array", "items": _TEXT}
        ),
    },
    triples={
        "type": "array",
        "items": _object(
            head=_TEXT,
            relation=_TEXT,
            tail=_TEXT,
            tail_kind={"type": "string", "enum": ["entity", "value"]},
            quote=_TEXT,
            negated=_FLAG,
            hedged=_FLAG,
        ),
    },
)

__all__ = ["LLMExtractor"]
