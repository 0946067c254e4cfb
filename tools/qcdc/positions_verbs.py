"""``qcdc positions``: how far each service has read, and going on in spite of a loss."""

import asyncio
import getpass
import json
from dataclasses import asdict
from typing import Annotated

import typer

from tools.qcdc import positions
from tools.qcdc.positions import AcceptLossOrder
from tools.qcdc.settings import OperatorSettings

app = typer.Typer(no_args_is_help=True, help="How far each service has read its topics.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@app.command("show")
def show(
    *,
    service: Annotated[str | None, typer.Option(help="Default: all three.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show each position, what the log holds now, and which positions are held."""
    reports = asyncio.run(positions.show(OperatorSettings(), service))
    lines = [it.line for it in reports] or ["nothing has been read yet"]
    _say([asdict(it) for it in reports], lines, as_json=as_json)


@app.command("accept-loss")
def accept_loss(  # noqa: PLR0913 - one option each
    *,
    service: Annotated[str, typer.Option(help="intake, aggregator or notifier")],
    topic: Annotated[str, typer.Option(help="The topic that was replaced or has lost records.")],
    document: Annotated[str, typer.Option(help="The document that accepts the loss.")],
    partition: Annotated[int | None, typer.Option(help="Default: every held one.")] = None,
    by: Annotated[str | None, typer.Option(help="Who decides; default: the login name.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let held positions go on from the beginning of what the log holds now."""
    order = AcceptLossOrder(service, topic, partition, document, by or _login_name(), dry_run)
    accepted = asyncio.run(positions.accept(OperatorSettings(), order))
    verb = "would accept" if dry_run else "accepted"
    lines = [f"{verb}: {it.line}" for it in accepted] or ["no such position is held"]
    _say({verb: [asdict(it) for it in accepted]}, lines, as_json=as_json)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "unknown"


def _say(answer: object, lines: list[str], *, as_json: bool) -> None:
    print(json.dumps(answer, ensure_ascii=False, default=str) if as_json else "\n".join(lines))
