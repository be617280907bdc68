"""How fast each store takes and finds a made-up graph of 100,000 entities and 500,000 triples with 384-d vectors.

All stores get the same batches through the same protocol, each in a process of its own; the embedded one is also
loaded by the engine's own bulk loader, from the same rows, with the same indexes. What is asked is asked in a fresh
process that opens what was loaded (memory: in the one that loaded it).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import servers
from common import arguments, figure, measured, note, percentile

from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore, Vectors

STORES = "memory,arcadedb,neo4j,rdf"
DIMENSION = 384
DEGREE = 5  # triples that start from an entity
HEADS = 5  # entities a chunk tells of: a chunk has about 1,200 characters
CHUNKS = 10  # chunks of a document
AROUND = HEADS * CHUNKS  # entities a document tells of
DOCUMENTS = 20  # documents of a batch: 5,000 triples
RELATIONS = 100
CENTRES = 300  # vectors lie around so many points
QUESTIONS = 100
UPSERTED = 60  # documents that are written anew
SEED = 17


def main() -> None:
    """Load and ask each store, then print its figures."""
    parser = arguments(str(__doc__))
    parser.add_argument("--entities", type=int, default=100_000, help="size of the graph; triples are five times that")
    parser.add_argument("--stores", default=STORES, help="which stores, with commas between")
    parser.add_argument("--part", nargs=3, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        part, url, folder = options.part
        print(json.dumps(PARTS[part](url, Path(folder), options.entities)))
        return
    for store in servers.chosen(options.stores):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            tell(store, measure(store, Path(folder), options.entities, stack))


def measure(store: str, folder: Path, entities: int, stack: ExitStack) -> dict[str, Any]:
    """All that is to be told of one store."""
    home = folder / "kb"
    url = stack.enter_context(servers.neo4j(home)) if store == "neo4j" else f"{store}:{home}"
    if store == "memory":
        return _part("both", "memory:", folder, entities)
    told = _part("load", url, folder, entities)
    told |= _part("ask", url, folder, entities)
    if store == "neo4j":
        told["memory MB"] += servers.server_memory_mb(home)
    if store == "arcadedb":
        told |= _part("engine", url, folder, entities)
    return told


def _part(part: str, url: str, folder: Path, entities: int) -> dict[str, Any]:
    here = [sys.executable, __file__, "--entities", str(entities), "--part", part, url, str(folder)]
    done = measured(here)
    note(f"  {part}: {done.seconds:.0f} s, peak {1000 * done.peak_gb:.0f} MB")
    told: dict[str, Any] = json.loads(done.output)
    return told | ({} if part == "engine" else {"memory MB": 1000 * done.peak_gb})


def tell(store: str, told: dict[str, Any]) -> None:
    """The figures of one store, and in a note what has no figure."""
    figure(f"{store} load triples/s", told["triples"] / told["load s"])
    if "engine s" in told:
        figure(f"{store} load over engine", told["load s"] / told["engine s"])
    for name in ("hop1", "hop2", "hop3"):
        figure(f"{store} {name} p50 ms", percentile(told[name], 0.5))
    figure(f"{store} vector recall@10", told["recall"])
    for name in ("vector", "lexical"):
        figure(f"{store} {name} p50 ms", percentile(told[name], 0.5))
    figure(f"{store} disk MB", told["disk MB"])
    figure(f"{store} memory MB", told["memory MB"])
    slow = ", ".join(
        f"{name} {percentile(told[name], 0.95):.3g}" for name in ("hop1", "hop2", "hop3", "vector", "lexical")
    )
    note(
        f"{store}: {told['triples']} triples written in {told['add s']:.1f} s and described in "
        f"{told['load s'] - told['add s']:.1f} s; opened in {told['open s']:.2f} s; p95 ms {slow}; "
        f"{told['upsert']:.0f} triples/s written anew in changed documents"
    )
    if "engine s" in told:
        note(
            f"{store}: loaded in {told['load s']:.1f} s, by the engine alone in {told['engine s']:.1f} s; in processor "
            f"time {told['load processor s']:.1f} and {told['engine processor s']:.1f} s"
        )


# -- the graph -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A made-up graph, the same for every store and in every run."""

    entities: int

    def name(self, number: int) -> str:
        """Two words that other names share, and a number that none does."""
        return f"{_word(number % 997)} {_word(number % 1009 + 997)} {number}"

    def batches(self, documents: int | None = None, *, version: int = 0) -> Iterator[Batch]:
        """The documents (all, or the first few) in batches; another `version` says something else."""
        last = documents or -(-self.entities // AROUND)
        for first in range(0, last, DOCUMENTS):
            records = [self.record(number, version) for number in range(first, min(first + DOCUMENTS, last))]
            chunks = sum(len(record.chunks) for record in records)
            yield Batch(tuple(records), _spread(first + 1_000_000, chunks))

    def record(self, number: int, version: int) -> DocumentRecord:
        """The document that tells of `AROUND` entities, `DEGREE` triples each; popularity falls off as a power law."""
        draw = np.random.default_rng((SEED, number, version))
        heads = range(number * AROUND, min((number + 1) * AROUND, self.entities))
        tails = (self.entities * draw.random((len(heads), DEGREE)) ** 2.0).astype(int)
        relations = (RELATIONS * draw.random((len(heads), DEGREE)) ** 2.0).astype(int)
        said = [
            [
                f"{self.name(head)} {_word(int(relation))} of {self.name(int(tail))}. "
                for tail, relation in zip(*row, strict=True)
            ]
            for head, *row in zip(heads, tails, relations, strict=True)
        ]
        uri = f"made:{number}"
        document = Document.make(uri, "".join(map("".join, said)), title=f"Page {number}", read_with="made")
        chunks, mentions, triples, end = [], [], [], 0
        for place, row in enumerate(range(0, len(said), HEADS)):
            start, part = end, said[row : row + HEADS]
            end += sum(map(len, map("".join, part)))
            chunk = Chunk.make(document, start, end, position=place)
            chunks.append(chunk)
            at = start
            for which, sentences in enumerate(part, start=row):
                name = self.name(heads[which])
                id_ = entity_id(name)
                mentions.append(Mention(chunk.id, document.id, at, at + len(name), name, "THING", 0.9, id_, name))
                for column, sentence in enumerate(sentences):
                    source = Source(document.id, chunk.id, at, at + len(sentence), "made 1", 0.3 + 0.1 * column)
                    tail = entity_id(self.name(int(tails[which, column])))
                    triples.append(Triple.make(id_, f"{_word(int(relations[which, column]))} of", tail, (source,)))
                    at += len(sentence)
        return DocumentRecord(document, tuple(chunks), tuple(mentions), tuple(triples))

    def described(self) -> Iterator[Described]:
        """Every entity with its description and vector, and the relations."""
        for first in range(0, self.entities, 1000):
            names = [self.name(number) for number in range(first, min(first + 1000, self.entities))]
            yield Described({entity_id(name): f"{name} (thing)" for name in names}, _spread(first, len(names)))
        relations = tuple(f"{_word(number)} of" for number in range(RELATIONS))
        yield Described(relations=relations, relation_vectors=_spread(2_000_000, RELATIONS))

    def questions(self) -> tuple[Vectors, list[int]]:
        """Vectors near those of entities, and the numbers of the entities."""
        draw = np.random.default_rng(SEED)
        numbers = draw.integers(0, self.entities, QUESTIONS).tolist()
        near = np.stack([_spread(number - number % 1000, number % 1000 + 1)[-1] for number in numbers])
        return _unit(near + 0.03 * draw.standard_normal(near.shape)), numbers

    def nearest(self, vectors: Vectors, k: int) -> list[set[str]]:
        """The ids of the `k` entities nearest to each vector, by comparing with all of them."""
        best: list[list[tuple[float, int]]] = [[] for _ in vectors]
        for first in range(0, self.entities, 1000):
            scores = vectors @ _spread(first, min(1000, self.entities - first)).T
            for row, found in enumerate(scores):
                top = np.argsort(-found)[:k].tolist()
                best[row] = sorted([*best[row], *((float(found[at]), first + at) for at in top)], reverse=True)[:k]
        return [{entity_id(self.name(number)) for _, number in row} for row in best]


def _word(number: int) -> str:
    """A word that can be spoken, another for each number."""
    return "".join(
        "bdfgklmnprstvz"[number // 70**place % 14] + "aeiou"[number // 14 // 70**place % 5] for place in range(3)
    )


def _spread(seed: int, count: int) -> Vectors:
    """Unit vectors around common centres, the same for one seed whatever their number."""
    centres = np.random.default_rng(SEED).standard_normal((CENTRES, DIMENSION))
    draw = np.random.default_rng((SEED, seed))
    which = draw.integers(0, CENTRES, 1000)[:count]
    return _unit(centres[which] + draw.standard_normal((count, DIMENSION)))


def _unit(rows: Any) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


# -- the parts, each in a process of its own -------------------------------------------------------------------------


def load(url: str, folder: Path, entities: int) -> dict[str, Any]:
    """The graph is in the store, which is closed."""
    store, told = _filled(url, entities)
    told |= {"triples": store.counts().triples}
    store.close()
    return told | {"disk MB": _size_mb(folder)}


def _filled(url: str, entities: int) -> tuple[GraphStore, dict[str, Any]]:
    """Only the store's own time counts, not that of making up the graph."""
    world, store = World(entities), open_store(url)
    store.configure(encoder="made", dimension=DIMENSION, extracted_with="made")
    processor, wall, add = 0.0, 0.0, 0.0
    for call, given in chain(
        ((store.add, batch) for batch in world.batches()),
        ((store.describe, described) for described in world.described()),
    ):
        begun = time.process_time()
        seconds = _timed(call, given)
        processor, wall = processor + time.process_time() - begun, wall + seconds
        add += seconds * (call == store.add)
    return store, {"add s": add, "load s": wall, "load processor s": processor}


def _timed(call: Any, *given: Any) -> float:
    start = time.perf_counter()
    call(*given)
    return time.perf_counter() - start


def ask(url: str, folder: Path, entities: int) -> dict[str, Any]:  # noqa: ARG001 - all parts are called alike
    """Milliseconds of each question to a store opened anew."""
    start = time.perf_counter()
    store = open_store(url, create=False)
    told = {"open s": time.perf_counter() - start, **_asked(store, World(entities))}
    store.close()
    return told


def both(url: str, folder: Path, entities: int) -> dict[str, Any]:  # noqa: ARG001 - all parts are called alike
    """The same for a store that does not outlive its process."""
    store, told = _filled(url, entities)
    told |= {"triples": store.counts().triples, "open s": 0.0, "disk MB": 0.0}
    return told | _asked(store, World(entities))


def _asked(store: GraphStore, world: World) -> dict[str, Any]:
    vectors, numbers = world.questions()
    names = [world.name(number) for number in numbers]
    told: dict[str, Any] = {"hop1": [], "hop2": [], "hop3": []}
    _hops(store, entity_id(names[0]))
    for name in names:
        for hop, seconds in enumerate(_hops(store, entity_id(name)), start=1):
            told[f"hop{hop}"].append(1000 * seconds)
    exact, right = world.nearest(vectors, 10), 0
    store.search_vectors("entity", vectors[0], 10)
    told["vector"] = []
    for vector, wanted in zip(vectors, exact, strict=True):
        start = time.perf_counter()
        hits = store.search_vectors("entity", vector, 10)
        told["vector"].append(1000 * (time.perf_counter() - start))
        right += len(wanted & {hit.id for hit in hits})
    told["recall"] = right / sum(map(len, exact))
    store.search_text("entity", names[0], 10)
    # Two words that about a hundred names have each; the number would make it easy.
    told["lexical"] = [1000 * _timed(store.search_text, "entity", name.rpartition(" ")[0], 10) for name in names]
    again = list(world.batches(UPSERTED, version=1))
    written = sum(len(record.triples) for batch in again for record in batch.records)
    return told | {"upsert": written / sum(_timed(store.add, batch) for batch in again)}


def _hops(store: GraphStore, seed: str) -> list[float]:
    """Seconds until all triples within 1, 2 and 3 hops are at hand, at most 1,000 a hop."""
    start, seen, frontier = time.perf_counter(), {seed}, [seed]
    seconds: list[float] = []
    for _ in range(3):
        ends = {end for triple in store.neighborhood(frontier, limit=1000) for end in (triple.head, triple.tail_id)}
        frontier = sorted(ends - seen)
        seen |= ends
        seconds.append(time.perf_counter() - start)
    return seconds


def engine(url: str, folder: Path, entities: int) -> dict[str, Any]:  # noqa: ARG001 - all parts are called alike
    """Seconds of the engine's own bulk load of the same rows and indexes."""
    import engine_load

    tables, indexes = engine_load.read(engine_load.database_folder(Path(url.partition(":")[2])))
    begun = time.process_time()
    seconds = engine_load.load(folder / "floor", tables, indexes)
    return {"engine s": seconds, "engine processor s": time.process_time() - begun}


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


PARTS = {"load": load, "ask": ask, "both": both, "engine": engine}

if __name__ == "__main__":
    main()
