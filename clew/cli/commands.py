"""The commands of every day. A command parses, makes one library call of the same name, and prints."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew import __version__
from clew.cli import terminal
from clew.cli.base import Json, Kb, app, example, open_kb
from clew.graph.errors import InputError, MissingExtraError, NotFoundError, StoreMissingError, require
from clew.settings import load_settings, shown

if TYPE_CHECKING:
    from clew.api import KnowledgeGraph
    from clew.ingest.load.load import Fields


def _version(wanted: bool) -> None:
    if wanted:
        print(f"clew {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


class ReadAs(Enum):
    """How folders and texts are read: as what they are found to be, or as plain files."""

    WHAT_IT_IS = "auto"
    PLAIN = "plain"


@app.command(epilog=example("clew ingest docs/", "clew ingest people.csv --title-field name --text-field biography"))
def ingest(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCES...", help="Files, folders, globs; - reads standard input.")
    ],
    *,
    kb: Kb = None,
    id_field: Annotated[str, typer.Option(metavar="NAME", help="Column or key that holds a record's id.")] = "id",
    title_field: Annotated[str, typer.Option(metavar="NAME", help="... its title.")] = "title",
    text_field: Annotated[str, typer.Option(metavar="NAME", help="... its text.")] = "text",
    triples: Annotated[
        bool, typer.Option("--triples", help="The CSV files hold ready triples: head,relation,tail.")
    ] = False,
    delimiter: Annotated[str, typer.Option(metavar="CHAR", help="Separator in CSV files; guessed where empty.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; say what would be done and how long it would take.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Read unchanged documents again too.")] = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Remove what is known of files of these folders that are gone.")
    ] = False,
    read_as: Annotated[
        ReadAs,
        typer.Option("--as", help="plain: take no folder for a vault of notes or a chat, and no text for talk."),
    ] = ReadAs.WHAT_IT_IS,
    extractor: Annotated[
        str | None, typer.Option(metavar="NAME", help="What reads the text: local or llm.", show_default=False)
    ] = None,
    ontology: Annotated[
        Path | None,
        typer.Option("--ontology", metavar="FILE", help="Keep to these classes and relations; see clew ontology."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read documents into the knowledge graph.

    Unchanged ones are left alone, and a broken one stops nothing: it is reported with its reason.
    """
    fields = _fields(id_field, title_field, text_field, triples, delimiter)
    with _open(kb, dry_run=dry_run, warm=True, extractor=extractor, ontology=ontology) as kg:
        how: dict[str, Any] = {"dry_run": dry_run, "refresh": refresh, "sync": sync, "plain": read_as is ReadAs.PLAIN}
        _ingest(kg, sources, as_json=as_json, fields=fields, **how)


def _open(kb: str | None, *, dry_run: bool, **options: Any) -> KnowledgeGraph:
    """The knowledge base; a dry run makes none where there is none."""
    if not dry_run:
        return open_kb(kb, create=True, **options)
    try:
        return open_kb(kb, **options)
    except StoreMissingError:
        return open_kb("memory:", create=True, **options)


def _fields(id_field: str, title_field: str, text_field: str, triples: bool, delimiter: str) -> Fields:
    from clew import Fields

    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(delimiter) > 1:
        raise InputError(f"--delimiter {delimiter!r} is not one character.", hint="Write one, such as ';', or tab.")
    return Fields(id=id_field, title=title_field, text=text_field, triples=triples, delimiter=delimiter)


def _ingest(kg: KnowledgeGraph, sources: Sequence[str], *, as_json: bool = False, **options: Any) -> None:
    """The sources are in the graph and the report is printed; leaves with 1 where some failed, 130 on Ctrl-C."""
    from clew.cli import show

    reader = getattr(kg.extractor, "chat", None)
    if reader is not None and not options.get("dry_run"):
        terminal.note(f"The text is sent to {reader.endpoint.host}, to be read by {reader.model}.")
    try:
        with terminal.progress_bar() as progress:
            report = kg.ingest(sources, progress=progress, say=terminal.note, **options)
    except KeyboardInterrupt as stop:
        partial = getattr(stop, "report", None)
        saved = (
            f"{partial.added + partial.updated:,} documents of this run are saved"
            if partial
            else "Nothing was read yet"
        )
        terminal.note(f"Interrupted. {saved}; running the same command again finishes the work.")
        raise typer.Exit(130) from None
    if as_json:
        terminal.print_json(report.to_dict())
    else:
        show.report(report)
    if report.failed or report.stopped:
        raise typer.Exit(1)


@app.command(
    epilog=example('clew ask "Where was the director of Aylwin born?"', 'clew ask "Who wrote Dracula?" --k 10 --json')
)
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotes.")],
    *,
    kb: Kb = None,
    k: Annotated[
        int | None,
        typer.Option(
            "--k", metavar="N", help="Candidates and passages to keep; default: the setting k.", show_default=False
        ),
    ] = None,
    reasoner: Annotated[
        str | None, typer.Option(metavar="NAME", help="What scores the graph: gnn or pagerank.", show_default=False)
    ] = None,
    generator: Annotated[
        str | None, typer.Option(metavar="NAME", help="What writes the answer: quote or llm.", show_default=False)
    ] = None,
    sure: Annotated[
        float | None,
        typer.Option(metavar="P", min=0, max=1, help="Answer only what is at least so probable.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Answer a question with the path that proves it.

    Prints the answer, its reasoning path and the numbered sentences behind it, or says why there is none.
    """
    from clew.cli import show

    with open_kb(kb, warm=True, k=k, reasoner=reasoner, generator=generator, sure=sure) as kg:
        answer = kg.ask(question, reasoner=_at_hand(kg.settings.reasoner))
    if as_json:
        terminal.print_json(answer.to_dict())
    else:
        show.answer(answer)


def _at_hand(reasoner: str) -> str:
    """The reasoner; where it is a network that cannot be run here, PageRank, and the reader is told so."""
    from clew.reasoners import require_network

    try:
        if reasoner == "gnn":
            require_network()
    except MissingExtraError as error:
        terminal.note(f"PageRank reasons in place of the graph neural network: {error}")
        return "pagerank"
    return reasoner


@app.command(epilog=example("clew status", "clew status --kb clew-demo --json"))
def status(*, kb: Kb = None, as_json: Json = False) -> None:
    """Say what is in the knowledge base, and what made it."""
    from clew.cli import show

    with open_kb(kb) as kg:
        found = kg.status()
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        show.status(found)


@app.command("show", epilog=example('clew show "Harry Carroll" --kb clew-demo'))
def show_entity(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Name, alias or id.")],
    *,
    kb: Kb = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Most triples to print.")] = 50,
    as_json: Json = False,
) -> None:
    """Show all that is known of an entity, and who says it."""
    from clew.cli import show

    with open_kb(kb) as kg:
        view = kg.show(entity, limit=limit)
    if as_json:
        terminal.print_json(view.to_dict())
    else:
        show.entity(view)


@app.command(epilog=example('clew path "By the Beautiful Sea" "Atlantic City" --kb clew-demo'))
def path(
    a: Annotated[str, typer.Argument(metavar="A", help="An entity: name, alias or id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    *,
    kb: Kb = None,
    max_hops: Annotated[int, typer.Option(metavar="N", min=1, max=6, help="Most triples in a path.")] = 4,
    k: Annotated[int, typer.Option("--k", metavar="N", min=1, help="Most paths.")] = 3,
    as_json: Json = False,
) -> None:
    """Find the shortest reasoning paths between two entities."""
    from clew.cli import show

    with open_kb(kb) as kg:
        found = kg.path(a, b, max_hops=max_hops, k=k)
    if as_json:
        terminal.print_json([view.to_dict() for view in found])
    elif found:
        show.paths(found)
    else:
        terminal.say(f"No path of at most {max_hops} triples joins {a} and {b}. Try a larger --max-hops.")


@app.command(epilog=example("clew reembed"))
def reembed(*, kb: Kb = None) -> None:
    """Compute every vector anew, with the present encoder."""
    with open_kb(kb, check_encoder=False) as kg, terminal.progress_bar() as progress:
        count = kg.reembed(progress=progress)
    terminal.say(f"{count:,} texts were embedded.")


@app.command(epilog=example("clew upgrade", "clew upgrade --kb clew-demo"))
def upgrade(*, kb: Kb = None) -> None:
    """Bring a knowledge base of an older format to today's."""
    with open_kb(kb, check_encoder=False) as kg:
        done = kg.upgrade()
    if done.before == done.after:
        terminal.say(f"{kg.url} already has format {done.after}; there is nothing to do.")
    else:
        terminal.say(f"{kg.url} had format {done.before} and now has format {done.after}.")


@app.command(epilog=example("clew remove docs/old.txt"))
def remove(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENTS...", help="Path, URI, exact title or id.")],
    *,
    kb: Kb = None,
) -> None:
    """Remove documents, and all that only they said."""
    with open_kb(kb) as kg:
        missing = [name for name in documents if not kg.remove(name)]
    if len(documents) > len(missing):
        terminal.say(f"{len(documents) - len(missing):,} removed.")
    if missing:
        raise NotFoundError(
            f"No such document: {', '.join(missing)}.",
            hint='List them with: clew query "MATCH (d:Document) RETURN d.title, d.uri"',
        )


@app.command(epilog=example("clew config", "CLEW_K=8 clew config --json"))
def config(*, kb: Kb = None, as_json: Json = False) -> None:
    """Print each setting and where it came from."""
    from clew.cli import show

    settings, origins = load_settings(overrides={"store": kb})
    if as_json:
        terminal.print_json(
            {name: {"value": shown(settings, name), "origin": origin} for name, origin in origins.items()}
        )
    else:
        show.settings(settings, origins)


@app.command(epilog=example("clew demo"))
def demo(
    *,
    kb: Annotated[str, typer.Option("--kb", metavar="PATH", help="Where the graph is made.")] = "clew-demo",
) -> None:
    """Read 600 Wikipedia passages and ask about them.

    The graph is made in a folder of its own and asked three questions.
    """
    from clew.cli import show
    from clew.demo_data import demo_folder, demo_questions

    terminal.say(f"Reading 600 passages of Wikipedia into {kb} ...")
    with open_kb(kb, create=True, warm=True) as kg:
        _ingest(kg, [str(demo_folder() / "passages.jsonl")])
        for item in demo_questions():
            if item.shown:
                terminal.say(f"\n{'─' * 72}\nQuestion: {item.question}", "bold cyan")
                show.answer(kg.ask(item.question))
                terminal.say(f"(The data set's answer: {item.answer})", "dim")
    terminal.say(f"\n{'─' * 72}\nNow try:", "bold")
    questions = demo_questions()
    title = questions[0].titles[0]
    other = next((item for item in questions if not item.shown), questions[-1])
    for command in (f'ask "{other.question}"', f'show "{title}"', "status", "ui"):
        terminal.say(f"  {_self()} {command} --kb {kb}")


def _self() -> str:
    """How this command is called from here: by name where the shell finds it, else by the path it was called by."""
    called = Path(sys.argv[0])
    return "clew" if called.name != "clew" or shutil.which("clew") else str(called)


@app.command(epilog=example("clew ui --kb clew-demo"))
def ui(
    *,
    kb: Kb = None,
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="Port on this machine.")] = 8501,
) -> None:
    """Open a page to ask questions on.

    It is at http://127.0.0.1:8501; only this machine can reach it.
    """
    require("streamlit", "Streamlit", "ui")
    settings, _ = load_settings(overrides={"store": kb})
    script = Path(__file__).parent.parent / "ui" / "app.py"
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *flags, "--", "--kb", settings.store]
    terminal.note("Ctrl-C ends the page. Other commands can use this knowledge base meanwhile.")
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter and script, no shell
