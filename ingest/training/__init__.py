"""Training of the shipped parser; not part of the wheel."""
