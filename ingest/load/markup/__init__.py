"""Texts with marks: web pages, e-books, reStructuredText, Org, TeX and source code."""
