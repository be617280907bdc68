"""Graphs and questions of MetaQA and PathQuestion, as the network takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from common import readable

from clew.gnn.example import Example
from clew.graph.adjacency.adjacency import Adjacency, build
from clew.graph.model import stable_id

# MetaQA's names for the steps of its question types, as relations of its graph.
STEPS = {
    "actor": "starred_actors",
    "director": "directed_by",
    "writer": "written_by",
    "genre": "has_genre",
    "year": "release_year",
    "language": "in_language",
    "tags": "has_tags",
    "tag": "has_tags",
    "imdbrating": "has_imdb_rating",
    "imdbvotes": "has_imdb_votes",
}


def entity_id(name: str) -> str:
    """The id of a name exactly as it is spelt: these files mean another thing by another case."""
    return stable_id("name", name)


@dataclass(frozen=True)
class Graph:
    """An adjacency whose nodes are the names in a file of triples, with the name of each."""

    adjacency: Adjacency
    names: list[str]


def graph_of(rows: Iterable[tuple[str, str, str]]) -> Graph:
    """The graph of (head, relation, tail) by name: one entity a name."""
    triples = sorted(set(rows))
    ids = {name: entity_id(name) for row in triples for name in (row[0], row[2])}
    adjacency = build(
        1,
        entities=set(ids.values()),
        chunks=[],
        triples=[
            (f"t{n:08d}", ids[head], relation, ids[tail], 1.0) for n, (head, relation, tail) in enumerate(triples)
        ],
        mentions=[],
        titles=[],
    )
    by_id = {id_: name for name, id_ in sorted(ids.items(), reverse=True)}
    return Graph(adjacency, [by_id[id_] for id_ in adjacency.nodes])


def read_triples(path: Path, separator: str) -> list[tuple[str, str, str]]:
    """The triples of a file with one a line."""
    rows = (line.split(separator) for line in readable(path).read_text("utf-8").splitlines() if line.strip())
    return [(row[0].strip(), row[1].strip(), row[2].strip()) for row in rows if len(row) >= 3]


def metaqa_graph(data: Path) -> Graph:
    """MetaQA's film graph."""
    return graph_of(read_triples(data / "metaqa" / "kb.txt", "|"))


def metaqa_examples(data: Path, hop: int, file: str) -> list[Example]:
    """MetaQA's questions of one length in `file` ("qa_dev"), with the gold relation sequences where they lie beside."""
    folder = data / "metaqa" / f"{hop}-hop"
    lines = [line for line in readable(folder / f"{file}.txt").read_text("utf-8").splitlines() if line.strip()]
    types = folder / f"{file}_qtype.txt"
    kinds = types.read_text("utf-8").split() if types.exists() else [""] * len(lines)
    return [_metaqa_example(line, kind) for line, kind in zip(lines, kinds, strict=True)]


def _metaqa_example(line: str, kind: str) -> Example:
    question, answers = line.split("\t")[:2]
    start, end = question.index("["), question.index("]")
    name = question[start + 1 : end]
    text = question[:start] + name + question[end + 1 :]
    ids = tuple(sorted({entity_id(answer) for answer in answers.split("|")}))
    return Example(text, ((start, start + len(name)),), (entity_id(name),), ids, metaqa_path(kind))


def metaqa_path(kind: str) -> tuple[tuple[str, bool], ...]:
    """`movie_to_director_to_movie` as relations: films are the heads of all."""
    steps = kind.split("_to_") if kind else []
    pairs = pairwise(steps)
    return tuple((STEPS[b], True) if a == "movie" else (STEPS[a], False) for a, b in pairs)


def train_and_select(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Nine tenths to train on and one to select by: the SHA-256 of the question decides."""
    marks = [hashlib.sha256(example.question.encode()).digest()[2] % 10 for example in examples]
    chosen = [example for example, mark in zip(examples, marks, strict=True) if mark == 0]
    return [example for example, mark in zip(examples, marks, strict=True) if mark], chosen


def pathquestion(data: Path, hop: int) -> tuple[Graph, list[Example]]:
    """PathQuestion's graph and questions of one length. An underscore in a name is a space."""
    folder = data / "pathquestion"
    graph = graph_of(read_triples(folder / f"{hop}H-kb.txt", "\t"))
    known = set(graph.adjacency.nodes)
    relations = set(read_triples(folder / f"{hop}H-kb.txt", "\t"))
    examples = []
    for line in readable(folder / f"PQ-{hop}H.txt").read_text("utf-8").splitlines():
        question, answer, path = line.split("\t")[:3]
        steps = path.split("#")
        steps = steps[: steps.index("<end>")]
        if (start := question.find(steps[0])) < 0:
            continue
        names = answer[answer.index("(") + 1 : answer.rindex(")")].split("/")
        ids = {entity_id(name) for name in names if name} & known or {entity_id(steps[-1])}
        gold = tuple(
            (relation, (head, relation, tail) in relations)
            for head, relation, tail in zip(steps[::2], steps[1::2], steps[2::2], strict=False)
        )
        span = (start, start + len(steps[0]))
        examples.append(Example(question, (span,), (entity_id(steps[0]),), tuple(sorted(ids)), gold))
    return graph, examples
