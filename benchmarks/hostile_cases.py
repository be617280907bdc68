"""The scripts of `../shared/cases/security`, each put to its use by `hostile.py`.

Those that write files write them; the queries that they list are asked; those that fill or kill something do so.
Where a script names a module, a port or a password as they were when it was written, it runs with today's.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILES = ("make_hostile.py", "make_injection.py")
FOREIGN = ("neo4j_injection.py", "neo4j_label_ssrf.py")
PARSERS = ("deep_jsonld.py", "laughs_rdfxml.py")
_MOVED = {"clew.graph.rdf_parse": "clew.graph.rdf.parse"}
_SIZES = (50, 500, 5_000, 50_000)
_SAID = "Acme Corp was founded by Bob Hill. Bob Hill was born in Berlin."
_COMMAND = '#!/bin/sh\nexec "{}" -c "import sys; from clew.cli.main import main; sys.exit(main())" "$@"\n'


def run(script: Path, folder: Path, *arguments: str, renamed: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The script, run in the folder: how it ended and what it printed."""
    text = script.read_text(encoding="utf-8")
    for old, new in {**_MOVED, **(renamed or {})}.items():
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / script.name
    copy.write_text(text, encoding="utf-8")
    shell = script.suffix == ".sh"
    path = os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", "")])
    home = os.pathsep.join(filter(None, (str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        ["bash" if shell else sys.executable, str(copy), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": home},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def files(cases: Path, folder: Path, renamed: Mapping[str, str]) -> list[Path]:
    """The files that the scripts write, and those of every depth that `deep_rdf12.py` describes."""
    for name in FILES:
        code, printed = run(cases / name, folder, renamed=renamed)
        if code:
            raise SystemExit(f"{name} failed: {printed[-1000:]}")
    deep = folder / "hostile" / "deep"
    deep.mkdir(parents=True)
    made = _function(cases / "deep_rdf12.py", "gen")
    for kind in _listed(cases / "deep_rdf12.py", "k"):
        for size in _SIZES if made(kind, 1) != made(kind, 2) else (1,):
            (deep / f"{size}{kind}").write_text(made(kind, size), encoding="utf-8")
    return sorted(path for path in (folder / "hostile").rglob("*") if path.is_file())


def queries(script: Path, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The queries that a script lists: those that must be refused or do no harm, and those that only read."""
    harm = [*_listed(script, "W", names), *dict(_listed(script, "(name, q)", names)).values()]
    return harm, _listed(script, "P", names)


def ingest_folders(folder: Path, python: str) -> None:
    """What `ingest_signal.sh` starts from: two folders of texts, the command, and what an uninterrupted run exports."""
    for name, count in (("docs", 2), ("m500", 150)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            text = f"Ada Brand{number} founded Firm{number} {name} in York. It employs Ben Frost{number}."
            (folder / name / f"{number}.txt").write_text(text, encoding="utf-8")
    command = folder / "bin" / "clew"
    command.parent.mkdir()
    command.write_text(_COMMAND.format(python), encoding="utf-8")
    command.chmod(0o755)
    for arguments in (("ingest", "docs"), ("ingest", "m500"), ("export", "ref.jsonl")):
        subprocess.run(
            [str(command), *arguments, "--kb", "ref"],
            cwd=folder,
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        )


def knowledge_base(folder: Path) -> str:
    """The address of one in which `owner_kill.py` finds its answer."""
    import clew

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text(_SAID, encoding="utf-8")
    with clew.open(folder / "kb", create=True) as kg:
        kg.ingest(folder / "a.txt")
    return str(folder / "kb")


def _listed(script: Path, name: str, names: Mapping[str, str] | None = None) -> Any:
    """What a script assigns to the name, or goes through under it, worked out from its own words alone."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        value: ast.expr | None = None
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            value = node.value
        elif isinstance(node, ast.For) and ast.unparse(node.target) == name:
            value = node.iter
        if value is not None:
            code = compile(ast.Expression(value), script.name, "eval")
            return eval(code, {**(names or {})})  # noqa: S307 - a script of ours, of which the rest is run whole
    raise SystemExit(f"{script.name} has no {name}")


def _function(script: Path, name: str) -> Any:
    tree = ast.parse(script.read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    space: dict[str, Any] = {}
    exec(compile(ast.Module(found, []), script.name, "exec"), space)  # noqa: S102 - likewise
    return space[name]
