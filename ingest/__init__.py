"""Documents, tables and RDF become chunks, mentions and triples in a store."""
