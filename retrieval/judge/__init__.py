"""Candidates from passages, triples and paths together: what each says for an answer, and how sure that makes it."""
