"""What the command line prints: one function a result. All of it goes through `terminal.clean`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clew.cli.terminal import clean, console, duration, line, say
from clew.settings import RULES, Settings, shown

if TYPE_CHECKING:
    from clew.graph.model import ReasoningPath
    from clew.graph.store import QueryResult
    from clew.ingest.ontology.report import GuideReport
    from clew.ingest.pipeline import IngestReport
    from clew.ingest.resolution.log import Merged
    from clew.retrieval.answer import Answer, Evidence, Quote
    from clew.views import EntityView, Fact, PathView, Status

_SKIPPED_SHOWN = 10
_QUOTE = 400  # characters of a quote that are printed
_NEAREST = 4  # sentences printed in full where no path proves the answer
_MORE = 5  # other findings, on one line each


def report(done: IngestReport) -> None:
    """What a run of `ingest` did, every failure with its reason."""
    would = "would be " if done.dry_run else ""
    counts = [f"{getattr(done, kind):,} {would}{kind}" for kind in ("added", "updated")]
    counts += [f"{getattr(done, kind):,} {kind}" for kind in ("unchanged", "failed", "skipped")]
    counts += [f"{done.removed:,} {would}removed"] if done.removed else []
    say(f"Documents: {', '.join(counts)}.", "bold")
    if done.dry_run:
        if done.estimated_seconds is not None:
            say(f"Nothing was written. It would take about {duration(done.estimated_seconds)}.")
    else:
        read = done.added + done.updated
        rate = f" ({read / done.seconds:,.0f} documents/s)" if read and done.seconds else ""
        say(
            f"They hold {done.chunks:,} chunks, {done.mentions:,} mentions and {done.triples:,} triples;"
            f" {done.entities:,} entities were described"
            + (f", {done.merged:,} names merged or kept apart" if done.merged else "")
            + f". It took {duration(done.seconds)}{rate}."
        )
    _usage(done)
    if done.guide is not None:
        guide(done.guide)
    _problems("Failed", [problem for problem in done.problems if not problem.skipped], None)
    _problems("Skipped", [problem for problem in done.problems if problem.skipped], _SKIPPED_SHOWN)
    for remark in done.notes:
        say(f"Note: {line(remark)}")
    if done.stopped:
        say(f"Stopped before all was read: {line(done.stopped)}", "bold")


def _usage(done: IngestReport) -> None:
    """What the language model cost or would cost, and what of it was not taken."""
    if not done.usage:
        return
    used = done.usage
    tokens = f"{used['tokens_in']:,} tokens in, {used['tokens_out']:,} out, cost {used['cost']:.4f}"
    if done.dry_run:
        say(f"Language model: about {used['calls']:,} calls ({used['cached']:,} answers are there already), {tokens}.")
        say("Tokens in are counted; tokens out are assumed to be 50 a call and 4 for each token of text.")
        return
    say(f"Language model: {used['calls']:,} calls, {used['cached']:,} answers from the cache, {tokens}.")
    if used["estimated"]:
        say("The endpoint did not report all its tokens: some are estimated.")
    if done.rejected:
        say(f"Not taken, for the text does not bear it out: {sum(done.rejected.values()):,}", "bold")
    for reason, count in sorted(done.rejected.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {count:,} times {line(reason)}")


def guide(done: GuideReport) -> None:
    """What an ontology did to the triples that were read."""
    say(
        f"By {line(done.ontology)}: {done.kept:,} triples kept, {done.mapped:,} mapped to its words,"
        f" {done.found:,} found beyond them, {done.refused:,} rejected."
    )
    for reason in done.rejected[:_SKIPPED_SHOWN]:
        say(f"  {reason.count:,} rejected: {line(reason.reason)}; such as {line(reason.examples[0])}")
    if len(done.rejected) > _SKIPPED_SHOWN:
        say(f"  and {len(done.rejected) - _SKIPPED_SHOWN:,} more reasons; --json lists them all")


def _problems(title: str, problems: Sequence[Any], most: int | None) -> None:
    if not problems:
        return
    say(f"{title}:", "bold")
    for problem in problems[:most]:
        say(f"  {line(problem)}")
    if most is not None and len(problems) > most:
        say(f"  and {len(problems) - most:,} more; --json lists them all")


def answer(found: Answer) -> None:
    """The answer's text, the reasoning paths that prove it and its numbered evidence, or why there is none."""
    if found.abstained and not found.evidence:
        say("No answer.", "bold")
        say(f"Why: {line(found.reason)}")
        return
    say(headline(found), "bold")
    for place, path in enumerate(proof(found)):
        if not place:
            say("\nReasoning path", "bold")
        say("  " + arrows(path, found.names))
    needed, more = sorted_evidence(found)
    evidence(needed)
    for place, item in enumerate(more[:_MORE]):
        if not place:
            say("\nAlso found", "bold")
        said_by = f"  ({line(item.quotes[0].title or item.quotes[0].uri)})" if item.quotes else ""
        say(f"  [{item.number}] {line(item.statement)[:_QUOTE]}{said_by}")
    if len(more) > _MORE:
        say(f"  and {len(more) - _MORE} more; --json prints them all", "dim")


def headline(found: Answer) -> str:
    """The text without the later lines that only repeat a statement or a source sentence of the evidence."""
    said = {" ".join(item.statement.split()) for item in found.evidence}
    said |= {" ".join(quote.text.split()) for item in found.evidence for quote in item.quotes}
    rows = [row for row in found.text.splitlines() if row]  # the first says the answer, whatever it repeats
    kept = rows[:1] + [row for row in rows[1:] if not any(part and part in row for part in said)]
    return "\n".join(kept) or found.text


def proof(found: Answer) -> list[ReasoningPath]:
    """The paths whose steps support the answer, none where only text does."""
    return [found.paths[place] for place in _proving(found)]


def sorted_evidence(found: Answer) -> tuple[list[Evidence], list[Evidence]]:
    """The steps of the proof (the nearest sentences where there is none), and what else was found."""
    proving = _proving(found)
    needed = [item for item in found.evidence if item.step or item.answer or item.path in proving]
    needed = needed or list(found.evidence[:_NEAREST])
    return needed, [item for item in found.evidence if item not in needed]


def _proving(found: Answer) -> list[int]:
    places = {item.path for item in found.evidence if item.path is not None}
    return sorted({p.path for p in found.evidence if (p.answer or p.step) and p.path is not None} or places & {0})


def evidence(items: Iterable[Evidence]) -> None:
    """Numbered statements, each with the passages that say it."""
    for place, item in enumerate(items):
        if not place:
            say("\nEvidence", "bold")
        repeated = bool(item.quotes) and line(item.quotes[0].text) == line(item.statement)
        say(f"  [{item.number}] {f'“{line(item.statement)}”' if repeated else line(item.statement)}")
        quotes(item.quotes, "      ", text=not repeated)


def quotes(items: Iterable[Quote], indent: str, *, text: bool = True) -> None:
    """The source sentences (where `text`) with title, URI and character offsets."""
    for quote in items:
        said = line(quote.text)
        if text:
            say(f"{indent}“{said[:_QUOTE]}{'…' if len(said) > _QUOTE else ''}”", "italic")
        title = f"{line(quote.title)} " if quote.title else ""
        say(f"{indent}{title}<{line(quote.uri)}:{quote.start}-{quote.end}>", "dim")


def arrows(path: ReasoningPath, names: Mapping[str, str]) -> str:
    """The path on one line, each arrow pointing from head to tail: `A ─written by→ B ←directed by─ C`."""
    values = {triple.tail_id: triple.tail.text for triple in path.triples if not isinstance(triple.tail, str)}
    nodes = [line(names.get(node, values.get(node, node))) for node in path.nodes]
    drawn = nodes[:1]
    for triple, ahead, node in zip(path.triples, path.forward, nodes[1:], strict=True):
        relation = line(triple.relation)
        drawn.append(f"─{relation}→ {node}" if ahead else f"←{relation}─ {node}")
    return " ".join(drawn)


def paths(found: Sequence[PathView]) -> None:
    """Each path drawn, then its steps with the passages behind them."""
    for number, view in enumerate(found, 1):
        say(
            ("" if number == 1 else "\n") + arrows(view.path, dict(zip(view.path.nodes, view.names, strict=True))),
            "bold",
        )
        facts(view.facts)


def facts(items: Iterable[Fact]) -> None:
    """One statement a triple with its first source sentence."""
    for fact in items:
        more = len(fact.quotes) - 1
        say(f"  {line(fact.statement)}" + (f"  (and {more} more place{'s' if more > 1 else ''})" if more > 0 else ""))
        quotes(fact.quotes[:1], "    ")


def entity(view: EntityView) -> None:
    """An entity: names, description, what is said of it and where."""
    say(f"{line(view.name)}  ({line(view.type)})", "bold")
    say(f"id            {view.entity.id}")
    if view.aliases:
        say(f"also          {line(', '.join(view.aliases))}")
    if view.entity.description:
        say(f"description   {line(view.entity.description)}")
    shown = ", ".join(view.documents[:5]) + (f" and {len(view.documents) - 5} more" if len(view.documents) > 5 else "")
    say(f"mentions      {view.mentions:,} in {len(view.documents):,} documents: {line(shown)}")
    say(f"\nTriples ({len(view.facts):,} of {view.total:,})", "bold")
    facts(view.facts)


def status(found: Status) -> None:
    """What the knowledge base holds and was made with."""
    rows = {"store": found.store} | {name: f"{count:,}" for name, count in dataclasses.asdict(found.counts).items()}
    rows["stale"] += " entities and relations" + (
        ": run clew ingest again to describe them" if found.counts.stale else ""
    )
    rows |= {
        "encoder": f"{found.encoder} ({found.dimension} dimensions)" if found.encoder else "none yet",
        "extracted with": found.extracted_with or "nothing yet",
        "format": str(found.format_version),
    }
    rows |= {"note": found.note} if found.note else {}
    for name, value in rows.items():
        say(f"{name:<15} {line(value)}")


def rows(result: QueryResult) -> None:
    """The rows of a query, as a table on a terminal and tab-separated elsewhere."""
    table([line(column) for column in result.columns], [[line(_cell(cell)) for cell in row] for row in result.rows])
    if result.truncated:
        from clew.cli.terminal import note

        note(f"Only the first {len(result.rows):,} rows are shown: see the setting query_limit.")


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def merges(found: Sequence[Merged]) -> None:
    """The merges, one a line, with the ids that `clew unmerge` takes."""
    lines = [
        (one.id, line(one.name), line(one.into), f"{one.score:.2f}", f"{len(one.documents):,}", line(one.reason))
        for one in found
    ]
    table(("merge", "name", "stands for", "score", "documents", "reason"), lines)


def settings(found: Settings, origins: Mapping[str, str]) -> None:
    """Every setting with its value, where the value came from and what it is for."""
    head = ("setting", "value", "from", "what it is")
    lines = [(name, repr(shown(found, name)), line(origins[name]), RULES[name].about) for name in origins]
    widths = [max(len(cells[column]) for cells in (head, *lines)) for column in range(3)]
    for place, cells in enumerate((head, *lines)):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        say("  ".join((*padded, cells[3])), None if place else "bold")


def table(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """The lines under their headings; without a terminal, separated by tabs."""
    out = console()
    if not out.is_terminal:
        for cells in (columns, *lines):
            print("\t".join(clean(cell) for cell in cells))
        return
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(Text(column), overflow="fold")
    for cells in lines:
        drawn.add_row(*(Text(clean(cell)) for cell in cells))
    out.print(drawn)
