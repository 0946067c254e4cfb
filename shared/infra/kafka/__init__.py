"""Kafka: the driver and its options, the inbox of a batch, the outbox, topics."""
