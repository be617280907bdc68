"""Folders that change between two runs: what is gone is named, what is renamed followed, and all removed on demand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import clew


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    (made / "one.txt").write_text("Rita Sommer leads Falcon Works.")
    (made / "two.txt").write_text("Otto Brandt leads Kestrel Works.")
    (made / "rows.csv").write_text("id,text\n1,Anna Ray hired Ben Ozols.\n2,Ben Ozols hired Cyril Dahl.\n")
    return made


def known(kg: clew.KnowledgeGraph) -> list[str]:
    return sorted(document.uri.rpartition("/")[2] for document in kg.store.documents())


def test_what_is_gone_is_named_and_what_is_renamed_followed(folder: Path) -> None:
    with clew.open("memory:") as kg:
        kg.ingest(folder)
        (folder / "two.txt").unlink()
        (folder / "one.txt").rename(folder / "uno.txt")
        report = kg.ingest(folder)
        assert known(kg) == ["rows.csv#1", "rows.csv#2", "two.txt", "uno.txt"]
        assert (report.added, report.unchanged, report.removed) == (1, 2, 1)
        renamed, missing = report.notes
        assert renamed == f"renamed, and followed: {folder}/one.txt (now {folder}/uno.txt)"
        assert missing == f"1 known files are gone: {folder}/two.txt; --sync removes what they said"


def test_in_step_on_demand_after_saying_so(folder: Path) -> None:
    with clew.open("memory:") as kg:
        kg.ingest(folder)
        (folder / "two.txt").unlink()
        (folder / "rows.csv").write_text("id,text\n2,Ben Ozols hired Cyril Dahl.\n")
        told: list[str] = []
        held = known(kg)
        would = kg.ingest(folder, sync=True, dry_run=True, say=told.append)
        assert (known(kg), would.removed) == (held, 2)
        report = kg.ingest(folder, sync=True, say=told.append)
        said = f"removed, for it is gone: {folder}/rows.csv (1 of its records), {folder}/two.txt"
        assert told == [f"would be {said}", said]
        assert report.removed == 2
        assert known(kg) == ["one.txt", "rows.csv#2"]
        assert kg.store.find(["kestrel works"]) == {"kestrel works": []}


def test_an_empty_folder_or_a_broken_file_takes_nothing_away(folder: Path) -> None:
    with clew.open("memory:") as kg:
        kg.ingest(folder)
        held = known(kg)
        (folder / "rows.csv").write_bytes(b"id,text\n1,a,b\n")
        assert kg.ingest(folder, sync=True).removed == 0
        for path in folder.iterdir():
            path.unlink()
        report = kg.ingest(folder, sync=True)
        assert known(kg) == held
        assert report.notes[0].startswith("nothing that is read is left there, so nothing was removed")


def test_other_folders_stay(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "in2")
    with clew.open("memory:") as kg:
        kg.ingest([folder, other])
        shutil.rmtree(other)
        other.mkdir()
        (folder / "two.txt").unlink()
        kg.ingest(folder, sync=True)
        assert len([uri for uri in (d.uri for d in kg.store.documents()) if "/in2/" in uri]) == 4
