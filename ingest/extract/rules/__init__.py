"""The rules that read triples from a parse."""
