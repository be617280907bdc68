"""Names of one thing become one entity, across documents, and can be taken apart again."""
