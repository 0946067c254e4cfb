"""Facts and rules of the trade: pure functions over frozen dataclasses."""
