"""RDF files and endpoints as documents of ready triples."""
