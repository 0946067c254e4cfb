"""The aggregator on a real PostgreSQL and a real Kafka."""
