"""A knowledge base of an older format becomes one of today's."""

from __future__ import annotations

from dataclasses import dataclass

from clew.graph.errors import StoreFormatError
from clew.graph.model import FORMAT_VERSION
from clew.graph.store import GraphStore


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the format before it and the one after it, the same where there was nothing to do."""

    before: int
    after: int


def upgrade(store: GraphStore) -> Upgrade:
    """The knowledge base has today's format. Raises StoreFormatError where no way leads there."""
    version = store.info().format_version
    if version != FORMAT_VERSION:  # format 1 is the first, so that no step is known yet
        raise StoreFormatError(
            f"The knowledge base has format {version}, and no way leads to format {FORMAT_VERSION}.",
            hint="Open it with the version of Clew that made it, export it, and ingest its sources anew.",
        )
    return Upgrade(version, FORMAT_VERSION)


__all__ = ["Upgrade", "upgrade"]
