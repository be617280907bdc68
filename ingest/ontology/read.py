"""An ontology out of a file: Clew's YAML, or OWL and RDF Schema in any RDF syntax."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from clew.graph.errors import InputError, require
from clew.ingest.ontology.ontology import Class, Ontology, Problem, Relation, checked

MOST = 10_000_000  # bytes
_CLASS = ("labels", "parents", "comment", "iri")
_RELATION = ("labels", "domain", "range", "inverses", "comment", "iri")
_SINGULAR = {"label": "labels", "parent": "parents", "inverse": "inverses", "domains": "domain", "ranges": "range"}
_YAML = (".yaml", ".yml")


def read_ontology(path: str | Path) -> Ontology:
    """The ontology in the file, which makes sense. Raises InputError naming every problem with its line."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST:
            raise InputError(f"{path} has over {MOST // 1_000_000} MB: that is no ontology.", hint="Name another file.")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise InputError(f"The ontology {str(path)!r} cannot be read: {reason}.", hint="Name a file.") from error
    if path.name.lower().endswith(_YAML):
        ontology, problems = _from_yaml(raw)
    else:
        require("pyoxigraph", "Oxigraph", "rdf")
        from clew.ingest.ontology.from_rdf import from_rdf

        ontology, problems = from_rdf(io.BytesIO(raw), path.name)
    return checked(Ontology(ontology.classes, ontology.relations, str(path)), problems)


def _from_yaml(raw: bytes) -> tuple[Ontology, list[Problem]]:
    try:
        root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)  # nodes know their lines
    except UnicodeDecodeError as error:
        return Ontology((), ()), [Problem(f"byte {error.start} is no UTF-8")]
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        return Ontology((), ()), [Problem(f"this is no YAML: {what}", mark.line + 1 if mark else 0)]
    problems: list[Problem] = []
    if root is None:
        return Ontology((), ()), []
    problems += _foreign(root)
    parts = _mapping(root, "the file", ("classes", "relations"), problems)
    classes = tuple(
        Class(name, line=line, **fields)
        for name, line, fields in _entries(parts.get("classes"), "class", _CLASS, problems)
    )
    relations = tuple(
        Relation(name, line=line, **fields)
        for name, line, fields in _entries(parts.get("relations"), "relation", _RELATION, problems)
    )
    return Ontology(classes, relations), problems


def _entries(
    node: Any, kind: str, known: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Name, line and fields of each class or relation; they stand in a mapping by name, or in a list of names."""
    if isinstance(node, yaml.SequenceNode):
        pairs = [(item, None) for item in node.value]
    elif isinstance(node, yaml.MappingNode):
        pairs = node.value
    else:
        if node is not None and not _empty(node):
            problems.append(Problem(f"under each {kind}'s heading a name and a colon is expected", _line(node)))
        return
    for name, body in pairs:
        if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
            problems.append(Problem(f"a {kind} needs a name that is plain text", _line(name)))
            continue
        what = f"{kind} {name.value!r}"
        parts: dict[str, Any] = {} if body is None or _empty(body) else _mapping(body, what, known, problems)
        fields: dict[str, Any] = {}
        for part, value in parts.items():
            texts = _texts(value, f"{part} of {what}", problems)
            fields[part] = " ".join(texts) if part in {"comment", "iri"} else texts
        yield name.value.strip(), _line(name), fields


def _mapping(node: Any, what: str, known: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(f"{what} should hold {', '.join(known)}", _line(node)))
        return {}
    found: dict[str, Any] = {}
    for name, value in node.value:
        part = str(name.value) if isinstance(name, yaml.ScalarNode) else "?"
        part = _SINGULAR.get(part, part) if _SINGULAR.get(part) in known else part
        if part not in known:
            problems.append(Problem(f"{what} has {part!r}; it may have {', '.join(known)}", _line(name)))
        elif part in found:
            problems.append(Problem(f"{what} has {part!r} twice", _line(name)))
        else:
            found[part] = value
    return found


def _texts(node: Any, what: str, problems: list[Problem]) -> tuple[str, ...]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [] if _empty(node) else [node]
    if not all(isinstance(each, yaml.ScalarNode) for each in nodes):
        problems.append(Problem(f"the {what} should be a text or a list of texts", _line(node)))
        return ()
    return tuple(dict.fromkeys(each.value.strip() for each in nodes if each.value.strip()))


def _foreign(root: Any) -> Iterator[Problem]:
    """Tags that ask for anything but plain texts, lists and mappings. (No tag is ever followed.)"""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack += node
        elif id(node) not in seen:
            seen.add(id(node))
            if node.tag.startswith("!") or "python" in node.tag:
                yield Problem(f"the tag {node.tag!r} means nothing here", _line(node))
            if not isinstance(node, yaml.ScalarNode):
                stack += node.value


def _empty(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
