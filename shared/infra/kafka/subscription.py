"""
What a service reads, declared above the function that it is read by.

``@subscriber`` is FastStream's decorator without its options: those that decide whether a message
can be lost are the same for every subscription and stand in ``broker.py``. FastStream gets the
subscription when a consumer is started, and again when a stalled one is replaced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from shared.infra.kafka.bisection import Effect
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Poison, Record, place_of
from shared.infra.postgres.database import Database

M = TypeVar("M")
log = structlog.get_logger()


@dataclass(frozen=True)
class Subscription(Generic[M]):
    """Topics, or a pattern of topics, read by one consumer group into one effect."""

    topics: tuple[str, ...]
    pattern: str | None
    group: str
    """The consumer group; positions are stored under the same name unless *stream* is set."""
    stream: str
    decode: Callable[[Record], M | Poison]
    """Reads one record; pure, so that a record is read the same way whenever it is delivered."""
    effect: Effect[M]
    """Applies the messages of a batch inside the transaction of their positions."""
    keyed_states: bool = False
    """
    Whether each record is the whole state of its key, and an older one changes nothing.

    A topic that was made again is then read from its beginning, and nobody has to decide.
    """
    refill: str = ""
    """The command that publishes the records of a lost log again, if there is one."""

    @property
    def breakers_close(self) -> bool:
        """
        Whether an open breaker closes after a pause.

        A pattern stands for topics that others write, each of whom delays only himself. On our
        own topics it waits for an operator: what is unreadable there is a fault of ours.
        """
        return self.pattern is not None

    def read(self, record: Record) -> M | Poison:
        """
        Return what a record says; whatever its decoder does, nothing raises.

        A decoder that raises has a fault, but one record must not stop its partition.
        """
        try:
            return self.decode(record)
        except Exception:
            log.exception("decoder failed", group=self.group, record=place_of(record))
            return Poison("decoder_failed")

    def inbox(self, database: Database, service: str) -> Inbox[M]:
        """Return the inbox that applies the effect in *database*, for *service*."""
        return Inbox(
            database, self.stream, self.effect, service, breakers_close=self.breakers_close
        )


class subscriber(Generic[M]):  # noqa: N801 - it is read as the decorator that it is
    """
    Declare that the function below handles batches of what *topics*, or *pattern*, carry.

    The function gets the connection of the transaction and the messages in the order of their
    offsets; records that cannot be read are dead letters before it is called.
    """

    def __init__(
        self,
        *topics: str,
        group: str,
        decode: Callable[[Record], M | Poison],
        pattern: str | None = None,
        stream: str | None = None,
        keyed_states: bool = False,
        refill: str = "",
    ) -> None:
        self._topics = topics
        self._pattern = pattern
        self._group = group
        self._stream = stream or group
        self._decode = decode
        self._keyed_states = keyed_states
        self._refill = refill

    def __call__(self, effect: Effect[M]) -> Subscription[M]:
        """Return the subscription that *effect* handles."""
        return Subscription(
            self._topics,
            self._pattern,
            self._group,
            self._stream,
            self._decode,
            effect,
            self._keyed_states,
            self._refill,
        )
