"""Evidence becomes text by a language model that may say only what it can cite.

It is handed the numbered evidence as data and answers in statements, each with the numbers that support it. A
statement without a number that exists, or that shares no word with what it cites, is left out. Where nothing is left,
or the model cannot be asked, the quoting generator takes its place and the text says so.
"""

from __future__ import annotations

import re
from collections.abc import Generator as Generating
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clew.graph.errors import ModelError
from clew.llm.chat import Chat, Request
from clew.llm.prompt import DATA_RULE, quoted
from clew.retrieval.generate.quote import quote
from clew.retrieval.question.words import content_words
from clew.retrieval.verbalize import Evidence, printable

_EVIDENCE, _PIECE, _QUESTION = 12_000, 700, 2_000  # characters of all evidence, of one, of the question
_STATEMENTS, _LONGEST = 12, 1_000  # the most that is taken of an answer, and of a statement in characters
_NUMBERS = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")

_SYSTEM = f"""You answer a question from numbered evidence, as JSON. {DATA_RULE}

Give "statements": one to four short sentences that answer the question, the answer itself in the first. Each has \
"text", without numbers in brackets, and "evidence": the numbers of the evidence that says it. Say only what the \
evidence says, nothing that you know besides. Where the evidence does not answer the question, give no statements."""

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "evidence": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["text", "evidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}


class LLMGenerator:
    """A `Generator` on a language model; what it returns at its end is the number of tokens it took."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    def __call__(self, question: str, evidence: Sequence[Evidence]) -> Generating[str, None, int]:
        """Statements that cite the numbers of the evidence, one a line; else the quoting generator's text and why."""
        if not evidence:
            yield from quote(question, evidence)
            return 0
        tokens = 0
        try:
            reply = self.chat.ask(request(question, evidence))
            tokens = reply.tokens
            said = list(statements(reply.data, evidence, question))
            why = "" if said else "The language model named nothing in the evidence that answers this"
        except ModelError as error:
            said, why = [], f"The language model cannot be asked: {printable(str(error))}"
        yield from said
        if why:
            yield from quote(question, evidence)
            yield f"({why.rstrip('.')}. The text above is quoted, not written.)\n"
        return tokens


def request(question: str, evidence: Sequence[Evidence]) -> Request:
    """What the model is asked: question and evidence, each as data."""
    lines: list[str] = []
    length = 0
    for item in evidence:
        line = _line(item)
        length += len(line) + 1
        if length > _EVIDENCE and lines:
            break
        lines.append(line)
    block = quoted("\n".join(lines), limit=_EVIDENCE + _PIECE)
    user = f"Question:\n{quoted(question, limit=_QUESTION)}\n\nEvidence:\n{block}"
    return Request(_SYSTEM, user, _SCHEMA, limit=2048, expected=200)


def _line(item: Evidence) -> str:
    """One piece of evidence on one line: number, statement, source sentence, and what it supports."""
    parts = [f"[{item.number}] {printable(item.statement)}"]
    if item.answer:
        parts.append(f"(a path of the graph ends here, at {printable(item.answer)})")
    if item.quotes:
        first = item.quotes[0]
        if " ".join(first.text.split()) != " ".join(item.statement.split()):
            parts.append(f"Source: “{printable(first.text)}”")
        parts.append(f"({printable(first.title or first.uri)})")
    return " ".join(parts)[:_PIECE]


def statements(answer: Mapping[str, Any], evidence: Sequence[Evidence], question: str) -> Iterator[str]:
    """A line for each statement whose citations hold, with its numbers behind it."""
    known = {item.number: _words(item) for item in evidence}
    asked = set(content_words(question))
    for item in answer["statements"][:_STATEMENTS]:
        if not isinstance(item, dict):
            continue
        text, cited = item.get("text"), item.get("evidence")
        if not isinstance(text, str) or not isinstance(cited, list):
            continue
        text = printable(_NUMBERS.sub("", text)[:_LONGEST])
        numbers = [number for number in dict.fromkeys(cited) if type(number) is int and number in known]
        words = set(content_words(text))
        told = words - asked or words  # the question's own words prove nothing
        backed = [number for number in numbers if told & known[number]]
        if text and backed:
            yield f"{text} {''.join(f'[{number}]' for number in backed)}\n"


def _words(item: Evidence) -> set[str]:
    texts = [item.statement, item.answer, *(part for each in item.quotes for part in (each.text, each.title))]
    return set(content_words(" ".join(texts)))


__all__ = ["LLMGenerator", "request", "statements"]
