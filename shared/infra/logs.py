"""Logs: one line an event, on standard output, for people or as JSON for machines."""

import logging
import sys

import structlog


def configure(*, as_json: bool) -> None:
    """Set up structlog for this process; libraries below it speak only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(name)s: %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we report the same, once, in words
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=False),
        ],
    )
