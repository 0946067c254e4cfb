"""The notifier on a real PostgreSQL, a real Kafka and a real SMTP peer."""
