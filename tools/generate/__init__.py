"""What is written from the code and never by hand: AsyncAPI, JSON Schemas, diagram, topic table."""
