"""What operators and developers run; no service imports it."""
