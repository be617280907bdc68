"""Questions made from a graph's own paths, in plain English."""
