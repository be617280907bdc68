"""A knowledge base written out as files for Clew itself and for other tools."""
