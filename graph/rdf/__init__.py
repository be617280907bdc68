"""The graph as RDF: vocabulary, parsing, lossless exchange, and guarded SPARQL."""
