"""JSON out of what a language model wrote, and whether it has the shape that was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_THOUGHT = re.compile(r"^.*</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_TRIES = 40  # places at which an object may begin; the rest of a long text is not searched
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def find_json(text: str, schema: Mapping[str, Any]) -> tuple[Any, str]:
    """The first JSON in a text whose outermost shape is the schema's, and "" beside it; else None and what is wrong."""
    wrong = "it holds no JSON object"
    for value in _candidates(_THOUGHT.sub("", text)):
        problem = misfit(value, schema)
        if not problem:
            return value, ""
        wrong = problem
    return None, wrong


def misfit(value: Any, schema: Mapping[str, Any]) -> str:
    """Why the value's outermost level is not as the schema says, "" where it is. What lies deeper is its reader's."""
    if not isinstance(value, dict):
        return "it is no JSON object"
    for name in schema.get("required", ()):
        if name not in value:
            return f"{name!r} is missing"
        kind = schema["properties"][name].get("type")
        if not isinstance(value[name], _TYPES.get(kind, object)):
            return f"{name!r} is not of the type {kind}"
    return ""


def _candidates(text: str) -> Iterator[Any]:
    for whole in (text.strip(), *(match[1].strip() for match in _FENCE.finditer(text))):
        value = _parsed(whole)
        if value is not None:
            yield value
    decoder, at = json.JSONDecoder(), -1
    for _ in range(_TRIES):
        at = text.find("{", at + 1)
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        yield value
        at = end - 1


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


__all__ = ["find_json", "misfit"]
