"""The graph around a question: its subgraph, scores of nodes and edges, and the paths through it."""
