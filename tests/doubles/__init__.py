"""Doubles tests."""
