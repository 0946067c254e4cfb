"""How requests enter: decode records of Kafka and questions over HTTP, call one use case."""
