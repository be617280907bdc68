"""The store on disk in RDF (Oxigraph)."""
