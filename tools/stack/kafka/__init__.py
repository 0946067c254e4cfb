"""The ways to come by a Kafka broker."""
