"""The container's health check believes nothing but a plain yes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from shared.infra.web.probe import main
from tools.stack.ports import free_ports


@contextmanager
def _answering(answer: bytes) -> Iterator[int]:
    """Answer one request with these bytes; provide the port."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(answer)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server.server_port
        thread.join()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\n\r\n\xffreasons", 1),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 1),
        (b"something else entirely\r\n\r\n", 1),
        (b"", 1),
    ],
)
def test_ready_is_what_answers_200(answer: bytes, code: int) -> None:
    """A service that is not ready gives its reasons with 503; nobody else may sit on the port."""
    with _answering(answer) as port:
        assert main(port) == code


def test_nobody_on_the_port_is_not_ready() -> None:
    """The process may have gone while its container stays."""
    assert main(free_ports(1)[0]) == 1
