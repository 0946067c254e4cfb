"""A release goes on with the databases and topics that the release before it has left."""
