"""The operators' command line, called as an operator calls it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from typer.testing import CliRunner

from tools.qcdc.main import app


async def qcdc(environment: Mapping[str, str], *words: str) -> Any:
    """Run one verb and return its answer, in JSON."""
    answer = await asyncio.to_thread(
        CliRunner().invoke, app, [*words, "--json"], env=dict(environment)
    )
    assert answer.exit_code == 0, answer.output or repr(answer.exception)
    return json.loads(answer.output)
