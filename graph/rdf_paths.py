"""One question about a path in SPARQL and in Cypher: both mean by a path that it uses a relationship at most once and
never comes back to its seed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any, TypeAlias

from clew.graph.identifiers import identifier
from clew.graph.rdf.terms import entity_node, relation_node

Step: TypeAlias = str | tuple[str, bool]  # a relation's name, and whether it is walked from head to tail


def _steps(relations: Sequence[Step]) -> list[tuple[str, bool]]:
    return [(step, True) if isinstance(step, str) else step for step in relations]


def path_query(relations: Sequence[Step], seed: str) -> str:
    """SPARQL for the ends (`?end`, each once) of all paths that walk these relations from the entity `seed`."""
    steps = _steps(relations)
    nodes = [f"{entity_node(seed)}", *(f"?n{place}" for place in range(1, len(steps))), "?end"]
    edges = [
        (relation_node(name).value, *((start, end) if forward else (end, start)))
        for (name, forward), (start, end) in zip(steps, pairwise(nodes), strict=True)
    ]
    # GRAPH-less patterns look into the union of all graphs, where a fact that several documents say is one triple.
    told = [f"{head} {identifier(relation, 'sparql')} {tail} ." for relation, head, tail in edges]
    told += [f"FILTER(!sameTerm({node}, {nodes[0]}))" for node in nodes[1:]]
    told += [
        f"FILTER(!(sameTerm({one[1]}, {other[1]}) && sameTerm({one[2]}, {other[2]})))"
        for one, other in combinations(edges, 2)
        if one[0] == other[0]
    ]
    return "SELECT DISTINCT ?end WHERE {\n  " + "\n  ".join(told) + "\n}"


def path_query_cypher(relations: Sequence[Step], seed: str) -> tuple[str, dict[str, Any]]:
    """Cypher for the ids (`end`, each once) of the same ends, with its parameters. That a relationship is used once
    is what Cypher's MATCH means."""
    steps = _steps(relations)
    pattern, conditions = "(seed:Entity {id: $seed})", []
    for place, (_, forward) in enumerate(steps, start=1):
        edge = f"[r{place} {{relation: $relation{place}}}]"
        name = "end" if place == len(steps) else f"n{place}"
        pattern += f"-{edge}->({name})" if forward else f"<-{edge}-({name})"
        conditions.append(f"{name}.id <> $seed")
    parameters = {"seed": seed, **{f"relation{place}": name for place, (name, _) in enumerate(steps, start=1)}}
    return f"MATCH {pattern} WHERE {' AND '.join(conditions)} RETURN DISTINCT end.id AS end", parameters
