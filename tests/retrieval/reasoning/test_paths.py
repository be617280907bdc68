import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.store import DocumentRecord
from clew.graph.stores.memory import MemoryStore
from clew.retrieval.question.link import Meant, Question, Seeds, Span, link
from clew.retrieval.reasoning.paths import best_paths, find_ways
from clew.retrieval.reasoning.rank import pagerank
from clew.retrieval.reasoning.subgraph import expand


def ways_of(question, store, embedder, hops=3):
    asked, seeds = link(question, store, embedder)
    subgraph = expand(asked, seeds, store.adjacency())
    return find_ways(asked, seeds, subgraph, pagerank(asked, seeds, subgraph), store, hops=hops)


def test_the_best_path_walks_the_relations_that_are_asked_for(golden, embedder):
    found = ways_of("Where did the father of the director of Night Ferry (Film) die?", golden, embedder)
    path = found.path(found.ways[0])
    assert [triple.relation for triple in path.triples] == ["directed by", "son of", "died in"]
    assert path.nodes[-1] == entity_id("Bremen")
    assert abs(sum(path.parts.values()) - path.score) < 1e-6


def test_paths_are_walked_against_the_triple_too(golden, embedder):
    found = ways_of("Which film was directed by Mara Lind?", golden, embedder)
    ends = {found.end(way).name: way for way in reversed(found.ways)}
    assert ends["Blue Harbour"].forward == (False,)


def test_no_path_is_longer_than_asked(golden, embedder):
    assert {len(way.edges) for way in ways_of("Who directed Blue Harbour?", golden, embedder, hops=1).ways} == {1}


def test_the_same_question_gives_the_same_paths(golden, embedder):
    first, second = (ways_of("Who is the father of Otto Brandt?", golden, embedder) for _ in range(2))
    assert first.ways == second.ways


def test_chosen_paths_are_distinct_and_none_is_the_beginning_of_another(golden, embedder):
    found = ways_of("Where did the father of the director of Night Ferry (Film) die?", golden, embedder)
    chosen = [way for _, way in best_paths(found, found.ways[:1], k=8)]
    assert len(chosen) == len({way.edges for way in chosen}) > 1
    assert chosen[0] == found.ways[0]
    assert not any(one.edges[: len(two.edges)] == two.edges for n, one in enumerate(chosen) for two in chosen[n + 1 :])


def told(triples, flags=()):
    """A store that holds these (head, relation, tail) names, all said by one document."""
    document = Document.make("t", "text", title="")
    chunk = Chunk.make(document, 0, 4)
    source = Source(document.id, chunk.id, 0, 4, flags=flags)
    names = sorted({name for head, _, tail in triples for name in (head, tail)})
    mentions = [Mention(chunk.id, document.id, 0, 4, "text", "OTHER", 1.0, entity_id(name), name) for name in names]
    made = {t.id: t for t in (Triple.make(entity_id(h), r, entity_id(t), (source,)) for h, r, t in triples)}
    from clew.graph.store import Batch

    store = MemoryStore()
    store.configure(encoder="none", dimension=2, extracted_with="t")
    vectors = np.ones((1, 2), dtype=np.float32) / np.sqrt(2, dtype=np.float32)
    store.add(Batch((DocumentRecord(document, (chunk,), tuple(mentions), tuple(made.values())),), vectors))
    return store


NAMES = st.sampled_from(["a0", "b1", "c2", "d3", "e4"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, st.sampled_from(["r", "s"]), NAMES), min_size=1, max_size=14), NAMES)
def test_a_path_uses_a_relationship_once_and_never_returns_to_its_seed(triples, start):
    store = told(triples)
    seed = entity_id(start)
    seeds = Seeds({seed: 1.0}, spans=(Span(0, 2, start, (Meant(seed, 1.0),)),))
    question = Question("", np.zeros(2, dtype=np.float32), ("r",), {"r": np.ones(1, dtype=np.float32)})
    subgraph = expand(question, seeds, store.adjacency())
    found = find_ways(question, seeds, subgraph, pagerank(question, seeds, subgraph), store)
    for way in found.ways:
        path = found.path(way)
        assert len({triple.id for triple in path.triples}) == len(path.triples) <= 3
        assert path.nodes[0] == seed
        assert seed not in path.nodes[1:]
        for triple, ahead, here in zip(path.triples, path.forward, path.nodes, strict=False):
            assert here == (triple.head if ahead else triple.tail_id)
    assert len({way.edges for way in found.ways}) == len(found.ways)


def test_a_triple_that_is_only_denied_is_no_step_of_a_path():
    seed = entity_id("a0")
    seeds = Seeds({seed: 1.0}, spans=(Span(0, 2, "a0", (Meant(seed, 1.0),)),))
    question = Question("", np.zeros(2, dtype=np.float32))
    counts = []
    for flags in ((), ("negated",)):
        store = told([("a0", "r", "b1")], flags)
        subgraph = expand(question, seeds, store.adjacency())
        counts.append(len(find_ways(question, seeds, subgraph, pagerank(question, seeds, subgraph), store).ways))
    assert counts == [1, 0]
