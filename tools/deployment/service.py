"""One service as a process: started, asked, killed, started again."""

import json
import signal
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tools.stack.errors import ServerDied
from tools.stack.ports import HOST
from tools.stack.processes import Program, ServerProcess
from tools.stack.waiting import START_SECONDS_MAX, wait_until


class NotReadyYet(Exception):
    """The service answered, and complains of something."""


class Service:
    """A service of ours under a name, on a port that it keeps over restarts."""

    def __init__(self, name: str, *, port: int, log: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.log = log
        # A clean environment: what the person who starts it has set must not leak in.
        alone = ["/usr/bin/env", "-i", *(f"{key}={value}" for key, value in environment.items())]
        self._process = ServerProcess(
            Program(
                command=[*alone, sys.executable, "-P", "-m", f"services.{name}", "serve"],
                folder=log.parent,
                log=log,
                stop_signal=signal.SIGTERM,
            )
        )

    def start(self) -> None:
        """Start it; it answers HTTP before it is ready."""
        self._process.start()

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL: whatever it was doing stays half done."""
        self._process.kill()

    def pause(self) -> None:
        """SIGSTOP: it answers nobody, keeps its connections, and does not know that time passes."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it for good."""
        self._process.close()

    def has_ended(self) -> bool:
        """Tell whether the process is gone without having been asked to."""
        try:
            self._process.raise_if_dead()
        except ServerDied:
            return True
        return False

    def wait_ready(self, seconds_max: float = START_SECONDS_MAX) -> None:
        """
        Return once it is ready and complains of nothing.

        Raises at once, with its log, when it has ended instead.
        """
        wait_until(
            self._ask,
            what=f"{self.name} is not ready",
            errors=(OSError, HTTPException, NotReadyYet),
            still_alive=self._process.raise_if_dead,
            seconds_max=seconds_max,
        )

    def _ask(self) -> None:
        connection = HTTPConnection(HOST, self.port, timeout=3)
        connection.request("GET", "/health")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        complaints = json.loads(body)["complaints"]
        if complaints:
            raise NotReadyYet(json.dumps(complaints))
