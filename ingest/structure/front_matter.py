"""Front matter: YAML at the beginning of a text, each value with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.build import Builder

_DEEPEST = 4
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Property:
    """A key with one of its values; keys of nested maps are joined by blanks. Spans are offsets in the YAML text."""

    name: str
    key: Span
    value: Span
    text: str


def properties(text: str) -> list[Property]:
    """What the YAML says, a Property for each item of a list; nothing where it is no map, or no YAML."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader) if len(text) <= _LONGEST else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    return list(_properties(root, "", (0, 0), 0)) if isinstance(root, yaml.MappingNode) else []


def _properties(node: yaml.Node, name: str, key: Span, depth: int) -> Iterator[Property]:
    if isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in {"'", '"'}:
            start, end = start + 1, end - 1
        if str(node.value).strip() and name:
            yield Property(name, key, (start, end), " ".join(str(node.value).split()))
    elif depth > _DEEPEST:
        return
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _properties(each, name, key, depth + 1)
    elif isinstance(node, yaml.MappingNode):
        for keyed, value in node.value:
            if isinstance(keyed, yaml.ScalarNode):
                span = keyed.start_mark.index, keyed.end_mark.index
                yield from _properties(value, f"{name} {keyed.value}".strip(), span, depth + 1)


def write_front_matter(built: Builder, text: str) -> None:
    """The front matter stands in the text as it is, a pair for each property."""
    text = text.strip("\n")
    if not text.strip():
        return
    start, _ = built.write(text)
    last = (0, 0)
    for found in properties(text):
        key, value = found.key, found.value
        if value[0] < last[1]:
            continue  # an alias repeats what stands elsewhere
        first = key[0] if key[0] >= last[1] else value[0]
        last = (first, value[1])
        built.blocks.append(
            Block(
                "pair",
                start + first,
                start + value[1],
                key=(start + key[0], start + key[1]),
                value=(start + value[0], start + value[1]),
                place="front matter",
                name=found.name,
            )
        )


__all__ = ["Property", "properties", "write_front_matter"]
