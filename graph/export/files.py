"""A file that is replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside this one to write to; it takes this one's place at the end, and is gone where something fails."""
    part = path.with_name(f".{path.name[:100]}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


__all__ = ["replacing"]
