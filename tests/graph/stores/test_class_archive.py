"""The archive of the engine's classes: made once, used by Java, and never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clew.graph.open import open_store
from clew.graph.stores.arcadedb.java_machine import archive

USE = """
import sys
from pathlib import Path
from clew.graph.stores.arcadedb.java_machine import archive, start_java
from clew.graph.open import open_store

cache = Path(sys.argv[1])
if "only" in sys.argv:  # Java ends itself where it cannot use the archive
    start_java("128m", [flag for flag in archive(cache).flags() if flag != "-Xshare:auto"] + ["-Xshare:on"])
open_store(sys.argv[2], cache=str(cache)).close()
print("opened")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with an archive."""
    cache = tmp_path_factory.mktemp("cache")
    archive(cache).make()
    return cache


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "cache"))


def _use(cache: Path, kb: Path, *options: str) -> str:
    command = [sys.executable, "-c", USE, str(cache), str(kb), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def test_java_takes_its_classes_from_it(made: Path, tmp_path: Path) -> None:
    assert [file.suffix for file in (made / "java").iterdir()] == [".jsa"]
    assert _use(made, tmp_path / "kb", "only") == "opened\n"


def test_without_one_java_would_have_said_so(tmp_path: Path) -> None:
    (tmp_path / "java").mkdir()
    archive(tmp_path).path.write_bytes(b"no archive")
    assert "opened" not in _use(tmp_path, tmp_path / "kb", "only")


def test_a_damaged_one_is_ignored_in_silence(own: Path, tmp_path: Path) -> None:
    path = archive(own).path
    path.write_bytes(path.read_bytes()[:100_000])
    assert _use(own, tmp_path / "kb") == "opened\n"


def test_it_is_made_in_the_background(tmp_path: Path) -> None:
    known = archive(tmp_path)
    known.make_in_background()
    known.make_in_background()
    _wait_for(known.path)
    assert known.flags()


def _wait_for(path: Path) -> None:
    end = time.monotonic() + 120
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert path.exists()


def test_a_claim_keeps_others_from_making_it_for_a_day(own: Path) -> None:
    known = archive(own)
    known.path.unlink()
    claim = known.path.with_suffix(".making")
    claim.touch()
    known.make()
    assert not known.path.exists()
    os.utime(claim, (0, 0))
    known.make()
    assert known.path.exists()
    assert not claim.exists()


def test_old_ones_go(own: Path) -> None:
    known = archive(own)
    known.path.unlink()
    for age in range(4):
        old = known.path.with_name(f"old{age}.jsa")
        old.touch()
        os.utime(old, (1000 - age, 1000 - age))
    known.make()
    assert sorted(file.name for file in known.path.parent.iterdir()) == sorted(
        [known.path.name, "old0.jsa", "old1.jsa"]
    )


def test_a_cache_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    cache = tmp_path / "file"
    cache.write_text("not a folder")
    assert _use(cache, tmp_path / "kb") == "opened\n"


def test_stores_without_java_take_no_notice(tmp_path: Path) -> None:
    open_store("memory:", cache=str(tmp_path / "cache")).close()
    assert not (tmp_path / "cache").exists()
