"""Every way to come by a server keeps the same contract."""
