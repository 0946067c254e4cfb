"""Intake's pure parts."""
