"""The RDF store beyond the contract: its facts are RDF on disk, one process owns it, a killed writer loses nothing."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from clew.graph.errors import StoreError, StoreFormatError, StoreLockedError
from clew.graph.export.jsonl import export_lines
from clew.graph.model import entity_id
from clew.graph.open import open_store
from clew.graph.rdf.terms import entity_node, relation_node
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.graph.stores.rdf.store import RdfStore

Records = tuple[DocumentRecord, ...]


def fresh(path: Path) -> GraphStore:
    store = open_store(f"rdf:{path}")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    return store


def test_facts_are_triples_on_disk(tmp_path: Path, golden: Records, batch: Callable[..., Batch]) -> None:
    store = fresh(tmp_path / "kb")
    store.add(batch(*golden))
    store.remove([golden[0].document.id])
    store.close()
    held = Store.read_only(str(tmp_path / "kb"))
    authors = list(held.quads_for_pattern(None, relation_node("author"), None))
    assert [quad.subject for quad in authors] == [entity_node(entity_id("Endymion"))]
    assert str(authors[0].graph_name) == f"<urn:clew:document:{golden[2].document.id}>"


def test_what_is_stale_stays_so_when_reopened(
    tmp_path: Path,
    golden: Records,
    batch: Callable[..., Batch],
    say: Callable[..., DocumentRecord],
    *,
    describe_all: Callable[[GraphStore], None],
    dump: Callable[[GraphStore], dict[str, Any]],
) -> None:
    store = fresh(tmp_path / "kb")
    store.add(batch(*golden))
    describe_all(store)
    store.add(batch(say("new.txt", ("London", "country", "England"))))
    store.remove([golden[0].document.id])
    waiting, before = store.stale(100), dump(store)
    store.close()
    store = open_store(f"rdf:{tmp_path / 'kb'}")
    assert {*store.stale(100)[0]} == {*waiting[0]} == {entity_id(n) for n in ("London", "England", "Benjamin Disraeli")}
    assert store.stale(100)[1] == waiting[1] == ["country"]
    assert dump(store) == before
    assert next(store.entities([entity_id("London")])).description == "London is told of."
    describe_all(store)
    store.configure(encoder="other", dimension=4, extracted_with="hand")
    before = dump_without_vectors(store)
    store.close()
    store = open_store(f"rdf:{tmp_path / 'kb'}")
    assert dump_without_vectors(store) == before
    store.close()


def dump_without_vectors(store: GraphStore) -> Any:
    return store.counts(), sorted(store.stale(100)[0]), sorted(store.stale(100)[1]), list(export_lines(store))


def test_one_process_owns_it(tmp_path: Path) -> None:
    store = fresh(tmp_path / "kb")
    with pytest.raises(StoreLockedError, match="Another process"):
        RdfStore(str(tmp_path / "kb"))
    store.close()
    open_store(f"rdf:{tmp_path / 'kb'}").close()


def test_what_is_no_store_of_clews_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("x")
    held = Store(str(tmp_path / "foreign"))
    held.update("INSERT DATA { <a:a> <a:b> <a:c> }")
    del held
    for name in ("file", "folder", "foreign"):
        with pytest.raises(StoreFormatError):
            open_store(f"rdf:{tmp_path / name}")
    assert (tmp_path / "folder" / "letter.txt").read_text() == "x"
    for url in ("rdf:", f"rdf:{tmp_path / 'missing'}"):
        with pytest.raises(StoreError):
            open_store(url, create=False)
    assert not (tmp_path / "missing").exists()


WRITER = """
import sys
import numpy as np
from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord

store = open_store("rdf:" + sys.argv[1])
store.configure(encoder="toy", dimension=8, extracted_with="hand")
done = {document.uri for document in store.documents()}
for number in range(int(sys.argv[2])):
    uri = f"{number % 40}.txt"
    if number < 40 and uri in done:
        continue
    text = f"A{number % 40} knows B."
    document = Document.make(uri, text, version=str(number // 40))
    chunk = Chunk.make(document, 0, len(text))
    ends = [entity_id(f"A{number % 40}"), entity_id("B")]
    triple = Triple.make(ends[0], "knows", ends[1], (Source(document.id, chunk.id, 0, len(text)),))
    mentions = tuple(Mention(chunk.id, document.id, 0, 1, "A", "X", 1.0, end, "A") for end in ends)
    vectors = np.full((1, 8), 8**-0.5, dtype=np.float32)
    store.add(Batch((DocumentRecord(document, (chunk,), mentions, (triple,)),), vectors))
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_reported(tmp_path: Path) -> None:
    random_ = random.Random(11)
    command = [sys.executable, "-c", WRITER, str(tmp_path / "kb"), "80"]
    reported = -1
    for _ in range(4):
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(random_.random() * 0.05)
        writer.kill()
        lines = [line for line in (first + writer.stdout.read()).split("\n") if line]
        writer.wait()
        writer.stdout.close()
        reported = max([reported, *map(int, lines)])
        store = open_store(f"rdf:{tmp_path / 'kb'}")
        counts = store.counts()
        assert counts.documents >= min(reported + 1, 40)
        assert counts.documents == counts.chunks == counts.triples == len(list(store.triples()))
        assert counts.mentions == 2 * counts.documents
        store.close()
    subprocess.run(command, check=True, capture_output=True)
    whole = tmp_path / "whole"
    subprocess.run([*command[:3], str(whole), "80"], check=True, capture_output=True)
    exports = []
    for path in (tmp_path / "kb", whole):
        store = open_store(f"rdf:{path}")
        exports.append(list(export_lines(store)))
        store.close()
    assert exports[0] == exports[1]


def test_a_disk_that_fails_leaves_what_was_there(tmp_path: Path, golden: Records, batch: Callable[..., Batch]) -> None:
    store = RdfStore(str(tmp_path / "kb"))
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(golden[0]))
    del store.__dict__["_disk"]  # closed: what tidies its files would race with the next opening
    store.__dict__["_disk"] = Store.read_only(str(tmp_path / "kb"))  # each write fails, as on a disk that is full
    with pytest.raises(StoreError, match="could not be written"):
        store.add(batch(golden[1]))
    with pytest.raises(StoreError, match="closed"):
        store.counts()
    store.close()
    again = open_store(f"rdf:{tmp_path / 'kb'}")
    assert again.counts().documents == 1
    again.close()
