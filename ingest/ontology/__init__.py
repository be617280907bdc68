"""Reading that keeps to an ontology: its file, its mapping, a first draft of one."""
