"""`import clew` is light, and its menu is complete, sorted and true."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import clew

HEAVY = {"torch", "torch_geometric", "spacy", "streamlit", "sentence_transformers", "transformers", "arcadedb_embedded",
         "jpype", "onnxruntime", "pandas", "scipy"}  # fmt: skip


def _loaded_by(*code: str) -> set[str]:
    script = "import json, sys\n" + "\n".join(code) + "\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_importing_clew_loads_nothing_heavy() -> None:
    assert not _loaded_by("import clew") & (HEAVY | {"numpy"})


def test_the_command_line_help_loads_nothing_heavy() -> None:
    assert not _loaded_by("import clew.cli.main") & HEAVY


def test_the_menu_is_sorted_and_every_name_on_it_exists() -> None:
    assert clew.__all__ == sorted(clew.__all__, key=lambda name: (name.islower(), name))
    for name in clew.__all__:
        assert getattr(clew, name) is not None
    assert set(clew.__all__) <= set(dir(clew))


def test_every_error_is_on_the_menu() -> None:
    from clew.graph import errors

    assert set(errors.__all__) <= set(clew.__all__)


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        clew.nothing  # noqa: B018 - the access is the test


def test_a_script_beside_files_named_like_rooms_imports_clew(tmp_path: Path) -> None:
    for name in ("graph", "ingest", "ui", "gnn", "retrieval"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the user\\'s own file was imported')\n")
    (tmp_path / "script.py").write_text("import clew, clew.graph.store, clew.ingest\nprint(clew.__version__)\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == clew.__version__
