"""The command for ontologies: a first one out of a graph, and whether a file is one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clew.cli import terminal
from clew.cli.base import Json, Kb, app, example, open_kb
from clew.graph.errors import InputError


class Action(StrEnum):
    """What to do."""

    draft = "draft"
    check = "check"


@app.command(epilog=example("clew ontology draft > my.yaml", "clew ontology check my.yaml"))
def ontology(
    action: Annotated[Action, typer.Argument(metavar="draft|check", help="Print one of the graph, or check a file.")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The YAML or RDF file to check.")] = None,
    *,
    kb: Kb = None,
    as_json: Json = False,
) -> None:
    """Draft an ontology out of a graph, or check one.

    An edited draft, or an OWL file, guides reading: clew ingest docs/ --ontology FILE.
    """
    if action is Action.draft:
        if file is not None:
            raise InputError(f"draft takes no file, and got {file}.", hint=f"Write: clew ontology draft > {file}")
        with open_kb(kb) as kg:
            print(kg.ontology_draft(), end="")
        return
    if file is None:
        raise InputError("Which file is to be checked?", hint="Write: clew ontology check FILE")
    _check(file, as_json=as_json)


def _check(file: Path, *, as_json: bool) -> None:
    from clew.ingest.ontology.read import read_ontology

    found = read_ontology(file)
    open_ends = [each.name for each in found.relations if not each.domain or not each.range]
    if as_json:
        terminal.print_json(
            {"classes": len(found.classes), "relations": len(found.relations), "open": open_ends,
             "fingerprint": found.fingerprint}
        )  # fmt: skip
        return
    terminal.say(f"{file}: {len(found.classes):,} classes and {len(found.relations):,} relations; no problems.")
    if open_ends:
        names = ", ".join(open_ends[:10]) + (", ..." if len(open_ends) > 10 else "")
        terminal.say(f"Without domain or range, so that anything may stand there: {terminal.line(names)}.")
