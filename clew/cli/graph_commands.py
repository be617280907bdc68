"""Commands that query the graph and write it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli import terminal
from clew.cli.base import Json, Kb, app, example, open_kb
from clew.export_formats import FORMATS, RDF
from clew.graph.errors import InputError

if TYPE_CHECKING:
    from clew.graph.store import QueryResult


@app.command(epilog=example('clew query "MATCH (e:Entity) RETURN e.name LIMIT 5"'))
def query(
    cypher: Annotated[str, typer.Argument(metavar="CYPHER", help="A read-only query, in quotes.")],
    *,
    kb: Kb = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter, as JSON or text; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a read-only Cypher query."""
    parameters = dict(_parameter(text) for text in param or ())
    with open_kb(kb) as kg:
        result = kg.query(cypher, parameters)
    _print_rows(result, as_json=as_json)


@app.command(epilog=example('clew sparql "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 5"'))
def sparql(
    query: Annotated[str, typer.Argument(metavar="SPARQL", help="A read-only query, in quotes.")],
    *,
    kb: Kb = None,
    as_json: Json = False,
) -> None:
    """Run a read-only SPARQL query over the graph as RDF."""
    with open_kb(kb) as kg:
        result = kg.sparql(query)
    _print_rows(result, as_json=as_json)


def _print_rows(result: QueryResult, *, as_json: bool) -> None:
    from clew.cli import show

    if as_json:
        records = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        terminal.print_json({"columns": result.columns, "rows": records, "truncated": result.truncated})
    else:
        show.rows(result)


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"--param {text!r} is not a parameter.", hint="Write NAME=VALUE, such as --param year=1870.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@app.command(
    epilog=example(
        "clew export graph.jsonl", "clew export graph.trig --format trig", "clew export notes --format vault"
    )
)
def export(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to, for csv, parquet and vault a folder; default: standard output."),
    ] = None,
    *,
    kb: Kb = None,
    format: Annotated[str, typer.Option("--format", metavar="NAME", help=f"One of: {', '.join(FORMATS)}.")] = "jsonl",  # noqa: A002 - the option's name
) -> None:
    """Write the whole graph, sorted.

    Equal graphs give equal files.
    """
    if format == "vault" and file is not None and str(file) != "-":
        _export_vault(kb, file)
        return
    with open_kb(kb) as kg:
        lines = kg.export(None if file is None or str(file) == "-" else file, format=format)
    what = "lines" if format == "jsonl" else "statements" if format in RDF else "triples"
    terminal.note(f"{lines:,} {what}" + (f" in {file}" if file else ""))


def _export_vault(kb: str | None, folder: Path) -> None:
    from clew.views import export_vault

    with open_kb(kb) as kg:
        done = export_vault(kg.store, folder)
    counted = f"{done.written:,} written, {done.unchanged:,} unchanged, {done.removed:,} removed"
    terminal.note(f"{done.notes:,} notes in {folder}: {counted}")
    for problem in done.problems:
        terminal.note(problem)
