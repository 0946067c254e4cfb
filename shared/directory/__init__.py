"""How reference data travels: files, publication on Kafka, and the follower of every service."""
