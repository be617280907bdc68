"""How the words of keys, values and cells are built, seen by the parser."""

from __future__ import annotations

from clew.ingest.extract.names.mentions import find_names
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.structure.facts.phrases import Form, NameSpan, Phrase, is_code

_SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer", "csubj", "expl")


def phrase_of(parse: Parse) -> Phrase:
    """The phrase that a parse of a few words shows."""
    size = len(parse)
    roots = [index for index in range(size) if parse.head[index] == index and parse.pos[index] != "SPACE"]
    if not roots:
        return Phrase()
    first = roots[0]
    forms = [_form(parse, root) for root in roots]
    glued = all(parse.end[index] == parse.start[index + 1] for index in range(size - 1))
    form: Form = "noun" if glued else "clause" if "clause" in forms else forms[0]  # one word is no clause: "id"
    return Phrase(form, _names(parse), (parse.start[first], parse.end[first]), parse.tag[first])


def _names(parse: Parse) -> tuple[NameSpan, ...]:
    """The names among the words: what stands side by side is one, identifiers are names too."""
    found = find_names(parse, None)
    spans = [(span.first, span.last, span.type) for span in found.spans]
    spans += [
        (index, index + 1, "OTHER")
        for index, word in enumerate(parse.words)
        if found.at[index] < 0 and found.date_at[index] < 0 and is_code(word)
    ]
    joined: list[tuple[int, int, str]] = []
    for first, last, kind in sorted(spans):
        if joined and joined[-1][1] == first and not is_code(parse.words[first]):
            joined[-1] = joined[-1][0], last, joined[-1][2]
        else:
            joined.append((first, last, kind))
    return tuple(NameSpan(parse.start[a], parse.end[b - 1], _type(kind, b - a)) for a, b, kind in joined)


def _type(kind: str, size: int) -> str:
    """One word alone tells too little to be called a person's name."""
    return "OTHER" if kind == "PERSON" and size == 1 else kind


def _form(parse: Parse, root: int) -> Form:
    copula = parse.child(root, "cop") >= 0
    if parse.child(root, *_SUBJECTS) >= 0 and (parse.pos[root] in {"VERB", "AUX"} or copula):
        return "clause"
    if copula:
        return "predicate"
    if parse.pos[root] == "VERB" and parse.tag[root] in {"VBN", "VBD", "VBZ"}:
        return "predicate" if len(parse) > 1 else "noun"
    if parse.pos[root] == "VERB" and parse.tag[root] in {"VB", "VBP"}:
        return "order"
    if parse.pos[root] == "ADJ" and parse.child(root, "obl") >= 0:
        return "predicate"
    return "noun"


__all__ = ["phrase_of"]
