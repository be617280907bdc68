"""The stores, one room an engine, and what they share."""
