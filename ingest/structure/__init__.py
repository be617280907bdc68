"""What a text is made of besides its sentences: headings, lists, key-value lines, tables, quotes and code."""
