"""What Cypher stores share: the read-only guard, rows, and the least change."""
