"""How fast `clew ingest` is, beside the floor of its parts, and how time and memory grow with the corpus.

For each size the command runs in a fresh process; its time counts from process start to end, its memory includes the
engine's. The floor, at the largest size: the bare spaCy pipe over the chunks, the encoder over exactly the texts that
were embedded, and the engine's own bulk load of the same rows and indexes, each in a process of its own, counted
without start and model loading.
The largest size is the whole corpus: 6,119 passages, which the figures call 6000.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

from common import arguments, clew, figure, measured, note, passages, run, write_corpus

SIZES = (600, 1_000, 6_000)


def floor_pipe(knowledge_base: Path) -> float:
    """Seconds of the spaCy pipe over the texts of the chunks, in batches as large as the extractor's."""
    import clew as product

    with product.open(knowledge_base, create=False) as kg:
        texts = [chunk.text for chunk in kg.store.chunks()]
        pipe, size = kg.extractor._nlp, kg.extractor.batch_size
    list(pipe.pipe(texts[:8], batch_size=size))  # tables and buffers are set up on first use
    start = time.perf_counter()
    for _ in pipe.pipe(texts, batch_size=size):
        pass
    return time.perf_counter() - start


def floor_encoder(knowledge_base: Path) -> float:
    """Seconds of the encoder, as Clew runs it, over exactly the texts that were embedded, batched as they were."""
    import clew as product

    with product.open(knowledge_base, create=False) as kg:
        groups = embedded_texts(kg)
        embedder = kg.embedder
    embedder.encode(groups[0][:8])
    start = time.perf_counter()
    for texts in groups:
        embedder.encode(texts)
    return time.perf_counter() - start


def embedded_texts(kg: object) -> list[list[str]]:
    """Chunk texts by batches of 64 documents, descriptions in slices of 1,024, and the relations' names."""
    from clew.graph.store import DocumentRecord
    from clew.ingest.chunk_vectors import chunk_texts
    from clew.ingest.describe import SLICE

    store = kg.store  # type: ignore[attr-defined]
    documents = list(store.documents())
    groups: list[list[str]] = []
    for start in range(0, len(documents), 64):
        group: list[str] = []
        for document in documents[start : start + 64]:
            group += chunk_texts(DocumentRecord(document, tuple(store.chunks(document=document.id))))
        groups.append(group)
    descriptions = [entity.description for entity in store.entities() if entity.description]
    groups += [descriptions[start : start + SLICE] for start in range(0, len(descriptions), SLICE)]
    relations = list(store.adjacency().relations)
    return [*groups, relations] if relations else groups


def floor_engine(knowledge_base: Path) -> float:
    """Seconds of the engine's bulk load of all that the knowledge base holds."""
    import engine_load

    source = engine_load.database_folder(knowledge_base.resolve())
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # the engine logs into the working folder
        return engine_load.load(Path("copy").resolve(), *engine_load.read(source))


PARTS = {"pipe": floor_pipe, "encoder": floor_encoder, "engine": floor_engine}


def floor(knowledge_base: Path) -> float:
    """The seconds of all parts, each measured in a process of its own."""
    total = 0.0
    for name in PARTS:
        answer = run([sys.executable, __file__, "--part", name, "--kb", knowledge_base])
        seconds = float(json.loads(answer.output.splitlines()[-1])["seconds"])
        note(f"floor, {name}: {seconds:.1f} s")
        total += seconds
    return total


def main() -> None:
    """Measure, then print the figures."""
    parser = arguments(str(__doc__).splitlines()[0])
    parser.add_argument("--keep", type=Path, default=None, help="put the largest knowledge base there and leave it")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--kb", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps({"seconds": PARTS[options.part](options.kb)}))
        return
    found = passages(options.data, options.limit)
    if options.keep and options.keep.exists():
        raise SystemExit(f"{options.keep} exists; --keep makes a new knowledge base.")
    with tempfile.TemporaryDirectory() as folder:
        measure(found, Path(folder), options.keep)


def measure(found: list[dict[str, str]], work: Path, keep: Path | None) -> None:
    """Ingest each size, measure the floor at the largest, print the figures."""
    runs = {}
    sizes = sorted({min(size, len(found)) for size in SIZES[:-1]} | {len(found)})
    warm = write_corpus(found[:1], work / "warm.jsonl")
    run(clew("ingest", warm, "--kb", work / "kb-warm"))  # files are in the page cache, the encoder is exported
    for size in sizes:
        corpus = write_corpus(found[:size], work / f"{size}.jsonl")
        target = keep if keep and size == sizes[-1] else work / f"kb-{size}"
        runs[size] = measured(clew("ingest", corpus, "--kb", target, "--json"))
        note(f"{size} passages: {runs[size].seconds:.1f} s, {runs[size].peak_gb:.2f} GB")
    largest = sizes[-1]
    under = floor(keep or work / f"kb-{largest}")
    figure("ingest over floor", runs[largest].seconds / under)
    figure("passages per second", largest / runs[largest].seconds)
    figure("peak memory GB", runs[largest].peak_gb)
    if len(sizes) == len(SIZES):
        figure("memory growth 6000 over 1000", runs[largest].peak_gb / runs[sizes[1]].peak_gb)
        figure("time 6000 over 600", runs[largest].seconds / runs[sizes[0]].seconds)


if __name__ == "__main__":
    main()
