"""A description tells what was so as such, and nothing that its sources deny."""

from __future__ import annotations

from clew.graph.model import Entity, Source, Triple
from clew.ingest.describe import description


def _told(relation: str, *flags: tuple[str, ...]) -> Triple:
    return Triple.make(
        "a", relation, "b", tuple(Source("d", "c", n, n + 1, flags=each) for n, each in enumerate(flags))
    )


def test_a_description_says_what_no_longer_holds_and_leaves_out_what_is_denied() -> None:
    entity = Entity("a", {"Acme": 1}, types={"ORGANISATION": 1})
    triples = [
        _told("owned by", ("past",)),
        _told("bought by", ("negated",)),
        _told("founded by", ("hedged",), ()),
        _told("led by", ("future",)),
    ]
    assert description(entity, triples, {"b": "Bo"}) == (
        "Acme (organisation): formerly owned by Bo; founded by Bo; in future led by Bo"
    )
