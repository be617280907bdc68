"""The graph as integer arrays: built, saved, refreshed, and walked (PageRank, best paths)."""
