"""
One server process: started, watched, and ended by its own process id.

It must not outlive us, nor hear what is meant for us:

- it leads a session of its own, so that Ctrl-C in the terminal reaches us alone and we stop the
  services first, then the servers that they still need while they finish;
- a session of its own also means that closing the terminal does not reach it, so on Linux the
  kernel is asked to signal it when we die, however we die (PR_SET_PDEATHSIG);
- elsewhere, and for every orderly end, ``atexit`` does the same.
"""

import atexit
import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.stack.errors import ServerDied
from tools.stack.users import User, run_arguments

STOP_SECONDS_MAX = 20.0
_LOG_TAIL_LINES = 20
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Program:
    """What to run, where, as whom, and which signals it understands."""

    command: Sequence[str | Path]
    folder: Path
    log: Path
    stop_signal: signal.Signals
    """Asks it to end in good order."""
    abandon_signal: signal.Signals = signal.SIGKILL
    """Ends it when its data is of no more use to anybody."""
    user: User | None = None


class ServerProcess:
    """A program that runs until it is told otherwise."""

    def __init__(self, program: Program, prepare: Callable[[], None] = lambda: None) -> None:
        self._program = program
        self._prepare = prepare
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Prepare and start it; whether it is of any use yet is for the caller to find out."""
        self._program.folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        self._process = _spawner().submit(self._spawn).result()
        atexit.register(self.close)

    def stop(self) -> None:
        """Ask it to end; after a bound, insist."""
        self._end(self._program.stop_signal)

    def kill(self) -> None:
        """End it now, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it for good."""
        self._end(self._program.abandon_signal)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal; one that is not running gets none."""
        if self._process is not None:
            self._process.send_signal(number)

    def raise_if_dead(self) -> None:
        """
        Tell a dead server from a slow one.

        Raises:
            ServerDied: with the end of its log.
        """
        if self._process is None or self._process.poll() is not None:
            raise ServerDied(f"{self._program.command[0]} ended:\n{log_tail(self._program.log)}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        atexit.unregister(self.close)

    def _spawn(self) -> subprocess.Popen[bytes]:
        program = self._program
        with program.log.open("ab") as log:
            return subprocess.Popen(
                program.command,
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_us(program.abandon_signal),  # noqa: PLW1509 - it only makes system calls
                **run_arguments(program.user),
            )


def log_tail(log: Path) -> str:
    """Return the last lines of *log*, where a server says why it gave up."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])


@functools.cache
def _spawner() -> ThreadPoolExecutor:
    """
    Return the one thread that starts every server, and lives as long as we do.

    The kernel sends the parent-death signal when the *thread* that started the child ends.  A
    server restarted from a test's worker thread would otherwise die together with that thread.
    """
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="stack")


def _die_with_us(abandon_signal: signal.Signals) -> Callable[[], None] | None:
    """
    Return what the child does between fork and exec: ask for a signal at our death.

    The library is loaded before the fork, so that the child only makes system calls: taking a lock
    there could wait for ever for a thread that was not forked along.
    """
    if sys.platform != "linux":
        return None
    libc, us = ctypes.CDLL(None), os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(abandon_signal))
        if os.getppid() != us:  # we died before the request was in place
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_the_kernel
