"""A question becomes an answer: linking, subgraph, paths, evidence, text."""
