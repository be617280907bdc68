"""Files whose parsers are native code are read in a process of their own, whose death is a reported problem."""
