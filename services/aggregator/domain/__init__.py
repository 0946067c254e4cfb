"""How a report changes totals, and how figures are computed from them: pure functions."""
