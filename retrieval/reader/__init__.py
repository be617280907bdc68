"""The network that reads an answer off a passage."""
