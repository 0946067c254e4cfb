"""The three services as processes on a running stack: for the demo, the tests and the bench."""
