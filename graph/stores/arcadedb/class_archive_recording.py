"""A process of its own that notes which Java classes the engine loads, and makes the archive of them."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import numpy as np

from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore
from clew.graph.stores.arcadedb.class_archive import RECORDED
from clew.graph.stores.arcadedb.java_machine import archive, class_path, start_java


def record(scratch: Path, classes: Path) -> None:
    """Java notes in `classes` what it loads while a small store is written, opened again and asked."""
    start_java(RECORDED, (f"-XX:DumpLoadedClassList={classes}",))
    (scratch / "classpath").write_text(class_path(), "utf-8")
    for _ in range(2):
        store = open_store(f"arcadedb:{scratch / 'kb'}")
        _use(store)
        store.close()


def _use(store: GraphStore) -> None:
    store.configure(encoder="toy", dimension=2, extracted_with="")
    document = Document.make("ship", "Argo carried Jason.", title="Argo")
    chunk = Chunk.make(document, 0, len(document.text))
    ship, man = entity_id("Argo"), entity_id("Jason")
    mentions = (
        Mention(chunk.id, document.id, 0, 4, "Argo", "OTHER", 1.0, ship, "Argo"),
        Mention(chunk.id, document.id, 13, 18, "Jason", "PERSON", 1.0, man, "Jason"),
    )
    source = Source(document.id, chunk.id, 0, len(document.text))
    record = DocumentRecord(document, (chunk,), mentions, (Triple.make(ship, "carried", man, (source,)),))
    store.add(Batch((record,), np.eye(1, 2, dtype=np.float32)))
    vectors = np.eye(2, dtype=np.float32)
    store.describe(Described({ship: "A ship", man: "A man"}, vectors, ("carried",), vectors[:1]))
    store.find(["argo"])
    for kind in ("chunk", "entity"):
        store.search_text(kind, "Argo ship", 3)
        store.search_vectors(kind, vectors[0], 3)
    list(store.documents([document.id]))
    list(store.chunks(document=document.id))
    list(store.mentions(entity=ship))
    list(store.entities([ship, man]))
    list(store.triples())
    store.neighborhood([ship])
    store.adjacency()
    store.counts()


def main() -> None:
    """With two arguments, scratch folder and file, classes are recorded; with one, the cache, the archive is made."""
    paths = [Path(argument) for argument in sys.argv[1:]]
    if len(paths) == 2:
        record(*paths)
        return
    with contextlib.suppress(AttributeError, OSError):  # no such thing as being nice everywhere
        os.nice(10)
    archive(*paths).make()


if __name__ == "__main__":
    main()
