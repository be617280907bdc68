"""The parser that ships, as retrieval uses it on questions and single sentences: the network alone, without spaCy."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from pathlib import Path

from clew.ingest.parser.network import FILES, Columns, ParserNetwork
from clew.retrieval.question.syntax import Parse, Syntax

KEPT = 1024  # texts whose syntax is kept: a question's steps and relations are asked for more than once
LONGEST = 1000  # characters that are parsed of a text
_TOKEN = re.compile(r"['’]s\b|n['’]t\b|\w+(?:[-.@/]\w+)*(?=n['’]t\b)|\w+(?:[-.@/]\w+)*|[^\w\s]")


def question_parser(folder: Path) -> Parse:
    """A callable that parses a text with the network in this folder. Safe to share between threads."""
    network = ParserNetwork(folder, {name: (folder / name).read_bytes() for name in FILES})
    lock = threading.Lock()

    @lru_cache(maxsize=KEPT)
    def parse(text: str) -> Syntax:
        places = [match.span() for match in _TOKEN.finditer(text[:LONGEST])]
        words = [text[start:end] for start, end in places]
        if not words:
            return Syntax(text)
        spaces = [text[end : end + 1].isspace() for _, end in places]
        found = Columns(words, spaces)
        with lock:
            network.annotate([found])
            lemmas = tuple(lemma.casefold() for lemma in network.lemmas(found))
        tags = tuple(network.names["pos"][label] for label in found.labels["pos"].tolist())
        deps = tuple(network.names["dep"][label] for label in found.labels["dep"].tolist())
        starts, ends = tuple(start for start, _ in places), tuple(end for _, end in places)
        return Syntax(text, tuple(words), lemmas, tags, deps, tuple(found.tree().tolist()), starts, ends)

    return parse
