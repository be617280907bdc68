"""What a question asks: its syntax, its form, the type of its answer, and the steps that it is made of."""
