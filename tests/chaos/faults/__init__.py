"""Faults: what is done to a deployment under load, each healed when its coroutine returns."""
