"""One knowledge base that several processes of one user have open at once."""
