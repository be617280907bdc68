"""Commands that list what resolution merged, and take it back."""

from __future__ import annotations

from typing import Annotated

import typer

from clew.cli import terminal
from clew.cli.base import Json, Kb, app, example, open_kb


@app.command(epilog=example("clew merges", 'clew merges "NAME"'))
def merges(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Name, alias or id; default: all.")] = "",
    *,
    kb: Kb = None,
    as_json: Json = False,
) -> None:
    """List what was merged, with reason and score."""
    from clew.cli import show

    with open_kb(kb) as kg:
        found = kg.merges(entity)
    if as_json:
        terminal.print_json([merged.to_dict() for merged in found])
    else:
        show.merges(found)


@app.command(epilog=example("clew unmerge 1f0e27c4aa", 'clew unmerge "SHORT NAME" "FULL NAME"'))
def unmerge(
    one: Annotated[str, typer.Argument(metavar="MERGE", help="The merge's id, or one of its two names.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other name.")] = "",
    *,
    kb: Kb = None,
) -> None:
    """Take a merge back.

    Descriptions, vectors and triples follow, and it stays so whatever is ingested later.
    """
    with open_kb(kb) as kg:
        taken = kg.unmerge(one, other)
    for merged in taken:
        terminal.say(f"{merged.name} no longer stands for {merged.into} in {len(merged.documents):,} documents.")
