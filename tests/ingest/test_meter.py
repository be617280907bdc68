"""Progress in characters: inside one large file, over many records, and over files of which a part is known."""

from __future__ import annotations

from pathlib import Path

import clew
from clew.cli.terminal import counted
from clew.ingest.pipeline import Progress

SENTENCE = "Falcon Works was founded by Rita Sommer in Hamburg. "


def progress_of(source: Path) -> list[Progress]:
    told: list[Progress] = []
    with clew.open("memory:") as kg:
        kg.ingest(source, progress=told.append)
    return [one for one in told if one.stage == "reading"]


def test_progress_moves_inside_one_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text(SENTENCE * 6000)
    told = progress_of(path)
    assert len({one.done for one in told}) > 3
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert told[-1].done == told[-1].total == len(SENTENCE) * 6000
    assert all(one.total == told[-1].total and one.unit == "characters" for one in told)


def test_records_of_one_file_are_part_of_its_size(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,text\n" + "".join(f"{number},{SENTENCE}\n" for number in range(300)))
    told = progress_of(path)
    assert len({one.done for one in told}) > 3
    assert all(one.total and one.total >= len(SENTENCE) * 290 for one in told)
    assert told[-1].done >= len(SENTENCE) * 299


def test_how_progress_is_said() -> None:
    assert counted(Progress("describing", 1200, 6000, 1.0)) == "1,200 of 6,000"
    assert counted(Progress("reading", 1200, 6000, 1.0, unit="characters")) == "1,200 of about 6,000 characters"
    assert counted(Progress("resolving", 0, None, 1.0)) == "0"
