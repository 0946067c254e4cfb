"""The pure parts of the demo: what it sends, and what must come out of it."""
