"""The formats that a graph is written in, by name."""

RDF = ("turtle", "ntriples", "nquads", "trig", "json-ld", "rdfxml")
TABLES = ("graphml", "cypher", "csv", "parquet")
FORMATS = ("jsonl", *RDF, *TABLES, "vault")
