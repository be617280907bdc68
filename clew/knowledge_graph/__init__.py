"""What a user holds, subject by subject: the open knowledge base, writing to it, asking it, training on it."""
