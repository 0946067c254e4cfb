"""What the notifier decides, without a clock, a database or a mail server."""
