"""Open extraction: what a text says clause by clause, in its own words."""
