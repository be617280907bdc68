"""Models are loaded once for all tests; a knowledge base made in a test borrows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import clew
from clew.graph.embeddings import Embedder, open_embedder
from clew.ingest.extract import SpacyExtractor

PASSAGES = {
    "Changed It": '"Changed It" is a song by Trinidadian rapper Nicki Minaj and American rapper Lil Wayne. It was '
    "released on March 10, 2017 by Young Money Entertainment.",
    "Nicki Minaj": "Onika Tanya Maraj (born December 8, 1982), known professionally as Nicki Minaj, is a rapper. "
    "Nicki Minaj was born in Port of Spain. She was raised in New York City.",
    "Teutberga": "Teutberga (died 11 November 875) was a queen of Lotharingia by marriage to Lothair II. She was a "
    "daughter of Boso the Elder.",
    "Lothair II": "Lothair II (835 – 8 August 869) was the king of Lotharingia. He was the second son of Emperor "
    "Lothair I. Lothair II was married to Teutberga.",
    "Blind Shaft": "Blind Shaft is a 2003 film directed by Li Yang. The film was produced by Li Yang in Beijing.",
    "Li Yang": "Li Yang is a Chinese film director. Li Yang was born in Xi'an in 1959.",
}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="session")
def extractor() -> SpacyExtractor:
    return SpacyExtractor()


@pytest.fixture(scope="session")
def passages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one text file for each passage."""
    folder = tmp_path_factory.mktemp("passages")
    for title, text in PASSAGES.items():
        (folder / f"{title}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def open_kb(embedder: Embedder, extractor: SpacyExtractor) -> Iterator[Callable[..., clew.KnowledgeGraph]]:
    """Opens knowledge bases that share the loaded models and are closed after the test."""
    opened: list[clew.KnowledgeGraph] = []

    def make(url: str | Path = "memory:", **options: object) -> clew.KnowledgeGraph:
        kg = clew.open(url, **options)
        kg._embedder, kg._extractor = embedder, extractor
        opened.append(kg)
        return kg

    yield make
    for kg in opened:
        kg.close()
