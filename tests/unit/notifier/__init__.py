"""What the notifier decides."""
