"""The state of a store is what its present documents say, however they came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.model import Value
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore

NAMES = ["Ada", "ada", "Lothair (novel)", "Lothair", "Émile ‘Z’ 🧵"]
TAILS: list[str | Value] = [*NAMES, Value("1875", "date", "1875"), Value("in 1875", "date", "1875"), Value("Rome")]
facts = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["knows", "wrote `x`"]), st.sampled_from(TAILS)), max_size=4
)
told = st.fixed_dictionaries(
    {"facts": facts, "title": st.sampled_from(["", *NAMES]), "confidence": st.sampled_from([0.25, 0.5, 1.0])}
)
uris = st.sampled_from(["a", "b", "c", "d"])
additions = st.dictionaries(uris, told, min_size=1, max_size=3)
removals = st.sets(uris, min_size=1, max_size=2)
histories = st.lists(st.one_of(additions, additions, removals), min_size=1, max_size=6)


def test_the_state_does_not_depend_on_how_it_came_about(
    engine: str,
    store: GraphStore,
    say: Callable[..., DocumentRecord],
    batch: Callable[..., Batch],
    *,
    dump: Callable[[GraphStore], dict[str, Any]],
    describe_all: Callable[[GraphStore], None],
) -> None:
    def record(uri: str, content: dict[str, Any]) -> DocumentRecord:
        return say(uri, *content["facts"], title=content["title"], confidence=content["confidence"])

    @settings(max_examples=60 if engine == "memory" else 8, deadline=None)
    @given(histories)
    def check(history: list[dict[str, Any] | set[str]]) -> None:
        store.remove([document.id for document in store.documents()])
        present: dict[str, DocumentRecord] = {}
        for step in history:
            if isinstance(step, set):
                gone = [present.pop(uri).document.id for uri in sorted(step) if uri in present]
                assert store.remove(gone) == len(gone)
            else:
                records = {uri: record(uri, content) for uri, content in step.items()}
                store.add(batch(*records.values()))
                present |= records
        reference = open_store("memory:")
        reference.configure(encoder="toy", dimension=8, extracted_with="hand")
        reference.add(batch(*(present[uri] for uri in sorted(present))))
        for either in (store, reference):
            describe_all(either)
        assert dump(store) == dump(reference)
        reference.close()

    check()
