"""The wire: every event that crosses Kafka, one class each. Imports pydantic only."""
