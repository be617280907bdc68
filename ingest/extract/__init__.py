"""What a text says: mentions and triples, by local rules or a language model."""
