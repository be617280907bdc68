"""What a text is made of besides sentences: headings, lists, key-value lines, tables, quotes and code, with their spans."""
