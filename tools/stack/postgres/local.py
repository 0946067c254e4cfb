"""PostgreSQL from programs on this machine."""

import signal
import subprocess
from functools import partial
from pathlib import Path

from tools.stack.errors import ServerDied, StackError
from tools.stack.ports import HOST, free_ports
from tools.stack.postgres.binaries import Binaries, within_reach
from tools.stack.postgres.options import INITDB_OPTIONS, SERVER_OPTIONS, as_arguments
from tools.stack.processes import Program, ServerProcess, log_tail
from tools.stack.servers import PostgresServer
from tools.stack.users import run_arguments, unprivileged_user

_SOCKET_FOLDER_BYTES_MAX = 80  # the system's limit is 104 or more, with the socket's own name


def local_postgres(folder: Path, *, binaries: Binaries) -> PostgresServer:
    """Prepare a server in *folder*; its data is created at the first start."""
    (port,) = free_ports(1)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    user = unprivileged_user()
    if user:
        binaries = within_reach(binaries, user, folder / "programs")
        user.own(folder)
    program = Program(
        command=(binaries.folder / "postgres", "-D", data, *_options(folder, port)),
        folder=data,
        log=folder / "postgres.log",
        stop_signal=signal.SIGINT,  # "fast": clients are disconnected, not waited for
        abandon_signal=signal.SIGQUIT,  # at once, yet the shared memory is given back
        user=user,
    )
    return PostgresServer(
        f"PostgreSQL {binaries.version} from {binaries.origin}",
        Postmaster(program, partial(_initialise, binaries, program)),
        url=f"postgresql://postgres@{HOST}:{port}/postgres",
    )


class Postmaster(ServerProcess):
    """The process that starts all others of a server."""

    def raise_if_dead(self) -> None:
        """
        Tell a refusal to start from a delay.

        After a kill, a backend that was busy keeps the shared memory until it notices; until then
        a new postmaster refuses to start, and is started again.
        """
        try:
            super().raise_if_dead()
        except ServerDied as death:
            if "is still in use" not in str(death):
                raise
            self.start()


def _options(folder: Path, port: int) -> list[str]:
    sockets = folder if len(bytes(folder)) <= _SOCKET_FOLDER_BYTES_MAX else ""
    listen = (f"listen_addresses={HOST}", f"port={port}", f"unix_socket_directories={sockets}")
    return as_arguments(*listen, *SERVER_OPTIONS)


def _initialise(binaries: Binaries, server: Program) -> None:
    if (server.folder / "PG_VERSION").exists():
        return
    with server.log.open("ab") as log:
        done = subprocess.run(
            [binaries.folder / "initdb", "-D", server.folder, "--auth=trust", *INITDB_OPTIONS],
            cwd=server.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            **run_arguments(server.user),
        )
    if done.returncode != 0:
        raise StackError(f"PostgreSQL's data cannot be created:\n{log_tail(server.log)}")
