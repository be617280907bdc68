"""The trunk: nouns, errors, stores and embeddings. Nothing in here knows of ingestion, retrieval or the network."""
