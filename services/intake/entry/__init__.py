"""How requests enter: decode, authenticate, call one use case, answer."""
