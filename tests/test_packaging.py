"""What a user installs: one top-level package with every room in it, and no name of theirs in its way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("graph", "llm", "ingest", "gnn", "retrieval", "ui")

pytestmark = pytest.mark.slow  # builds an archive and a wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and with the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")  # a copy: setuptools writes beside what it builds
    for name in ("clew", "examples", *ROOMS):
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return folder


@pytest.fixture(scope="module")
def in_wheel(built: Path) -> set[str]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def in_sdist(built: Path) -> set[str]:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def tops(names: set[str]) -> set[str]:
    folders = {name.split("/")[0] for name in names}
    return {folder for folder in folders if not folder.endswith(".dist-info")}


def test_the_only_top_level_package_of_the_wheel_is_clew(in_wheel: set[str]) -> None:
    assert tops(in_wheel) == {"clew"}


def test_every_room_is_in_the_wheel(in_wheel: set[str]) -> None:
    for room in ROOMS:
        wanted = {f"clew/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / room).rglob("*.py")}
        wanted = {name for name in wanted if "/training/" not in name}
        assert wanted <= in_wheel, wanted - in_wheel
    assert {f"clew/{path.name}" for path in (ROOT / "clew").glob("*.py")} | {"clew/py.typed"} <= in_wheel


def test_the_model_is_in_the_wheel(in_wheel: set[str]) -> None:
    models = ROOT / "ingest" / "models"
    files = {
        f"clew/ingest/models/{path.relative_to(models).as_posix()}" for path in models.rglob("*") if path.is_file()
    }
    assert files <= in_wheel, files - in_wheel
    assert any(name.endswith("/config.cfg") for name in files), "no trained model is in ingest/models"


def test_the_demo_is_in_the_wheel(in_wheel: set[str]) -> None:
    assert {"clew/demo/passages.jsonl", "clew/demo/questions.jsonl", "clew/demo/ATTRIBUTION.md"} <= in_wheel


def test_the_licence_travels_along(in_wheel: set[str], in_sdist: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in in_wheel)
    assert "LICENSE" in in_sdist


def test_the_only_packages_of_the_sdist_are_in_clew(in_sdist: set[str]) -> None:
    packages = {name.split("/")[0] for name in in_sdist if name.count("/") == 1 and name.endswith("__init__.py")}
    assert packages == {"clew"}
    assert {f"clew/{room}/__init__.py" for room in ROOMS} <= in_sdist


def test_a_users_own_modules_are_in_nobodys_way(built: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(installed)  # noqa: S202 - our own archive, built above
    users = tmp_path / "users"
    users.mkdir()
    for name in ("graph", "ingest", "ui", "gnn", "retrieval"):
        (users / f"{name}.py").write_text(f"raise AssertionError('the user\\'s {name}.py was imported')\n")
    script = users / "script.py"
    script.write_text(
        f"import sys\nsys.path.insert(1, {str(installed)!r})\n"
        "import clew, clew.graph.model, clew.graph.stores.memory, clew.settings, clew.cli.main\n"
        f"assert clew.__file__.startswith({str(installed)!r}), clew.__file__\n"
        "print(sorted(clew.__all__)[0])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, cwd=users)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Answer"
