"""Open extraction: what a text says, clause by clause, in its own words.

A fact is a whole clause: subject phrase, predicate phrase, object phrase, and the further phrases with what they
tell (time, place, quantity). Every phrase knows the spans of the text that it is made of. The graph's triples, whose
ends are entities and values, are read from the same parse by `clauses` and `nominals`.
"""

from __future__ import annotations

from dataclasses import dataclass

from clew.ingest.extract.facts.fact_confidence import confidence
from clew.ingest.extract.facts.implied_statements import read_implied
from clew.ingest.extract.facts.statements import Clauses, Statement
from clew.ingest.extract.names.dates import MONTHS, token_dates
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.phrases import Phrases
from clew.ingest.extract.rules.word_lists import HEDGES, HEDGING_VERBS, NEGATIONS, SAYING, WEEKDAYS

_TIMES = {
    *("year", "month", "week", "day", "hour", "minute", "moment", "decade", "century", "night", "morning", "evening"),
    *("afternoon", "weekend", "season", "spring", "summer", "autumn", "winter", "today", "yesterday", "tomorrow"),
    *("now", "then", "later", "earlier", "ago", "period", "era"),
}
_PLACES = frozenset(["in", "at", "near", "on", "within", "throughout", "across", "inside", "outside"])
_MODALS = frozenset({"may", "might", "could", "should"})
_CONDITIONS = frozenset({"if", "whether", "unless"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a text: `spans` are their places in it, in order; a word that the text only implies has none."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """`subject` `predicate` `object`, as `document.text[start:end]` says; `object` is empty where a verb has none.

    `others` are the further phrases in order, each as (kind, phrase) with kind `time`, `place`, `quantity` or `other`.
    `flags` may hold `negated`, `hedged`, `attributed:WHO`. `form` names the construction ("object", "apposition");
    `confidence` in 0..1.
    """

    subject: Phrase
    predicate: Phrase
    object: Phrase
    others: tuple[tuple[str, Phrase], ...]
    flags: tuple[str, ...]
    form: str
    start: int
    end: int
    confidence: float


def facts(text: str, parse: Parse) -> list[Fact]:
    """What this piece of `text` says, in its order; `parse` holds offsets in `text`."""
    return [fact for fact, _ in with_statements(text, parse)]


def with_statements(text: str, parse: Parse) -> list[tuple[Fact, Statement]]:
    """The facts, each with the statement that it was made of."""
    phrases = Phrases(parse)
    clauses = Clauses(parse, phrases)
    found = clauses.read() + read_implied(parse, phrases)
    found.sort(key=lambda statement: (statement.anchor, statement.way == "implied"))
    writer = _Writer(text, parse, clauses)
    return [(writer.fact(statement), statement) for statement in found]


class _Writer:
    """Statements to facts, over one parse."""

    def __init__(self, text: str, parse: Parse, clauses: Clauses) -> None:
        self.text, self.parse, self.clauses = text, parse, clauses
        self.dated = {token for first, last, _ in token_dates(parse.words, parse.low) for token in range(first, last)}
        self.placed = {token for first, last, kind in parse.entities if kind == "PLACE" for token in range(first, last)}

    def fact(self, statement: Statement) -> Fact:
        subject = self.phrase(statement.subject)
        predicate = self.phrase(statement.predicate, statement.implied)
        said = self.phrase(statement.object)
        others = tuple((self._kind(head), self.phrase(tokens)) for head, tokens in statement.rest)
        spans = [*subject.spans, *predicate.spans, *said.spans, *(span for _, part in others for span in part.spans)]
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        flags = tuple(sorted(self._flags(statement)))
        sure = confidence(self.parse, statement)
        return Fact(subject, predicate, said, others, flags, statement.form, start, end, sure)

    def phrase(self, tokens: list[int], implied: str = "") -> Phrase:
        """The tokens' words, neighbours as the text writes them, gaps as one blank."""
        spans: list[tuple[int, int]] = []
        start, end = self.parse.start, self.parse.end
        last = -2
        for token in tokens:
            if token == last + 1 and start[token] >= spans[-1][1]:
                spans[-1] = (spans[-1][0], end[token])
            else:
                spans.append((start[token], end[token]))
            last = token
        words = [self.text[first:after] for first, after in spans]
        return Phrase(" ".join([implied, *words] if implied else words), tuple(spans))

    def _kind(self, head: int) -> str:
        parse = self.parse
        lemma, low = parse.lemma[head].lower(), parse.low[head]
        if head in self.dated or lemma in _TIMES or low in MONTHS or low in WEEKDAYS:
            return "time"
        if parse.pos[head] in {"NUM", "SYM"} or lemma in {"percent", "time", "times"}:
            return "quantity"
        if head in self.placed and parse.case(head) in _PLACES:
            return "place"
        if parse.dep[head] == "obl:unmarked" and parse.child(head, "nummod") >= 0:
            return "quantity"
        return "other"

    def _flags(self, statement: Statement) -> set[str]:
        flags: set[str] = set()
        parse = self.parse
        if statement.way == "implied":
            return flags
        governed = {statement.anchor, *(token for token in statement.predicate if parse.pos[token] == "VERB")}
        for token in governed:
            for kid in parse.kids[token]:
                flags |= self._flag(kid, parse.low[kid], parse.dep[kid])
        if any(self._rumoured(token) for token in statement.predicate):
            flags.add("hedged")
        if not {parse.low[token] for token in statement.object[:1]}.isdisjoint({"no", "neither"}):
            flags.add("negated")
        return flags | self._attributed(statement.anchor)

    def _flag(self, kid: int, low: str, dep: str) -> set[str]:
        if low in NEGATIONS and dep in {"advmod", "det", "cc", "cc:preconj", "mark"}:
            return {"negated"}
        unsure = dep == "advmod" and low in HEDGES
        if unsure or (dep == "aux" and low in _MODALS) or (dep == "mark" and low in _CONDITIONS):
            return {"hedged"}
        if dep.startswith("obl") and self.parse.case(kid) == "according to":
            return {f"attributed:{self.phrase(self.clauses.phrases.noun(kid, bare=True)).text}"}
        return set()

    def _rumoured(self, token: int) -> bool:
        """Is this the verb of "is believed to"?"""
        parse = self.parse
        if parse.lemma[token] not in HEDGING_VERBS or parse.child(token, "xcomp") < 0:
            return False
        return parse.child(token, "aux:pass") >= 0

    def _attributed(self, anchor: int) -> set[str]:
        parse = self.parse
        head = parse.head[anchor]
        if parse.dep[anchor] != "ccomp" or parse.lemma[head] not in SAYING:
            return set()
        speaker = self.clauses.who.subject(head)
        if speaker is None:
            return set()
        return {f"attributed:{self.phrase(self.clauses.who.phrase(speaker)).text}"}
