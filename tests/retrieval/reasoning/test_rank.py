import numpy as np

from clew.graph.model import entity_id
from clew.graph.store import GraphStore
from clew.retrieval.answer import retrieve
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.reasoning.rank import pagerank
from clew.retrieval.reasoning.subgraph import expand, gather, walk_of


def around(store: GraphStore, name: str, **options):
    question = Question("", np.zeros(256, dtype=np.float32))
    seeds = Seeds({entity_id(name): 1.0})
    return question, seeds, expand(question, seeds, store.adjacency(), **options)


def test_the_subgraph_stays_within_its_hops_and_its_budget(golden):
    _, _, near = around(golden, "Karl Brandt", hops=1)
    assert entity_id("Otto Brandt") in near.ids
    assert entity_id("Mara Lind") not in near.ids
    _, _, few = around(golden, "Karl Brandt", budget=2)
    assert len(few.nodes) == 2
    assert entity_id("Karl Brandt") in few.ids


def test_no_seed_gives_an_empty_subgraph_and_empty_scores(golden):
    question = Question("", np.zeros(256, dtype=np.float32))
    empty = expand(question, Seeds(), golden.adjacency())
    scores = pagerank(question, Seeds(), empty)
    assert len(empty.nodes) == len(scores.nodes) == len(scores.edges) == 0


def test_pagerank_falls_off_with_distance_and_is_positive(golden):
    question, seeds, subgraph = around(golden, "Blue Harbour")
    scores = dict(zip(subgraph.ids, pagerank(question, seeds, subgraph).nodes.tolist(), strict=True))
    assert scores[entity_id("Blue Harbour")] == 1.0
    assert scores[entity_id("Blue Harbour")] > scores[entity_id("Mara Lind")] > scores[entity_id("Port of Spain")] > 0


def test_pagerank_follows_the_relation_that_is_asked_for(golden, embedder):
    from clew.retrieval.question.link import link

    ends = {"Where was Mara Lind born?": "Port of Spain", "Which country is Mara Lind from?": "Sweden"}
    for text, wanted in ends.items():
        question, seeds = link(text, golden, embedder)
        subgraph = expand(question, seeds, golden.adjacency())
        scores = pagerank(question, seeds, subgraph)
        edge = {subgraph.ids[tail]: score for tail, score in zip(subgraph.tail, scores.edges, strict=True)}
        other = next(name for name in ends.values() if name != wanted)
        assert edge[entity_id(wanted)] > edge[entity_id(other)]


def test_gathered_rows_belong_to_their_keys(golden):
    adjacency = golden.adjacency()
    keys = np.array([3, 0, 3])
    owner, edges = gather(adjacency.incident, keys)
    for place, edge in zip(owner, edges, strict=True):
        assert keys[place] in {adjacency.head[edge], adjacency.tail[edge]}
    offsets = adjacency.incident[0]
    assert len(edges) == sum(offsets[key + 1] - offsets[key] for key in keys)


def test_the_walk_ties_a_chunk_to_the_entity_it_is_titled_after(golden):
    _, _, subgraph = around(golden, "Blue Harbour")
    walk = walk_of(subgraph)
    ties = zip(walk.node[walk.title], walk.chunk[walk.title], strict=True)
    titled = {(subgraph.ids[node], walk.chunk_ids[chunk]) for node, chunk in ties}
    documents = {chunk.id: chunk.document for chunk in golden.chunks()}
    titles = {document.id: document.title for document in golden.documents()}
    assert titled
    assert all(entity_id(titles[documents[chunk]]) == entity for entity, chunk in titled)


def test_passages_of_both_hops_are_ranked_first(golden, embedder):
    question = "Where did the father of the director of Night Ferry (Film) die?"
    chunks = {chunk.id: chunk.document for chunk in golden.chunks()}
    titles = {document.id: document.title for document in golden.documents()}
    ranked = [titles[chunks[hit.id]] for hit in retrieve(question, golden, embedder, k=3).chunks]
    assert ranked[0] == "Night Ferry (film)"
    assert "Otto Brandt" in ranked
