"""What a report changes, and what the totals then say: pure functions over frozen dataclasses."""
