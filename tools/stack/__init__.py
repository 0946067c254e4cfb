"""Kafka and PostgreSQL for the demo and the tests: found, or started, with or without Docker."""
