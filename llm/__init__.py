"""The language model's client: one line to any OpenAI-compatible endpoint, with cache, budget and checked JSON."""
