"""What the notifier decides: pure functions, without a clock, a database or a mail server."""
