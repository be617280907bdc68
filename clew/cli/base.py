"""What the modules of the command line share: the application, common options, how a knowledge base is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.settings import load_settings

if TYPE_CHECKING:
    from clew.api import KnowledgeGraph

app = typer.Typer(
    name="clew",
    help="Documents to a knowledge graph, questions to answers with the reasoning path that proves them.",
    epilog='\b\nStart here:\n  clew demo\n  clew ingest docs/\n  clew ask "Who founded the company?"',
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def example(*commands: str) -> str:
    return "\b\nExample:\n" + "\n".join(f"  {command}" for command in commands)


Kb = Annotated[
    str | None,
    typer.Option("--kb", metavar="PATH", help="The knowledge base; default: the setting store.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def open_kb(
    kb: str | None, *, create: bool = False, check_encoder: bool = True, warm: bool = False, **overrides: Any
) -> KnowledgeGraph:
    import clew

    settings, _ = load_settings(overrides={"store": kb, **overrides})
    return clew.open(create=create, check_encoder=check_encoder, warm=warm, settings=settings)
