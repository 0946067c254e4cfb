"""What differs between the places where a service runs; read once, in ``__main__``."""

from pathlib import Path
from socket import gethostname

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_SECRETS = Path("/run/secrets")


class ServiceSettings(BaseSettings):
    """The part that every service needs, from ``QCDC_…`` variables or files in ``/run/secrets``."""

    model_config = SettingsConfigDict(
        env_prefix="QCDC_",
        frozen=True,
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
        hide_input_in_errors=True,  # it may hold a password
    )

    kafka: str
    database: SecretStr
    http_port: int
    http_host: str = "127.0.0.1"
    database_schema: str = "qcdc"
    instance: str = Field(default_factory=gethostname, pattern=r"^[A-Za-z0-9._-]{1,200}$")
    """Names this process among those of its service; it is to be the same after a restart."""
    log_json: bool = False
    http_connections_max: PositiveInt = 500
    http_header_seconds: PositiveFloat = 10.0
    """How long a client may take until its request's headers are complete."""
    http_body_seconds: PositiveFloat = 60.0
    """How long it may take to send the body, and to take a part of the answer."""
    drain_seconds: NonNegativeFloat = 0.0
    """How long it still answers after SIGTERM, while ``/health/ready`` says 503 already."""
