"""What differs between the places where the notifier runs."""

from typing import Annotated, Self

from pydantic import AfterValidator, PositiveFloat, SecretStr, model_validator

from services.notifier.channels.smtp import TlsMode
from shared.infra import settings
from shared.reference.addresses import usable_address


class NotifierSettings(settings.ServiceSettings):
    """
    The common settings and the mail server's.

    ``smtp_tls``: ``tls`` from the first byte, ``starttls`` or nothing, ``auto`` takes STARTTLS
    where it is offered, ``none`` never. A password leaves only over TLS.
    """

    smtp_host: str
    smtp_port: int
    smtp_sender: Annotated[str, AfterValidator(usable_address)]
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: TlsMode = "auto"
    scan_seconds: PositiveFloat = 1.0
    lease_seconds: PositiveFloat = 60.0

    @model_validator(mode="after")
    def _password_needs_tls(self) -> Self:
        if self.smtp_password is not None and self.smtp_tls not in {"starttls", "tls"}:
            raise ValueError("smtp_password needs smtp_tls to be starttls or tls")
        return self
