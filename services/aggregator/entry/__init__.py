"""What enters the aggregator: records of Kafka, questions over HTTP."""
