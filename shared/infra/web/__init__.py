"""HTTP: the application that every service shares, and the probe of a container."""
