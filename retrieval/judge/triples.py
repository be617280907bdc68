"""Triples that answer at once: one end is named in the question, the relation is what is asked, and the direction is
the one that is asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clew.graph.model import Triple, name_key
from clew.graph.store import GraphStore
from clew.retrieval.judge.spans import SpanAnswer, type_fit
from clew.retrieval.judge.wording import meaning, same_word, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.question.syntax import Parse, Syntax
from clew.retrieval.reasoning.paths import Found, Node, name_nodes

MOST = 400  # triples looked at around the named entities
NAMED = 0.25  # weight from which a name counts
NEUTRAL = 0.5  # direction of a value, which has none
_BY = "by"


@dataclass(frozen=True, slots=True)
class TripleAnswer:
    """`node`, the end of `triple` that the question does not name, may answer; `forward` where that is the tail."""

    triple: Triple
    node: Node
    forward: bool
    features: Mapping[str, float]


def match_triples(
    question: Question,
    seeds: Seeds,
    form: Form,
    store: GraphStore,
    parse: Parse,
    *,
    read: Collection[str] = (),
) -> list[TripleAnswer]:
    """The triples at the entities that the question names whose relation it asks for, or whose other end is among the
    keys that were `read` as answers; best relation first."""
    named: dict[str, tuple[int, float]] = {}
    for number, span in enumerate(seeds.spans):
        for id_, weight in span.entities:
            if weight >= NAMED * max(1.0, span.weight) or weight >= NAMED:
                named[id_] = (number, weight)
    if not named:
        return []
    triples = [triple for triple in store.neighborhood(sorted(named), limit=MOST) if _stands(triple)]
    nodes = name_nodes(store, triples)
    found = []
    for triple in triples:
        for end, other, forward in ((triple.head, triple.tail_id, True), (triple.tail_id, triple.head, False)):
            if end not in named or other in named:
                continue
            number, weight = named[end]
            outside = _outside(question.text, seeds, number)
            asked = [word for word in meaning(outside) if word != form.noun]
            fits = relation_fit(question, asked, triple.relation, nodes[other].name)
            if fits <= 0.2 and name_key(nodes[other].name) not in read:
                continue
            span = seeds.spans[number]
            features = {
                "relation": fits,
                "direction": _direction(triple, nodes[other], form, (span.start, span.end), parse, forward=forward),
                "confidence": triple.confidence,
                "named": min(weight, 1.0),
                "type": type_fit(form, nodes[other].name, nodes[other].type),
            }
            found.append(TripleAnswer(triple, nodes[other], forward, features))
    return sorted(found, key=lambda one: (-one.features["relation"] - one.features["direction"], one.triple.id))


def saying(one: SpanAnswer, entities: Sequence[str], store: GraphStore) -> list[TripleAnswer]:
    """The triples that the sentence of an answer says and that end in it, so that it stands on a path; `entities` are
    those that the sentence names."""
    chunk = one.passage.chunk
    low, high = chunk.start + one.sentence[0], chunk.start + one.sentence[1]
    triples = [
        triple
        for triple in store.neighborhood(sorted(set(entities)), limit=MOST)
        if _stands(triple) and any(s.chunk == chunk.id and s.start < high and low < s.end for s in triple.sources)
    ]
    nodes = name_nodes(store, triples)
    features = {"relation": 0.5, "direction": 0.0, "named": 1.0, "type": 0.0}
    return [
        TripleAnswer(triple, nodes[end], forward, {**features, "confidence": triple.confidence})
        for triple in triples
        for end, forward in ((triple.tail_id, True), (triple.head, False))
        if name_key(nodes[end].name) == name_key(one.text)
    ]


def with_direction(found: Found, form: Form, seeds: Seeds, parse: Parse) -> Found:
    """The ways without those of one step that are read against the direction that the question asks for, and without
    those over a triple that is denied, or no longer so where the question is of the present."""
    kept = []
    before = bool(_PAST.search(form.syntax.text))
    for way in found.ways:
        triples = found.path(way).triples
        if not all(_stands(triple, past=before) for triple in triples):
            continue
        if len(way.edges) == 1 and 0 <= way.span < len(seeds.spans):
            span, triple = seeds.spans[way.span], triples[0]
            verbal = _verbal(triple.relation, parse)
            name = (span.start, span.end)
            if direction(form, name, triple.relation, forward=way.forward[0], verbal=verbal) < 0:
                continue
        kept.append(way)
    return replace(found, ways=tuple(kept))


def _direction(triple: Triple, other: Node, form: Form, name: tuple[int, int], parse: Parse, *, forward: bool) -> float:
    """`direction`; a value ("opened: 1992") is neither doer nor done to, so it is against the direction only where the
    sentence had an object and the question asks what was done to the named thing."""
    if other.value is None:
        verbal = _verbal(triple.relation, parse)
        return direction(form, name, triple.relation, forward=forward, verbal=verbal)
    acted = any("object" in source.qualifiers for source in triple.sources)
    return -1.0 if acted and _role(form, name) < 0 else NEUTRAL


def _verbal(relation: str, parse: Parse) -> bool:
    """Whether a relation's name is a verb, as it stands between two names."""
    syntax = parse(f"Alice {relation} Bob.")
    return not len(syntax) or any(syntax.acts(at) for at in range(len(syntax)))


_PAST = re.compile(r"\b(?:was|were|did|had|former(?:ly)?|used to|once|\w{2,}ed)\b", re.I)


def _stands(triple: Triple, *, past: bool = False) -> bool:
    """Whether some source says it as a fact that still holds, or with `past` that held once."""
    barred = {"negated"} if past else {"negated", "past", "future"}
    return any(not barred & set(source.flags) for source in triple.sources)


def _outside(text: str, seeds: Seeds, number: int) -> str:
    """The question without the name."""
    span = seeds.spans[number]
    return f"{text[: span.start]} {text[span.end :]}"


def relation_fit(question: Question, asked: Sequence[str], relation: str, answer: str) -> float:
    """How well a relation's name says what is asked, 0..1: in the same words, or near in meaning."""
    own = meaning(relation)
    if not own:
        return 0.0
    said = share(own, asked)
    left = [word for word in asked if word not in meaning(answer)]
    covered = share(left, own)
    near = question.relations.get(relation)
    meant = float(near.max()) if near is not None and len(near) else 0.0
    return max(said, 0.8 * meant) * (0.15 + 0.85 * covered)


def direction(form: Form, name: tuple[int, int], relation: str, *, forward: bool, verbal: bool) -> float:
    """Whether the triple is read the way the question asks: 1 it is, -1 it is the inverse, 0 the syntax does not say.
    `forward` where the question names the head; `verbal` where the relation is a verb ("owns"), not a noun
    ("manager", which the tail is to the head, or "manager of", which the head is to the tail)."""
    last = relation.casefold().split()[-1:]
    if verbal and last != [_BY] and set(last) & _prepositions(form, name):  # "paid to", "to whom", "to Ida Lund"
        return -1.0 if forward else 1.0
    role = _role(form, name)
    owned = _owned(form, name, relation) if role == 0 else 0
    if role == 0 and owned == 0:
        return 0.0
    head_acts = last != [_BY] if verbal and not owned else last == ["of"]
    role = role or owned
    return 1.0 if ((role > 0) == head_acts) == forward else -1.0


def _role(form: Form, name: tuple[int, int]) -> int:
    """What the named thing is to the verb that is asked: 1 it acts, -1 it is acted on, 0 unknown or no verb."""
    syntax = form.syntax
    if form.predicate < 0 or not len(syntax) or not syntax.acts(form.predicate):
        return 0
    token = _argument_of(syntax, form.predicate, name)
    role = role_of(syntax, form.predicate, token) if token >= 0 else 0
    return -1 if not role and token >= 0 and syntax.deps[token].startswith("obl") and form.role == "agent" else role


def role_of(syntax: Syntax, predicate: int, token: int) -> int:
    """What an argument is to its verb: 1 it acts, -1 it is acted on, 0 neither."""
    dep, passive = syntax.deps[token], syntax.passive(predicate)
    if not dep.startswith("obl"):
        return {"nsubj": -1 if passive else 1, "nsubj:pass": -1, "obj": -1, "iobj": -1}.get(dep, 0)
    return 1 if passive and _BY in syntax.cases(token) else 0


def turned_round(form: Form, name: tuple[int, int], sentence: Syntax) -> bool:
    """Whether the sentence has the verb that is asked with the named thing in the other role: it acquired somebody,
    where the question is when it was acquired."""
    asked = _role(form, name)
    if not asked:
        return False
    words = {word.casefold() for word in form.syntax.text[slice(*name)].split()}
    verb, said = form.syntax.lemmas[form.predicate], set()
    places = [at for at in range(len(sentence)) if same_word(sentence.lemmas[at], verb)]
    for at in places if len(places) == 1 else ():  # of two, who knows which of them is meant
        if sentence.acts(at):
            for kid in sentence.children[at]:
                if words & {sentence.words[low].casefold() for low in (kid, *sentence.children[kid])}:
                    oblique = sentence.deps[kid].startswith("obl") and sentence.child(at, "nsubj") >= 0
                    said.add(role_of(sentence, at, kid) or -oblique)
    return -asked in said and asked not in said


def _prepositions(form: Form, name: tuple[int, int]) -> set[str]:
    """Those before the named thing where it is an oblique argument of the verb that is asked."""
    syntax = form.syntax
    token = _argument_of(syntax, form.predicate, name) if form.predicate >= 0 and len(syntax) else -1
    return syntax.cases(token) if token >= 0 and syntax.deps[token].startswith("obl") else set()


def _owned(form: Form, name: tuple[int, int], relation: str) -> int:
    """-1 where the question asks for the relation's noun of the named thing ("X's manager", "the manager of X")."""
    syntax = form.syntax
    nouns = meaning(relation)
    for at in range(len(syntax)):
        if syntax.tags[at] != "NOUN" or not any(same_word(syntax.lemmas[at], noun) for noun in nouns):
            continue
        for kid in syntax.children[at]:
            inside = syntax.starts[kid] < name[1] and name[0] < syntax.ends[kid]
            if inside and syntax.deps[kid].startswith("nmod"):
                return -1
    return 0


def _argument_of(syntax: Syntax, predicate: int, name: tuple[int, int]) -> int:
    """The argument of the predicate that the name stands in; -1 where it is none."""
    inside = [at for at in range(len(syntax)) if syntax.starts[at] < name[1] and syntax.ends[at] > name[0]]
    for at in inside:
        chain = list(syntax.above(at))
        for below, head in pairwise(chain):
            if head == predicate:
                return below if _is_head(syntax, below, inside) else -1
    return -1


def _is_head(syntax: Syntax, argument: int, inside: Sequence[int]) -> bool:
    """Whether the argument is the name itself, or a noun that merely says what the name is ("the account B2")."""
    return argument in inside or any(
        syntax.heads[at] == argument
        and syntax.deps[at] in {"flat", "appos", "compound", "nmod", "nmod:desc", "nummod"}
        and syntax.child(at, "case") < 0
        for at in inside
    )
