"""Apache Kafka in a container: one broker in KRaft combined mode."""

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from tools.stack.containers import Contained
from tools.stack.kafka.options import broker_options
from tools.stack.ports import HOST, free_ports
from tools.stack.servers import KafkaServer
from tools.stack.waiting import START_SECONDS_MAX

IMAGE = "apache/kafka:4.1.1"


def container_kafka(engine: str) -> KafkaServer:
    """
    Prepare a broker on the Docker engine of that version.

    Inside and outside it has the same port: the broker talks to itself, too, under the address
    that it advertises.
    """
    (port,) = free_ports(1)
    options = broker_options(
        address=f"{HOST}:{port}",
        listen=f":{port}",
        controller="localhost:9093",
        data="/tmp/kraft-combined-logs",  # noqa: S108 - the image's own folder
    )
    container = DockerContainer(IMAGE, env={_variable(it): options[it] for it in options})
    started = LogMessageWaitStrategy("Kafka Server started")
    container.waiting_for(started.with_startup_timeout(int(START_SECONDS_MAX)))
    name = f"Kafka {IMAGE.rpartition(':')[2]} in Docker (engine {engine})"
    runner = Contained(container, port_inside=port, port=port)
    return KafkaServer(name, runner, bootstrap=f"{HOST}:{port}")


def _variable(option: str) -> str:
    """Spell a broker option the way the image reads its environment."""
    return "KAFKA_" + option.replace("_", "__").replace(".", "_").upper()
