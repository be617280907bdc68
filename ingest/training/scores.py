"""How well a pipeline parses and finds names, on gold tokens.

Sentences come in groups of up to six consecutive ones of a document; their boundaries are the pipeline's. Attachment
scores are spaCy's: punctuation does not count, and relations are compared with their subtypes ("nsubj:pass"). Those of
the CoNLL 2018 shared task, in which punctuation counts and subtypes do not, stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.scorer import PRFScore
from spacy.tokens import Doc

from clew.ingest.training.corpora import Sentence

SENTENCES = 6
Arc = tuple[int, int, str]  # word, head, relation; a root is its own head


def grouped(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Up to six consecutive sentences of one document each."""
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (len(group) == SENTENCES or sentence.starts_document):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def parsed(nlp: Language, sentences: Sequence[Sentence]) -> Iterator[tuple[list[Sentence], Doc]]:
    """Each group with what the pipeline makes of its gold tokens."""
    groups = list(grouped(sentences))
    docs = (
        Doc(nlp.vocab, words=_all(group, "words"), spaces=[space for sentence in group for space in sentence.spaces])
        for group in groups
    )
    yield from zip(groups, nlp.pipe(docs), strict=True)


def tree_scores(nlp: Language, sentences: Sequence[Sentence]) -> dict[str, float]:
    """Percentages by name: las, uas, upos, lemma, conll las, conll uas, and sentences f1 (of their boundaries)."""
    prf = {"las": PRFScore(), "uas": PRFScore(), "sentences f1": PRFScore()}
    right = dict.fromkeys(("upos", "lemma", "conll las", "conll uas"), 0)
    total = 0
    for group, doc in parsed(nlp, sentences):
        gold, bounds = _gold(group)
        own = [(token.i, token.head.i, token.dep_) for token in doc]
        for name, width in (("las", 3), ("uas", 2)):
            prf[name].score_set(_without_punctuation(own, width), _without_punctuation(gold, width))
        prf["sentences f1"].score_set({(sentence.start, sentence.end) for sentence in doc.sents}, bounds)
        total += len(doc)
        right["upos"] += _same([token.pos_ for token in doc], _all(group, "pos"))
        right["lemma"] += _same([token.lemma_ for token in doc], _all(group, "lemma"))
        right["conll las"] += _same([_plain(arc) for arc in own], [_plain(arc) for arc in gold])
        right["conll uas"] += _same([arc[1] for arc in own], [arc[1] for arc in gold])
    shares = {name: 100 * count / max(total, 1) for name, count in right.items()}
    return {**{name: 100 * score.fscore for name, score in prf.items()}, **shares}


def name_scores(nlp: Language, sentences: Sequence[Sentence], labels: dict[str, str]) -> dict[str, float]:
    """Percentages p, r, f: exact spans with their type. `labels` are the source's, with ours; no others count."""
    score = PRFScore()
    for group, doc in parsed(nlp, sentences):
        gold, at = set(), 0
        for sentence in group:
            gold |= {(at + start, at + end, labels[kind]) for start, end, kind in sentence.names if kind in labels}
            at += len(sentence.words)
        own = {(entity.start, entity.end, entity.label_) for entity in doc.ents}
        score.score_set({name for name in own if name[2] in labels.values()}, gold)
    return {"p": 100 * score.precision, "r": 100 * score.recall, "f": 100 * score.fscore}


def _all(group: Sequence[Sentence], column: str) -> list[str]:
    return [value for sentence in group for value in getattr(sentence, column)]


def _gold(group: Sequence[Sentence]) -> tuple[list[Arc], set[tuple[int, int]]]:
    """The group's arcs, and where its sentences begin and end."""
    arcs: list[Arc] = []
    bounds = set()
    for sentence in group:
        at = len(arcs)
        heads = [at + (head if head >= 0 else place) for place, head in enumerate(sentence.head)]
        arcs += [(at + place, head, dep) for place, (head, dep) in enumerate(zip(heads, sentence.dep, strict=True))]
        bounds.add((at, len(arcs)))
    return arcs, bounds


def _without_punctuation(arcs: Sequence[Arc], width: int) -> set[tuple[int | str, ...]]:
    return {arc[:width] for arc in arcs if arc[2] not in {"punct", "p"}}


def _plain(arc: Arc) -> tuple[int, str]:
    return arc[1], arc[2].partition(":")[0].lower()


def _same(own: Sequence[object], gold: Sequence[object]) -> int:
    return sum(one == other for one, other in zip(own, gold, strict=True))
