"""The store on a Neo4j server, and a graph of somebody else's there."""
