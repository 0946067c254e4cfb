"""The clients that others copy."""
