"""The PyPI broker ``noida-db``: for development where neither Docker nor Java is to be had."""

import signal
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from tools.stack.ports import HOST, free_ports
from tools.stack.processes import Program, ServerProcess
from tools.stack.servers import KafkaServer


def noida_kafka(folder: Path) -> KafkaServer:
    """Prepare one node that speaks Kafka's protocol and keeps everything in memory."""
    (port,) = free_ports(1)
    # The binary itself: the package's own command is a wrapper that would not pass signals on.
    binary = Path(str(files("noida_db") / "noida-db"))
    where = ("--data-dir", folder / "data", "--host", HOST, "--kafka-port", str(port))
    program = Program(
        command=(binary, "start", "--only", "kafka", *where),
        folder=folder,
        log=folder / "noida.log",
        stop_signal=signal.SIGTERM,
    )
    return KafkaServer(
        f"noida-db {version('noida-db')}, for development only, in place of Kafka",
        ServerProcess(program),
        durable=False,
        bootstrap=f"{HOST}:{port}",
    )
