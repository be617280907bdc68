"""What structure states: key-value lines, lists and tables as facts of what they stand under."""
