"""Multi-hop retrieval and answers on 2Wiki, beside BM25 and the sentence encoder on the same questions.

A passage counts as found by its title; recall@k is the share of a question's gold passages among the first k, averaged.
`exact match` and `f1` compare the first candidate with the gold answer, normalised as in SQuAD; `answer contained`
asks whether the normalised gold answer stands in the answer's text. An abstention counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import string
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from common import Question, arguments, batches, figure, knowledge_base, note, passages, questions

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


def graph_ranking(kg: product.KnowledgeGraph, question: Question, options: dict[str, Any]) -> list[str]:
    """Titles of the passages that Clew ranks first."""
    ids = [hit.id for hit in kg.retrieve(question.text, **options, k=CHUNKS).chunks]
    chunks = list(kg.store.chunks(ids))
    titles = {document.id: document.title for document in kg.store.documents([chunk.document for chunk in chunks])}
    return distinct(titles[chunk.document] for chunk in chunks)


def bm25_rankings(found: list[dict[str, str]], asked: list[Question]) -> list[list[str]]:
    """The same by BM25 over title and text."""
    index = BM25()
    for passage in found:
        index.add(passage["title"], f"{passage['title']}\n{passage['text']}")
    return [[hit.id for hit in index.search(question.text, DEEPEST)] for question in asked]


def encoder_rankings(kg: product.KnowledgeGraph, found: list[dict[str, str]], asked: list[Question]) -> list[list[str]]:
    """The same by the cosine of the question's vector and the passage's (title and text)."""
    texts = [f"{passage['title']}\n{passage['text']}" for passage in found]
    vectors = np.concatenate([kg.embedder.encode(list(part)) for part in batches(texts, 1024)])
    wanted = kg.embedder.encode([question.text for question in asked])
    order = np.argsort(-(wanted @ vectors.T), axis=1, kind="stable")[:, :DEEPEST]
    return [[found[index]["title"] for index in row] for row in order]


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


def judge(kg: product.KnowledgeGraph, question: Question, options: dict[str, Any]) -> dict[str, Any]:
    """One question's row: what was said, what was found, and how both compare with the gold."""
    answer = kg.ask(question.text, **options)
    said = answer.candidates[0].name if answer.candidates and not answer.abstained else ""
    ranked = graph_ranking(kg, question, options)
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
    made.add_argument("--kb", type=Path, default=None, help="the graph; built there where absent")
    made.add_argument("--reasoner", default=None, help="what scores entities and edges")
    made.add_argument("--mode", default="default", choices=sorted(MODES), help="the mode whose figures are reported")
    made.add_argument("--triples", type=Path, default=None, help="published OpenIE (JSON, docs) in place of ours")
    made.add_argument("--save", type=Path, default=None, help="write one JSON line a question there")
    return made


def main() -> None:
    """Measure, then print the figures."""
    options = parser().parse_args()
    found = passages(options.data)
    asked = questions(options.data, split=options.split, limit=options.limit)
    chosen = {**MODES[options.mode], **({"reasoner": options.reasoner} if options.reasoner else {})}
    with (
        tempfile.TemporaryDirectory() as folder,
        knowledge_base(options.kb or Path(folder) / "kb", options.data, triples=options.triples) as kg,
    ):
        rows = [judge(kg, question, chosen) for question in asked]
        encoder = encoder_rankings(kg, found, asked)
    if options.save:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        options.save.write_text("".join(lines), encoding="utf-8")
    by_type(rows)
    figure("recall@2", share(row["recall@2"] for row in rows))
    figure("recall@5", share(row["recall@5"] for row in rows))
    for name, rankings in (("bm25", bm25_rankings(found, asked)), ("encoder", encoder)):
        for k in (2, 5):
            pairs = zip(rankings, asked, strict=True)
            figure(f"{name} recall@{k}", share(recall(ranked, question, k) for ranked, question in pairs))
    figure("answer contained", share(row["contained"] for row in rows))
    figure("exact match", share(row["exact"] for row in rows))
    figure("f1", share(row["f1"] for row in rows))


if __name__ == "__main__":
    main()
