"""Ids that have certainly not been seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clew.graph.model import stable_id
from clew.graph.stores.arcadedb import bloom_filter as seen
from clew.graph.stores.arcadedb.bloom_filter import Seen


@given(st.lists(st.lists(st.text(max_size=8), max_size=20), max_size=5), st.lists(st.text(max_size=8), max_size=20))
def test_what_was_added_is_never_unseen(parts: list[list[str]], others: list[str]) -> None:
    ids = Seen()
    for part in parts:
        ids.add(part)
    asked = [*others, *(id_ for part in parts for id_ in part)]
    added = {id_ for part in parts for id_ in part}
    assert not any(unseen for id_, unseen in zip(asked, ids.unseen(asked), strict=True) if id_ in added)


def test_nothing_has_been_seen_at_first() -> None:
    assert Seen().unseen(["a", "b"]) == [True, True]
    assert Seen().unseen([]) == []


def test_of_what_is_new_nearly_all_is_unseen_however_much_was_added() -> None:
    ids, held = Seen(), [stable_id("held", str(number)) for number in range(6 * seen.FIRST)]
    for start in range(0, len(held), 5000):
        ids.add(held[start : start + 5000])
    ids.add(held[: 2 * seen.FIRST])  # more at once than a layer holds
    assert not any(ids.unseen(held))
    new = ids.unseen([stable_id("new", str(number)) for number in range(20_000)])
    assert sum(new) > 0.99 * len(new)
