"""PDF files: glyphs to words, words to lines in reading order, lines to blocks."""
