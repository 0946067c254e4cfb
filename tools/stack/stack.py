"""Kafka and PostgreSQL together, for the length of a ``with`` block."""

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools.stack.choice import (
    available_kafka_providers,
    available_postgres_providers,
    choose,
)
from tools.stack.scratch import scratch_folder
from tools.stack.servers import KafkaServer, PostgresServer, Server
from tools.stack.settings import StackSettings, read_environment


@dataclass(frozen=True)
class Stack:
    """A running Kafka and a running PostgreSQL."""

    kafka: KafkaServer
    postgres: PostgresServer
    scratch: Path
    """Holds their data and logs."""

    @classmethod
    @contextmanager
    def start(
        cls, *, scratch: Path | None = None, settings: StackSettings | None = None
    ) -> Iterator["Stack"]:
        """
        Start what does not run yet; leaving the block ends it and removes all that it wrote.

        SIGTERM and SIGHUP leave the block too, unless the program has handlers of its own.
        """
        settings = settings or read_environment()
        with ExitStack() as undo:
            undo.enter_context(_leaving_on_signals())
            folder = undo.enter_context(
                scratch_folder(scratch or settings.scratch, keep=settings.keep)
            )
            postgres = choose(available_postgres_providers(settings), folder / "postgres")
            undo.callback(postgres.close)
            kafka = choose(available_kafka_providers(settings), folder / "kafka")
            undo.callback(kafka.close)
            with ThreadPoolExecutor(2) as threads:  # neither needs the other, and both take seconds
                list(threads.map(Server.start, (postgres, kafka)))
            yield cls(kafka, postgres, folder)

    def describe(self) -> list[str]:
        """Say in one line each what was chosen, and where it is."""
        return [f"stack: {it.name} at {it.address}" for it in (self.kafka, self.postgres)]


@contextmanager
def _leaving_on_signals() -> Iterator[None]:
    """
    Turn signals that would end the program on the spot into an exit that unwinds.

    Only the main thread may ask for signals; from elsewhere the program has to see to it itself.
    """
    ours = [it for it in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(it) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        ours = []
    for number in ours:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
