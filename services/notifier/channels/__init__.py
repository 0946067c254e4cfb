"""The channels over which a notice can reach a person."""
