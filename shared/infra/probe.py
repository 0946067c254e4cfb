"""``python -m shared.infra.probe``: exit 0 when the service in this container is ready."""

import sys
from http.client import HTTPConnection

from pydantic_settings import BaseSettings, SettingsConfigDict

HTTP_OK = 200


class ProbeSettings(BaseSettings):
    """Where the service listens."""

    model_config = SettingsConfigDict(env_prefix="QCDC_")

    http_port: int


def main() -> int:
    """Ask ``/health/ready``; print the reasons when the answer is no."""
    connection = HTTPConnection("127.0.0.1", ProbeSettings().http_port, timeout=3)  # type: ignore[call-arg] # from the environment
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        if answer.status != HTTP_OK:
            print(answer.read().decode())  # noqa: T201 - for whoever inspects the container
        return 0 if answer.status == HTTP_OK else 1
    except OSError as problem:
        print(problem)  # noqa: T201 - likewise
        return 1


if __name__ == "__main__":
    sys.exit(main())
