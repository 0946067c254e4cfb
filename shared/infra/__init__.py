"""Plumbing: Kafka, PostgreSQL, HTTP and the life of a process. Knows no business word."""
