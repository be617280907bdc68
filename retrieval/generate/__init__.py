"""Evidence becomes text: by quoting, or by a language model that must cite."""
