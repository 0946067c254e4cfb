"""Ports for servers that may go away and come back."""

import secrets
import socket
from contextlib import ExitStack

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_767


def free_ports(count: int) -> list[int]:
    """
    Choose ports that nothing listens on, below the range that the kernel lends to clients.

    Linux lends 32768 and above, others start higher still.  From that range, a client that keeps
    reconnecting while its server restarts is sooner or later lent the server's own port: it then
    connects to itself, and the server can never bind again.
    """
    with ExitStack() as held:
        return [_hold_free_port(held) for _ in range(count)]


def _hold_free_port(held: ExitStack) -> int:
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
        holder = held.enter_context(socket.socket())
        try:
            holder.bind((HOST, port))
        except OSError:
            continue
        return port
