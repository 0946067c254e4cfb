"""The part of the compose check that needs no engine."""
