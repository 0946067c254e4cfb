"""What the system promises, checked."""
