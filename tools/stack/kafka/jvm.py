"""Apache Kafka itself, on the local JVM: one broker in KRaft combined mode."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.stack.errors import StackError
from tools.stack.kafka.jars import jars_folder, kafka_version, resolve_jars
from tools.stack.kafka.java import Java
from tools.stack.kafka.options import broker_options
from tools.stack.ports import HOST, free_ports
from tools.stack.processes import Program, ServerProcess, log_tail
from tools.stack.servers import KafkaServer

_LOGGING = Path(__file__).with_name("log4j2.properties")
_CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw"  # any 16 bytes in base64
# 370 MB resident; the second compiler would cost a small machine more than it gains in a short run.
_JVM_OPTIONS = ("-Xmx512m", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={_LOGGING}")


def jvm_kafka(folder: Path, *, java: Java, cache: Path) -> KafkaServer:
    """Prepare a broker in *folder*; its jars are fetched at the first start."""
    port, controller = free_ports(2)
    bootstrap = f"{HOST}:{port}"
    properties = folder / "server.properties"
    options = broker_options(
        address=bootstrap,
        listen=bootstrap,
        controller=f"{HOST}:{controller}",
        data=str(folder / "data"),
    )
    with_jars = (java.program, *_JVM_OPTIONS, "-cp", jars_folder(cache) / "*")
    program = Program(
        command=(*with_jars, "kafka.Kafka", properties),
        folder=folder,
        log=folder / "kafka.log",
        stop_signal=signal.SIGTERM,
    )

    def prepare() -> None:
        resolve_jars(cache)
        if not properties.exists():
            properties.write_text("".join(f"{it}={options[it]}\n" for it in options))
            _format((*with_jars, "kafka.tools.StorageTool"), program)

    name = f"Kafka {kafka_version()} on the local JVM ({java.product} {java.version})"
    return KafkaServer(name, ServerProcess(program, prepare), bootstrap=bootstrap)


def _format(tool: Sequence[str | Path], broker: Program) -> None:
    with broker.log.open("ab") as log:
        done = subprocess.run(
            [*tool, "format", "-t", _CLUSTER_ID, "-c", broker.command[-1]],
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise StackError(f"Kafka's storage cannot be formatted:\n{log_tail(broker.log)}")
