"""The judgement of submissions: pure functions over frozen dataclasses."""
