"""The channels over which a notice reaches a person, and the writer of its mail."""
