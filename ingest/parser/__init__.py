"""The shipped spaCy component that parses text: tags, lemmas, dependencies and names in one pass."""
