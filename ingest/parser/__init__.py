"""The shipped spaCy component that parses text: tags, lemmas, dependencies and names in one pass."""

from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "models" / "en_clew" / "parser"
