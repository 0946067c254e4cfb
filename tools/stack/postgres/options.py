"""The server's configuration, the same from a system package, a wheel or an image."""

# fsync and synchronous_commit are the defaults; they are spelled out because surviving kill -9 is
# what is tested, and a machine's own defaults may differ.
SERVER_OPTIONS = ("max_connections=200", "fsync=on", "synchronous_commit=on")
# Sorting must not depend on which locales a machine happens to have.
INITDB_OPTIONS = ("--encoding=UTF8", "--no-locale", "--username=postgres")


def as_arguments(*options: str) -> list[str]:
    """Return *options* as the server's command line takes them."""
    return [word for it in options for word in ("-c", it)]
