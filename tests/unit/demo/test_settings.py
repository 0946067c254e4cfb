"""Where the demo listens."""

import socket
from contextlib import closing

import pytest

from tools.demo.settings import DemoError, Ports


def test_four_ports_in_a_row() -> None:
    """8800 to 8803, or from wherever QCDC_DEMO_PORT says."""
    ports = [Ports.from_environ(it) for it in ({}, {"QCDC_DEMO_PORT": "9000"})]

    assert [(it.aggregator, it.intake, it.notifier, it.mail) for it in ports] == [
        (8800, 8801, 8802, 8803),
        (9000, 9001, 9002, 9003),
    ]


@pytest.mark.parametrize("text", ["http", "-1", "0", "65533", "88 00"])
def test_what_is_no_port_is_said_to_be_none(text: str) -> None:
    """One line that names the variable."""
    with pytest.raises(DemoError, match="QCDC_DEMO_PORT"):
        Ports.from_environ({"QCDC_DEMO_PORT": text})


def test_a_port_that_is_taken_is_named_with_the_way_out() -> None:
    """Before anything is started."""
    with closing(socket.socket()) as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]

        with pytest.raises(DemoError, match=rf"port {taken} .*QCDC_DEMO_PORT"):
            Ports(taken).check_free()
