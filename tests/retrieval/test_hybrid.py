from clew.graph.store import Hit
from clew.retrieval.hybrid import fuse, hybrid


def test_fusion_puts_what_both_find_first_and_breaks_ties_by_id():
    words = [Hit("a", 9.0), Hit("b", 8.0), Hit("c", 1.0)]
    meaning = [Hit("b", 0.9), Hit("d", 0.2)]
    fused = fuse([(words, 0.5), (meaning, 0.5)])
    assert [hit.id for hit in fused] == ["b", "a", "d", "c"]
    assert all(0 < hit.score <= 1 for hit in fused)
    assert [hit.id for hit in fuse([([Hit("z", 1.0), Hit("y", 1.0)], 1.0)])] == ["y", "z"]
    assert fuse([]) == []


def test_both_searches_are_heard(golden, embedder):
    question = "Fishermen and their nets"
    hits = hybrid(question, embedder.encode([question])[0], golden, k=3)
    best = next(iter(golden.chunks([hits.chunks[0].id])))
    assert "nets" in best.text
    assert hits.best_lexical > 0
    assert 0 < hits.best_cosine <= 1
