"""Servers that already run, named by the environment: they are used, never stopped."""

from typing import NoReturn

from tools.stack.errors import NotOurs
from tools.stack.servers import KafkaServer, PostgresServer


def given_kafka(bootstrap: str) -> KafkaServer:
    """Use the broker at *bootstrap*."""
    name = "Kafka given by QCDC_KAFKA"
    return KafkaServer(name, SomebodyElses(), restartable=False, bootstrap=bootstrap)


def given_postgres(url: str) -> PostgresServer:
    """Use the server at *url*."""
    name = "PostgreSQL given by QCDC_PG_URL"
    return PostgresServer(name, SomebodyElses(), restartable=False, url=url)


class SomebodyElses:
    """Runs without our doing."""

    def start(self) -> None:
        """Do nothing: it should be running."""

    def stop(self) -> NoReturn:
        """Refuse."""
        raise NotOurs

    def kill(self) -> NoReturn:
        """Refuse."""
        raise NotOurs

    def close(self) -> None:
        """Let go of it."""

    def raise_if_dead(self) -> None:
        """Nothing is known about it."""
