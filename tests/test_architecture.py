"""The rails of the house: imports one way, few interfaces, short files, nothing of one machine in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("graph", "llm", "ingest", "gnn", "retrieval", "ui")
FULL_ROOM = 16  # files in one folder
LONGEST_FILE = 400
MOST_INTERFACES = 5


def tracked() -> list[Path]:
    """Every file that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of the repository's files")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def product_files() -> Iterator[Path]:
    for room in ("clew", *ROOMS):
        folder = ROOT / room
        links = {folder / name for name in ROOMS}
        yield from (path for path in sorted(folder.rglob("*.py")) if not links & set(path.parents))


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_rooms_import_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d* kept, 0 broken", done.stdout), done.stdout


def import_graph() -> dict[str, set[str]]:
    """Module -> the modules of the package that it imports anywhere, for types alone too."""
    paths = {}
    for path in product_files():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        paths[name if name.partition(".")[0] == "clew" else f"clew.{name}"] = path
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        # `from clew.graph import errors` names the module clew.graph.errors, and its package only by the way.
        packages = {name.rpartition(".")[0] for name in names if name in paths}
        found[module] = {name for name in names - packages if name in paths} - {module, "clew"}
    return found


def test_no_file_takes_part_in_a_circle() -> None:
    graph = import_graph()
    assert len(graph) > 200
    done: set[str] = set()
    while ready := {module for module, needs in graph.items() if module not in done and needs <= done}:
        done |= ready
    left = {module: sorted(needs - done) for module, needs in graph.items() if module not in done}
    assert not left, "\n".join(f"{module} -> {', '.join(needs)}" for module, needs in sorted(left.items()))


def test_no_room_is_crowded() -> None:
    counts = Counter(path.parent for path in product_files())
    crowded = {folder.relative_to(ROOT).as_posix(): count for folder, count in counts.items() if count > FULL_ROOM}
    assert not crowded


def test_every_room_says_what_it_is_for() -> None:
    for folder in {path.parent for path in product_files()}:
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{folder.relative_to(ROOT)}/__init__.py says nothing"


def test_the_page_imports_only_the_front_door() -> None:
    for path in sorted((ROOT / "ui").rglob("*.py")):
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if name.split(".")[0] == "clew":
                assert name.split(".")[1:2] not in [[room] for room in ROOMS if room != "ui"], f"{path.name}: {name}"


def test_rooms_are_known_by_one_name_only() -> None:
    for path in python_files():
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert name.split(".")[0] not in ROOMS, f"{path.relative_to(ROOT)} imports {name}: write clew.{name}"


def test_each_room_is_a_relative_link() -> None:
    for room in ROOMS:
        link = ROOT / "clew" / room
        assert link.is_symlink()
        assert link.readlink() == Path("..") / room


def interfaces(path: Path) -> Iterator[str]:
    """Protocols that say what is asked of another room or of the user; a Protocol that only types data is one too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases}
            if bases & {"Protocol", "ABC"}:
                yield f"{path.relative_to(ROOT)}: {node.name}"


def test_interfaces_are_few() -> None:
    found = [name for path in product_files() for name in interfaces(path)]
    assert len(found) <= MOST_INTERFACES, "\n".join(found)
    assert any("GraphStore" in name for name in found)


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    long = {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length >= LONGEST_FILE}
    assert not long


def test_no_page_file_is_named_like_a_package() -> None:
    # Streamlit puts the folder of its script first on the path: ui/pandas.py would be everyone's pandas.
    from importlib.metadata import packages_distributions

    packages = set(packages_distributions()) | set(sys.stdlib_module_names)
    assert not {path.stem for path in (ROOT / "ui").glob("*.py")} & packages - {"__init__"}


MACHINE_PATHS = re.compile(r"(?<![\w.~<])/(?:home|root|Users|work|tmp|opt|srv|mnt)/\w")


def test_nothing_names_one_machine() -> None:
    # The passages and the models are data; tests may build such strings, as this file does.
    skipped = ("examples/", "ingest/models/", "tests/", "LICENSE")
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(skipped):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match.group()}" for match in MACHINE_PATHS.finditer(text)]
    assert not found


def test_nothing_is_mocked_or_unpickled() -> None:
    for path in python_files():
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert not names & {"unittest.mock", "unittest", "pickle", "dill", "marshal"}, path


def test_tests_have_no_packages_and_unique_names() -> None:
    folder = ROOT / "tests"
    assert not list(folder.rglob("__init__.py"))
    names = [path.name for path in folder.rglob("test_*.py")]
    assert len(names) == len(set(names))
