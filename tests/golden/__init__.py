"""Every fact of ``tests/articles/golden.yaml``, computed by our own pure code."""
