"""What the environment says about the demo, and how the demo says that it failed."""

import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tools.stack.ports import HOST

PORT_VARIABLE = "QCDC_DEMO_PORT"
PORT_DEFAULT = 8800
_PORT_MAX = 65_535


class DemoError(Exception):
    """The demo cannot show what it promises; the message says what is missing."""


@dataclass(frozen=True)
class Ports:
    """Four ports in a row."""

    aggregator: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Ports":
        """Read the base port. Raises DemoError when it is no port."""
        text = environ.get(PORT_VARIABLE) or str(PORT_DEFAULT)
        if not text.isdecimal() or not 0 < int(text) <= _PORT_MAX - 3:
            raise DemoError(f"{PORT_VARIABLE} is {text!r}, which is no port")
        return cls(int(text))

    @property
    def intake(self) -> int:
        """Where reports are posted."""
        return self.aggregator + 1

    @property
    def notifier(self) -> int:
        """Where notices are listed."""
        return self.aggregator + 2

    @property
    def mail(self) -> int:
        """Where the caught mail is shown."""
        return self.aggregator + 3

    def check_free(self) -> None:
        """Raise DemoError when something listens on one of them already."""
        for port in range(self.aggregator, self.mail + 1):
            with closing(socket.socket()) as holder:
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
                try:
                    holder.bind((HOST, port))
                except OSError as problem:
                    raise DemoError(
                        f"port {port} cannot be used ({problem.strerror}); "
                        f"set {PORT_VARIABLE} to the first of four free ports"
                    ) from problem

    def command(self, module: str) -> str:
        """Return how a person starts a module of ours against these ports."""
        port = f"{PORT_VARIABLE}={self.aggregator} " if self.aggregator != PORT_DEFAULT else ""
        return f"{port}{command(module)}"


def command(module: str) -> str:
    """Return how a person starts a module of ours with this Python."""
    python, here = Path(sys.executable), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{shown} -m {module}"


def url(port: int) -> str:
    """Return the address of a port of this machine."""
    return f"http://{HOST}:{port}"
