"""Where messages and requests enter the notifier: each is decoded, and handed to one use case."""
