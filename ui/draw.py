"""Drawings of reasoning paths: pure functions from paths to text. Names and relations are untrusted and escaped."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Collection, Mapping, Sequence

from clew import ReasoningPath, Triple

_WRAP = 24  # characters in a line of a label
_LINES = 3
_SEED, _ANSWER, _ENTITY = "#dbe8fb", "#d8f2dc", "#f3f4f6"
_STYLE = (
    'graph [rankdir=LR, bgcolor="transparent", nodesep=0.3, ranksep=0.5]',
    'node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=12, color="#9aa4b2", fontcolor="#1f2937"]',
    'edge [fontname="Helvetica", fontsize=11, color="#7b8794", fontcolor="#7b8794", arrowsize=0.8]',
)


def path_dot(paths: Sequence[ReasoningPath], names: Mapping[str, str], *, answers: Collection[str] = ()) -> str:
    """The paths as one graph in Graphviz's DOT language, walked from left to right.

    An arrow points from head to tail, also where the path walks it backwards. Each entity and each triple is drawn
    once. Where a path starts is blue, `answers` (ids or names) are green, values have square corners.
    """
    seeds = {path.nodes[0] for path in paths if path.triples}
    nodes = {node: f"n{place}" for place, node in enumerate(dict.fromkeys(n for path in paths for n in path.nodes))}
    values = {triple.tail_id: triple for path in paths for triple in path.triples if not isinstance(triple.tail, str)}
    lines = [*_STYLE]
    for node, name in nodes.items():
        label = node_name(node, names, values.get(node))
        colour = _ANSWER if {node, label} & set(answers) else _SEED if node in seeds else _ENTITY
        shape = ', style="filled"' if node in values else ""
        lines.append(f'{name} [label={quoted(label)}, fillcolor="{colour}"{shape}]')
    steps = {
        triple.id: (triple, ahead) for path in paths for triple, ahead in zip(path.triples, path.forward, strict=True)
    }
    lines += [_edge(triple, ahead, nodes) for triple, ahead in steps.values()]
    return "digraph path {\n" + "\n".join(f"  {line};" for line in lines) + "\n}"


def node_name(node: str, names: Mapping[str, str], valued: Triple | None = None) -> str:
    """An entity's name, a value's text, else the id."""
    if valued is not None and not isinstance(valued.tail, str):
        return valued.tail.text
    return names.get(node, node)


def quoted(text: str) -> str:
    """The text as a DOT string: on a few short lines, and nothing in it is read as markup, escape or line end."""
    lines = textwrap.wrap(" ".join(text.split()), _WRAP, max_lines=_LINES, placeholder=" …") or [""]
    return '"' + "\\n".join(_escape(line) for line in lines) + '"'


def _escape(line: str) -> str:
    # Graphviz reads \N and the like, and HTML entities, in a quoted label; controls have no place in its SVG.
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return html.escape(printable, quote=False).replace("\\", "\\\\").replace('"', '\\"')


def _edge(triple: Triple, ahead: bool, nodes: Mapping[str, str]) -> str:
    head, tail = nodes[triple.head], nodes[triple.tail_id]
    # Drawn in walking order, so that the start stays on the left; dir=back turns the arrow round.
    ends, turned = (f"{head} -> {tail}", "") if ahead else (f"{tail} -> {head}", ", dir=back")
    return f"{ends} [label={quoted(triple.relation)}{turned}]"
