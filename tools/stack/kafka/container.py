"""Apache Kafka in a container: one broker in KRaft combined mode."""

from typing import Self

from testcontainers.community.kafka import KafkaContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from tools.stack.containers import Contained
from tools.stack.kafka.options import broker_options
from tools.stack.ports import HOST, free_ports
from tools.stack.servers import KafkaServer
from tools.stack.waiting import START_SECONDS_MAX

IMAGE = "apache/kafka:4.1.1"


class ApacheKafkaContainer(KafkaContainer):
    """
    Testcontainers' Kafka, for the image that we deploy.

    ``KafkaContainer`` (4.15) starts scripts that only Confluent's image has. Apache's image is
    configured by its environment alone, and the port outside is the one inside: the broker talks
    to itself, too, under the address that it advertises.
    """

    def __init__(self, image: str, port: int) -> None:
        super().__init__(image, port=port)
        options = broker_options(
            address=f"{HOST}:{port}",
            listen=f":{port}",
            controller="localhost:9093",
            data="/tmp/kraft-combined-logs",  # noqa: S108 - the image's own folder
        )
        self.env = {_variable(option): value for option, value in options.items()}
        started = LogMessageWaitStrategy("Kafka Server started")
        self.waiting_for(started.with_startup_timeout(int(START_SECONDS_MAX)))

    def start(self, timeout: int = int(START_SECONDS_MAX)) -> Self:
        """Start the container and wait until the broker says that it has started."""
        del timeout  # the wait strategy has it
        DockerContainer.start(self)
        return self


def container_kafka(engine: str) -> KafkaServer:
    """Prepare a broker on the Docker engine of that version."""
    (port,) = free_ports(1)
    name = f"Kafka {IMAGE.rpartition(':')[2]} in Docker (engine {engine})"
    runner = Contained(ApacheKafkaContainer(IMAGE, port), port_inside=port, port=port)
    return KafkaServer(name, runner, bootstrap=f"{HOST}:{port}")


def _variable(option: str) -> str:
    """Spell a broker option the way the image reads its environment."""
    return "KAFKA_" + option.replace("_", "__").replace(".", "_").upper()
