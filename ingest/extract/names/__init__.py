"""Who and what a text names: mentions, dates, and what pronouns and short forms stand for."""
