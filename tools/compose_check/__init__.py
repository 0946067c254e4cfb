"""
The deployment of ``docker-compose.yml``, run for real on a Docker engine: ``make compose-check``.

Builds the images, brings the whole deployment up under a name, ports and a password of its own,
counts reports that come over HTTP and over Kafka, kills every service once, and takes all of it
down again. The images stay, since they are the cache of the next build.
"""
