"""A golden graph that fits on a page: four films and their directors, built by hand, and a small real embedder."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest

from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, entity_id
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore
from clew.graph.stores.memory import MemoryStore


class HashEmbedder:
    """Words and their beginnings hashed to signed places: texts that share words are near each other."""

    dimension = 256
    fingerprint = "hash/256"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                for piece in {word, word[:4]}:
                    place = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
                    rows[number, place % self.dimension] += 1.0 if place & 1024 else -1.0
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


PEOPLE = ("Mara Lind", "Otto Brandt", "Karl Brandt", "Ines Vega", "Pablo Ruiz")
PLACES = ("Port of Spain", "Sweden", "Germany", "Spain", "Lund", "Bremen")

# title, text, and what it says: (head, relation, tail, the words that say it); a tail with digits is a date.
GOLDEN: tuple[tuple[str, str, tuple[tuple[str, str, str, str], ...]], ...] = (
    (
        "Blue Harbour",
        "Blue Harbour is a 1962 drama film directed by Mara Lind. It was shot in Lund.",
        (
            ("Blue Harbour", "directed by", "Mara Lind", "directed by Mara Lind"),
            ("Blue Harbour", "shot in", "Lund", "shot in Lund"),
        ),
    ),
    (
        "Mara Lind",
        "Mara Lind (born 3 May 1920) was a director from Sweden. She was born in Port of Spain. She died in 1990.",
        (
            ("Mara Lind", "born on", "3 May 1920|1920-05-03", "born 3 May 1920"),
            ("Mara Lind", "from", "Sweden", "from Sweden"),
            ("Mara Lind", "born in", "Port of Spain", "born in Port of Spain"),
            ("Mara Lind", "died in", "1990|1990", "died in 1990"),
        ),
    ),
    (
        "Night Ferry (film)",
        "Night Ferry is a 1971 film directed by Otto Brandt.",
        (("Night Ferry (film)", "directed by", "Otto Brandt", "directed by Otto Brandt"),),
    ),
    (
        "Night Ferry (song)",
        "Night Ferry is a song performed by Ines Vega.",
        (("Night Ferry (song)", "performed by", "Ines Vega", "performed by Ines Vega"),),
    ),
    (
        "Otto Brandt",
        "Otto Brandt, the son of Karl Brandt, was born on 1 June 1931. He comes from Germany.",
        (
            ("Otto Brandt", "son of", "Karl Brandt", "son of Karl Brandt"),
            ("Otto Brandt", "born on", "1 June 1931|1931-06-01", "born on 1 June 1931"),
            ("Otto Brandt", "from", "Germany", "comes from Germany"),
        ),
    ),
    (
        "Karl Brandt",
        "Karl Brandt was a painter. Karl Brandt died in Bremen.",
        (("Karl Brandt", "died in", "Bremen", "died in Bremen"),),
    ),
    (
        "Ines Vega",
        "Ines Vega is a singer. She is married to Pablo Ruiz and comes from Spain.",
        (
            ("Ines Vega", "married to", "Pablo Ruiz", "married to Pablo Ruiz"),
            ("Ines Vega", "from", "Spain", "comes from Spain"),
        ),
    ),
    ("Tides", "The tide rises twice a day. Fishermen mend their nets at dawn.", ()),
)


def record_of(title: str, text: str, facts: Iterable[tuple[str, str, str, str]]) -> DocumentRecord:
    """The record of a golden document: one chunk, its title, the names in its text, and its triples."""
    document = Document.make(f"golden:{title}", text, title=title)
    chunk = Chunk.make(document, 0, len(text))
    names = sorted({title, *(end for head, _, tail, _ in facts for end in (head, tail) if "|" not in end)})
    mentions = [_mention(chunk, 0, 0, title, title)]
    for name in names:
        form = re.sub(r" \(.*\)$", "", name)
        mentions += [_mention(chunk, m.start(), m.end(), form, name) for m in re.finditer(re.escape(form), text)]
    return DocumentRecord(document, (chunk,), tuple(mentions), tuple(_triple(chunk, *fact) for fact in facts))


def _mention(chunk: Chunk, start: int, end: int, text: str, name: str) -> Mention:
    kind = "PERSON" if name in PEOPLE else "PLACE" if name in PLACES else "WORK"
    form = "name" if text == name else "alias"
    return Mention(chunk.id, chunk.document, start, end, text, kind, 0.9, entity_id(name), name, form)


def _triple(chunk: Chunk, head: str, relation: str, tail: str, words: str) -> Triple:
    start = chunk.text.index(words)
    source = Source(chunk.document, chunk.id, start, start + len(words), "golden", 0.9)
    text, _, date = tail.partition("|")
    end = Value(text, "date", date) if date else entity_id(tail)
    return Triple.make(entity_id(head), relation, end, (source,))


def fill(store: GraphStore, records: Sequence[DocumentRecord]) -> None:
    """The store holds these records, described and embedded."""
    embedder = HashEmbedder()
    store.configure(encoder=embedder.fingerprint, dimension=embedder.dimension, extracted_with="golden")
    chunks = [f"{record.document.title}. {chunk.text}" for record in records for chunk in record.chunks]
    store.add(Batch(tuple(records), embedder.encode(chunks)))
    ids, relations = store.stale(10_000)
    texts = {entity.id: entity.name for entity in store.entities(ids)}
    store.describe(
        Described(texts, embedder.encode(list(texts.values())), tuple(relations), embedder.encode(relations))
    )


@pytest.fixture(scope="session")
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def golden() -> GraphStore:
    store = MemoryStore()
    fill(store, [record_of(*entry) for entry in GOLDEN])
    return store


@pytest.fixture
def fresh_golden() -> tuple[GraphStore, Callable[[str, str, str, str], None]]:
    """A golden store of one's own, and a function that adds a document (title, text, relation, tail) to it."""
    store = MemoryStore()
    fill(store, [record_of(*entry) for entry in GOLDEN])

    def add(title: str, text: str, relation: str, tail: str) -> None:
        fill(store, [record_of(title, text, [(title, relation, tail, f"{relation} {tail}")])])

    return store, add
