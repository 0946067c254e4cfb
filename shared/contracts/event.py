"""The shape every event shares: an identity, a time, and the type it travels under."""

from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.contracts.values import EventId, Instant

_NAMESPACE = UUID("5d3c1f0e-9d0b-5b1e-8a55-1c0de0f00d01")


def derived_id(*causes: object) -> str:
    """Name an event after its causes: doing the same thing twice gives the same identity."""
    return str(uuid5(_NAMESPACE, "|".join(map(str, causes))))


class Event(BaseModel):
    """
    Something that happened, stated in the past tense and never changed afterwards.

    ``event_id`` is derived from its cause, so producing an event twice yields one identity.
    The class name is the event's name on the wire; ``version`` rises only with a breaking change.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")  # a newer producer may say more

    version: ClassVar[int] = 1

    event_id: EventId
    occurred_at: Instant

    @classmethod
    def type_name(cls) -> str:
        """Return the CloudEvents ``type``, for example ``qcdc.ReportAccepted.v1``."""
        return f"qcdc.{cls.__name__}.v{cls.version}"
