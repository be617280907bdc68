"""Vaults of notes and wikis: what their links, properties, tags and tasks say, each with its place in the text."""
