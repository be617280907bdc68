"""Texts become vectors: the Embedder protocol and the encoders behind it."""
