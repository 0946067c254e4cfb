"""The log that the benchmark measures with is what it says that it is."""
