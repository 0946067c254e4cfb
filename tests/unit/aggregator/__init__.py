"""Unit tests of the aggregator's domain: pure, in milliseconds."""
