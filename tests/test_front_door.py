"""`import clew` is light, and its menu is complete, sorted and true."""

import dataclasses
import inspect
import json
import subprocess
import sys
import typing
from collections.abc import Callable
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


def methods() -> dict[str, Callable[..., object]]:
    """The public methods and properties of a knowledge base, and `open`."""
    found: dict[str, Callable[..., object]] = {"open": clew.open}
    for name, member in inspect.getmembers(clew.KnowledgeGraph):
        if not name.startswith("_"):
            found[name] = member.fget if isinstance(member, property) else member
    return found


def test_every_option_is_spelt_out() -> None:
    for name, method in methods().items():
        kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
        assert not kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}, name


def test_a_twin_has_the_options_of_what_it_twins() -> None:
    found = methods()
    for name, method in found.items():
        if inspect.iscoroutinefunction(method):
            own, other = (inspect.signature(each) for each in (method, found[name.removeprefix("a")]))
            assert own.parameters == other.parameters


def test_open_takes_every_setting() -> None:
    options = inspect.signature(clew.open).parameters
    assert {field.name for field in dataclasses.fields(clew.Settings)} - {"store"} <= set(options)
    assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for name, option in options.items() if name != "path")


def test_a_wrong_option_is_a_type_error_that_names_it() -> None:
    with pytest.raises(TypeError, match="'kk'"):
        clew.open("memory:", kk=3)  # type: ignore[call-arg]
    with clew.open("memory:") as kg:
        for method in (kg.ask, kg.retrieve, kg.ingest, kg.add, kg.show, kg.path, kg.train, kg.evaluate, kg.export):
            with pytest.raises(TypeError, match="'kk'"):
                method("a", kk=3)  # type: ignore[operator]
        with pytest.raises(clew.SettingsError, match="option k"):
            kg.ask("Who?", k=0)


# Arrays that a subgraph is cut from: `Subgraph` says what one needs of them.
UNDER_THE_FLOOR = {"Adjacency", "Ids", "Embedder", "GivenExtractor", "LLMExtractor", "SpacyExtractor", "KnowledgeGraph"}


def returned() -> dict[type, str]:
    """Every type of ours that a public call returns, and those that these hold, each with where it comes from."""
    found: dict[type, str] = {}
    names = {name: value for module in list(sys.modules.values()) if module.__name__.startswith("clew.")
             for name, value in vars(module).items() if isinstance(value, type)}  # fmt: skip
    menu = {name: getattr(clew, name) for name in clew.__all__}

    def walk(hint: object, place: str) -> None:
        if typing.get_origin(hint) is Callable:
            return
        for inner in typing.get_args(hint):
            walk(inner, place)
        if typing.get_origin(hint) is tuple:
            inner = typing.get_args(hint)
            assert len(inner) == 2, f"{place} is a bare tuple"
            assert inner[1] is ..., f"{place} is a bare tuple"
        if not isinstance(hint, type) or not hint.__module__.startswith("clew.") or hint in found:
            return
        if hint.__name__ in UNDER_THE_FLOOR:
            return
        found[hint] = place
        if dataclasses.is_dataclass(hint):
            scope = {**names, **vars(sys.modules[hint.__module__]), **menu}
            for name, held in typing.get_type_hints(hint, scope).items():
                walk(held, f"{hint.__name__}.{name}")

    for name, method in methods().items():
        scope = {**names, **menu, "Self": None, "AnyExtractor": None}
        walk(eval(str(method.__annotations__.get("return")), scope), name)  # noqa: S307 - our own annotation
    return found


def test_every_type_that_a_call_returns_is_on_the_menu() -> None:
    import clew.retrieval.answer
    import clew.training
    import clew.views

    found = returned()
    assert len(found) > 30
    missing = {kind.__name__: place for kind, place in found.items() if getattr(clew, kind.__name__, None) is not kind}
    assert not missing
