"""Whether a Kafka broker answers."""

import socket
import struct
from contextlib import suppress

_ANSWER_SECONDS_MAX = 5.0
_CLIENT = b"qcdc"
# Metadata (key 3) version 4: correlation id 1, our name, no topics, none to be created.
_REQUEST = struct.pack(">hhih4sib", 3, 4, 1, len(_CLIENT), _CLIENT, 0, 0)
_ANSWER_HEAD = struct.Struct(">iii")  # correlation id, throttle time, number of brokers


def ask_for_metadata(bootstrap: str) -> None:
    """
    Make sure that a broker of *bootstrap* knows of a broker to talk to.

    An open port is not enough: it opens before the broker has joined its own cluster.  We ask on
    the wire, since the client libraries log an error for each attempt that comes too early.

    Raises:
        OSError: when none does, yet.
    """
    for address in bootstrap.split(","):
        with suppress(OSError):
            return _ask_one(address.strip())
    raise ConnectionError(f"no Kafka broker answers at {bootstrap}")


def _ask_one(address: str) -> None:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), _ANSWER_SECONDS_MAX) as connection:
        connection.sendall(struct.pack(">i", len(_REQUEST)) + _REQUEST)
        with connection.makefile("rb") as answer:
            head = answer.read(4 + _ANSWER_HEAD.size)[4:]
    if len(head) < _ANSWER_HEAD.size or _ANSWER_HEAD.unpack(head)[2] < 1:
        raise ConnectionError(f"{address} knows of no broker yet")
