"""The shipped spaCy pipeline is the one its card describes."""

import hashlib
from pathlib import Path

import clew.ingest

MODELS = Path(clew.ingest.__path__[0]) / "models"


def test_every_model_file_has_its_published_checksum() -> None:
    published = {}
    for line in (MODELS / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        published[name] = digest
    present = {path.relative_to(MODELS).as_posix(): path for path in (MODELS / "en_clew").rglob("*") if path.is_file()}
    assert set(present) == set(published)
    for name, path in present.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == published[name], name


def test_the_model_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in (MODELS / "en_clew").rglob("*") if path.is_file()) < 25_000_000


def test_the_network_for_ontologies_is_small_and_whole() -> None:
    path = MODELS / "ontology_head.safetensors"
    assert path.stat().st_size < 2_000_000
    assert f"`{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}" in (MODELS / "README.md").read_text()
