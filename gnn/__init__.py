"""The graph neural network: questions made from a graph, training, reasoning."""
