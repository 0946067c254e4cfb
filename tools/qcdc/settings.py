"""What the operators' commands need to know of the place where they run."""

from typing import TypeVar

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.infra.errors import Misconfigured
from shared.infra.settings import ServiceSettings

SERVICES = ("intake", "aggregator", "notifier")


S = TypeVar("S", bound=ServiceSettings)


class OperatorSettings(BaseSettings):
    """``QCDC_KAFKA``, ``QCDC_SOURCES`` (a JSON list) and ``QCDC_<SERVICE>_DATABASE``."""

    model_config = SettingsConfigDict(env_prefix="QCDC_", frozen=True)

    kafka: str | None = None
    sources: tuple[str, ...] = ()
    replication: int = 1
    """Copies of each topic; 3 where there are three brokers."""
    intake_database: SecretStr | None = None
    aggregator_database: SecretStr | None = None
    notifier_database: SecretStr | None = None
    database_schema: str = "qcdc"

    def kafka_or_fail(self) -> str:
        """Return the bootstrap servers."""
        if not self.kafka:
            raise Misconfigured("QCDC_KAFKA is not set, for example 127.0.0.1:9092")
        return self.kafka

    def database(self, service: str) -> str:
        """Return the address of a service's database."""
        if service not in SERVICES:
            raise Misconfigured(f"there is no service {service!r}; there are {', '.join(SERVICES)}")
        secret: SecretStr | None = getattr(self, f"{service}_database")
        if secret is None:
            raise Misconfigured(f"QCDC_{service.upper()}_DATABASE is not set")
        return secret.get_secret_value()

    def of_service(self, service: str, settings: type[S]) -> S:
        """Return the settings of a service whose use case runs here; it serves no HTTP."""
        return settings(
            kafka=self.kafka or "",
            database=SecretStr(self.database(service)),
            database_schema=self.database_schema,
            http_port=0,
        )
