"""Sources to documents: files, folders and records of every format, with every problem named."""
