"""Tests of shared: contracts, domain facts, plumbing."""
