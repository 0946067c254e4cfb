"""What the notifier does: one file per command and per query."""
