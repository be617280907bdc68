"""How sure a statement is: a logistic regression on the shape of its parse.

The weights in `fact_weights` were fitted on the development half of CaRB's gold (Bhardwaj et al. 2019) by
`benchmarks/openie.py --fit`: the target is the mean of an extraction's precision and recall against the gold tuple
that it pairs with, 0 where it pairs with none.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log

from clew.ingest.extract.facts.fact_weights import WEIGHTS
from clew.ingest.extract.facts.statements import Statement
from clew.ingest.extract.rules.parse import Parse

_DEEPEST = 6
_VERBS = frozenset({"VERB", "AUX"})
_LOGARITHMS = [log(max(number, 1)) for number in range(400)]


def features(parse: Parse, statement: Statement) -> Iterator[tuple[str, float]]:
    """What the confidence depends on, by name: form, tags, lengths, depth, verbs and commas inside the phrases."""
    subject, said, anchor = statement.subject, statement.object, statement.anchor
    yield f"form={statement.form}", 1.0
    yield f"way={statement.way}", 1.0
    if statement.way != "implied":
        tag = parse.tag[anchor]
        yield f"tag={tag if tag in {'VB', 'VBG', 'VBN'} else 'finite'}", 1.0
    elif statement.form == "modifier":
        yield f"case={parse.case(anchor)}", 1.0
    yield f"subject is {parse.pos[statement.subject_head]}", 1.0
    yield "log subject", _log(len(subject))
    yield "log object", _log(len(said))
    yield "log predicate", _log(len(statement.predicate) + bool(statement.implied))
    yield "phrases", min(len(statement.rest), 3)
    yield "log phrases", _log(1 + sum(len(tokens) for _, tokens in statement.rest))
    yield "log sentence", _log(len(parse))
    yield "depth", _depth(parse, anchor)
    yield "verb in subject", any(parse.pos[token] in _VERBS for token in subject)
    yield "verb in object", any(parse.pos[token] in _VERBS for token in said)
    yield "comma in subject", any(parse.words[token] == "," for token in subject)
    yield "comma in object", any(parse.words[token] == "," for token in said)
    yield "broken subject", subject[-1] - subject[0] >= len(subject)
    yield "broken object", bool(said) and said[-1] - said[0] >= len(said)
    gap = statement.predicate[0] - subject[-1] if statement.predicate else 0
    yield "subject after predicate", gap < 0
    yield "log gap", _log(gap)


def confidence(parse: Parse, statement: Statement) -> float:
    """In 0..1: the share of the words that a careful reader's tuple would share with this statement."""
    score = WEIGHTS["bias"] + sum(WEIGHTS.get(name, 0.0) * value for name, value in features(parse, statement))
    return round(1.0 / (1.0 + exp(-score)), 3)


def _log(number: int) -> float:
    return _LOGARITHMS[max(0, min(number, len(_LOGARITHMS) - 1))]


def _depth(parse: Parse, index: int) -> int:
    depth = 0
    while depth < _DEEPEST and parse.head[index] != index:
        index = parse.head[index]
        depth += 1
    return depth
