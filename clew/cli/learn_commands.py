"""Commands that train and measure the graph neural network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli import terminal
from clew.cli.base import Json, Kb, app, example, open_kb

Checkpoint = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FOLDER", help="A trained network; default: the one that comes with Clew."),
]


@app.command(
    epilog=example("clew train --label-free --out my-gnn", "clew train questions.jsonl --out my-gnn --epochs 20")
)
def train(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(metavar="QUESTIONS...", help="Files of questions with answers: MetaQA's format or jsonl."),
    ] = None,
    *,
    kb: Kb = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the network goes.")] = Path("clew-gnn"),
    label_free: Annotated[
        bool, typer.Option("--label-free", help="Learn from questions made from the graph's own paths.")
    ] = False,
    llm: Annotated[
        bool, typer.Option("--llm", help="Have the made questions reworded by the language model of the settings.")
    ] = False,
    scratch: Annotated[bool, typer.Option("--scratch", help="Start from nothing, not from a trained network.")] = False,
    checkpoint: Checkpoint = None,
    count: Annotated[int, typer.Option(metavar="N", min=100, help="Questions to make from the graph.")] = 8000,
    epochs: Annotated[int, typer.Option(metavar="N", min=1, help="Most passes over the questions.")] = 6,
    minutes: Annotated[float, typer.Option(metavar="N", min=0, help="Stop after so long; 0: no limit.")] = 0.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Equal seeds give equal networks.")] = 0,
    as_json: Json = False,
) -> None:
    """Train the graph neural network on this graph.

    From questions with answers or, without any, from the graph alone. Interrupted, it goes on where it was.
    """
    with open_kb(kb) as kg, terminal.training_bar() as bar:
        try:
            report = kg.train(
                list(questions or ()),
                out=out,
                label_free=label_free,
                llm=llm,
                scratch=scratch,
                start=checkpoint,
                count=count,
                epochs=epochs,
                minutes=minutes,
                seed=seed,
                progress=bar,
            )
        except KeyboardInterrupt:
            terminal.note(f"Interrupted. Running the same command again goes on after the last whole epoch in {out}.")
            raise typer.Exit(130) from None
    if as_json:
        terminal.print_json(report.to_dict())
        return
    for problem in report.problems[:5]:
        terminal.note(f"Left out: {problem}")
    if len(report.problems) > 5:
        terminal.note(f"... and {len(report.problems) - 5:,} more.")
    before, after = report.before, report.after
    terminal.say(
        f"Trained on {report.questions:,} questions with answers and {report.synthetic:,} made from the graph, "
        f"{report.epochs} epochs."
    )
    if report.wordings:
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in report.wordings.items())
        terminal.say(f"Of the questions made from the graph: {told}.")
    same = report.held_out == (report.questions or report.synthetic)
    on = "the same questions, too few to hold some out" if same else f"{report.held_out:,} held-out questions"
    terminal.say(f"On {on}, before and after:")
    for name, label in (("hits", "Hits@1"), ("f1", "F1"), ("mrr", "MRR")):
        terminal.say(f"  {label:7} {getattr(before, name):6.2f}  ->  {getattr(after, name):6.2f}")
    terminal.say(f"Use it: CLEW_CHECKPOINT={out} clew ask --reasoner gnn ...", "bold")


@app.command(epilog=example("clew evaluate questions.jsonl --checkpoint my-gnn"))
def evaluate(
    questions: Annotated[
        list[Path],
        typer.Argument(metavar="QUESTIONS...", help="Files of questions with answers: MetaQA's format or jsonl."),
    ],
    *,
    kb: Kb = None,
    checkpoint: Checkpoint = None,
    as_json: Json = False,
) -> None:
    """Measure the network on questions with answers."""
    with open_kb(kb, checkpoint=str(checkpoint) if checkpoint else None) as kg:
        scores = kg.evaluate(list(questions))
    if as_json:
        terminal.print_json(scores.to_dict())
        return
    terminal.say(f"{scores.questions:,} questions, {scores.unknown:,} of them about entities that the graph lacks")
    for label, value in (("Hits@1", scores.hits), ("F1", scores.f1), ("exact sets", scores.exact), ("MRR", scores.mrr)):
        terminal.say(f"  {label:11} {value:6.2f}")
    if scores.gold_known:
        terminal.say(f"  {'gold path':11} {scores.gold_path:6.2f}  (of {scores.gold_known:,} whose path is known)")
