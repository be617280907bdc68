"""Multi-hop retrieval and answers on 2Wiki, beside BM25, the sentence encoder and titles alone on the same questions.

A passage counts as found by its record, whatever its title; recall@k is the share of a question's gold passages among
the first k, averaged. `exact match` and `f1` compare the first candidate with the gold answer, normalised as in SQuAD;
`answer contained` asks whether the normalised gold answer stands in the answer's text. An abstention counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import string
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from common import Question, arguments, batches, figure, knowledge_base, note
from question_sets import SETS, Passage, passages_of, questions_of, write_titled, write_untitled
from title_hop import TitleHop

import clew as product
from clew.graph.stores.bm25 import BM25

DEEPEST = 5
CHUNKS = 25  # passages may have several chunks: enough of these hold five passages
MODES: dict[str, dict[str, Any]] = {"default": {}}


def distinct(titles: Iterable[str]) -> list[str]:
    """The first five different titles, in order."""
    return list(dict.fromkeys(titles))[:DEEPEST]


def recall(ranked: Sequence[str], question: Question, k: int) -> float:
    """The share of the gold passages among the first k titles."""
    return len(set(ranked[:k]) & set(question.gold_titles)) / len(question.gold_titles)


def graph_ranking(
    kg: product.KnowledgeGraph, question: Question, options: dict[str, Any], keys: Mapping[str, str]
) -> list[str]:
    """Keys of the passages that Clew ranks first, by the `keys` of their records' ids."""
    ids = [hit.id for hit in kg.retrieve(question.text, **options, k=CHUNKS).chunks]
    chunks = list(kg.store.chunks(ids))
    documents = kg.store.documents([chunk.document for chunk in chunks])
    records = {document.id: unquote(document.uri.partition("#")[2]) for document in documents}
    return distinct(keys[records[chunk.document]] for chunk in chunks)


def said_by(passage: Passage, *, untitled: bool) -> str:
    """What is known of a passage."""
    return passage.text if untitled else f"{passage.title}\n{passage.text}"


def bm25_rankings(found: Sequence[Passage], asked: Sequence[Question], *, untitled: bool) -> list[list[str]]:
    """The same by BM25 over title and text."""
    index = BM25()
    for passage in found:
        index.add(passage.key, said_by(passage, untitled=untitled))
    return [[hit.id for hit in index.search(question.text, DEEPEST)] for question in asked]


def title_rankings(found: Sequence[Passage], asked: Sequence[Question], *, untitled: bool) -> list[list[str]]:
    """The same by titles, and by BM25 where these name too few; without titles, it is BM25."""
    index = TitleHop([("" if untitled else passage.title, passage.text) for passage in found])
    return [[found[number].key for number in index.rank(question.text, DEEPEST)] for question in asked]


def encoder_rankings(
    kg: product.KnowledgeGraph, found: Sequence[Passage], asked: Sequence[Question], *, untitled: bool
) -> list[list[str]]:
    """The same by the cosine of the question's vector and the passage's (title and text)."""
    texts = [said_by(passage, untitled=untitled) for passage in found]
    vectors = np.concatenate([kg.embedder.encode(list(part)) for part in batches(texts, 1024)])
    wanted = kg.embedder.encode([question.text for question in asked])
    order = np.argsort(-(wanted @ vectors.T), axis=1, kind="stable")[:, :DEEPEST]
    return [[found[index].key for index in row] for row in order]


def normal(text: str) -> str:
    """SQuAD's normal form: lower case, without punctuation, articles and extra spaces."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def f1(said: str, gold: str) -> float:
    """SQuAD's overlap of words, in 0..1."""
    words, wanted = normal(said).split(), normal(gold).split()
    common = sum((Counter(words) & Counter(wanted)).values())
    return 2 * common / (len(words) + len(wanted)) if common else 0.0


def contained(text: str, gold: str) -> bool:
    """Whether the gold answer stands in the text as whole words."""
    return bool(normal(gold)) and f" {normal(gold)} " in f" {normal(text)} "


def judge(
    kg: product.KnowledgeGraph, question: Question, options: dict[str, Any], keys: Mapping[str, str]
) -> dict[str, Any]:
    """One question's row: what was said, what was found, and how both compare with the gold."""
    answer = kg.ask(question.text, **options)
    said = answer.candidates[0].name if answer.candidates and not answer.abstained else ""
    ranked = graph_ranking(kg, question, options, keys)
    return {
        "question": question.text,
        "type": question.type,
        "gold": question.answer,
        "gold_titles": list(question.gold_titles),
        "said": said,
        "text": answer.text,
        "abstained": answer.abstained,
        "titles": ranked,
        "contained": not answer.abstained and contained(answer.text, question.answer),
        "exact": bool(said) and normal(said) == normal(question.answer),
        "f1": f1(said, question.answer),
        "recall@2": recall(ranked, question, 2),
        "recall@5": recall(ranked, question, 5),
    }


def share(values: Iterable[float]) -> float:
    """The mean, in percent."""
    return 100 * float(np.mean(list(values)))


def by_type(rows: list[dict[str, Any]]) -> None:
    """A line for each type of question, on standard error."""
    for kind in sorted({row["type"] for row in rows}):
        some = [row for row in rows if row["type"] == kind]
        parts = [
            f"{name} {share(row[name] for row in some):.1f}" for name in ("recall@2", "recall@5", "contained", "f1")
        ]
        note(f"{kind} ({len(some)}): {', '.join(parts)}, abstained {share(row['abstained'] for row in some):.0f} %")


def parser() -> argparse.ArgumentParser:
    """All options."""
    made = arguments(str(__doc__).splitlines()[0], split=True)
    made.add_argument("--set", dest="name", default="2wiki", choices=SETS, help="which passages and questions")
    made.add_argument("--untitled", action="store_true", help="passages without titles, shuffled, twenty a file")
    made.add_argument("--kb", type=Path, default=None, help="the graph; built there where absent")
    made.add_argument("--reasoner", default=None, help="what scores entities and edges")
    made.add_argument("--mode", default="default", choices=sorted(MODES), help="the mode whose figures are reported")
    made.add_argument("--triples", type=Path, default=None, help="published OpenIE (JSON, docs) in place of ours")
    made.add_argument("--save", type=Path, default=None, help="write one JSON line a question there")
    return made


def main() -> None:
    """Measure, then print the figures."""
    options = parser().parse_args()
    bare = {"untitled": options.untitled}
    found = passages_of(options.data, options.name)
    asked = questions_of(options.data, options.name, found, split=options.split, limit=options.limit)
    chosen = {**MODES[options.mode], **({"reasoner": options.reasoner} if options.reasoner else {})}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "passages"
        source.mkdir()
        keys = (write_untitled if options.untitled else write_titled)(found, source)
        with knowledge_base(
            options.kb or Path(folder) / "kb", options.data, source=source, triples=options.triples
        ) as kg:
            rows = [judge(kg, question, chosen, keys) for question in asked]
            encoder = encoder_rankings(kg, found, asked, **bare)
    if options.save:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        options.save.write_text("".join(lines), encoding="utf-8")
    by_type(rows)
    figure("recall@2", share(row["recall@2"] for row in rows))
    figure("recall@5", share(row["recall@5"] for row in rows))
    for name, rankings in (
        ("bm25", bm25_rankings(found, asked, **bare)),
        ("encoder", encoder),
        ("title hop", title_rankings(found, asked, **bare)),
    ):
        for k in (2, 5):
            pairs = zip(rankings, asked, strict=True)
            figure(f"{name} recall@{k}", share(recall(ranked, question, k) for ranked, question in pairs))
    figure("answer contained", share(row["contained"] for row in rows))
    figure("exact match", share(row["exact"] for row in rows))
    figure("f1", share(row["f1"] for row in rows))


if __name__ == "__main__":
    main()
