"""``qcdc notices``: which notices were sent, planned or failed; and another attempt now."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from services.notifier.domain.attempts import NoticeState
from services.notifier.usecases.notices import NoticeView
from tools.qcdc import notices
from tools.qcdc.settings import OperatorSettings

app = typer.Typer(no_args_is_help=True, help="Notices of overdue reports to committees.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@app.command("list")
def list_them(
    *,
    state: Annotated[NoticeState | None, typer.Option(help="Only those in this state.")] = None,
    limit: int = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest notices, with the end of the last attempt and the time of the next."""
    found = asyncio.run(notices.newest(OperatorSettings(), state, limit))
    if as_json:
        print(json.dumps([it.model_dump(mode="json") for it in found], ensure_ascii=False))
    else:
        print("\n".join(map(_line, found)) or "there is none")


@app.command("retry")
def retry(
    notice_ids: Annotated[list[str] | None, typer.Argument(help="Failed notices.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every failed notice.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Attempt failed notices now, once what made them fail has been mended."""
    if every == bool(notice_ids):
        raise typer.BadParameter("name notices, or say --all")
    outcome = asyncio.run(
        notices.retry(OperatorSettings(), None if every else notice_ids, dry_run=dry_run)
    )
    verb = "would retry" if dry_run else "retried"
    lines = [f"{verb} {it}" for it in outcome.retried]
    lines += [f"{it} is no failed notice" for it in outcome.not_failed]
    answer = json.dumps({**asdict(outcome), "dry_run": dry_run})
    print(answer if as_json else "\n".join(lines) or "no notice is failed")
    raise typer.Exit(1 if outcome.not_failed else 0)


def _line(notice: NoticeView) -> str:
    last = notice.attempts[-1] if notice.attempts else None
    ended = f"attempt {last.attempt} {last.outcome}: {last.detail}" if last else "no attempt yet"
    unsent = notice.state in (NoticeState.PLANNED, NoticeState.FAILED)
    following = f"; next at {notice.send_after:%Y-%m-%d %H:%M:%S%z}" if unsent else ""
    return (
        f"{notice.notice_id} {notice.state} {notice.committee} {notice.recipient}"
        f" ({len(notice.units)} reports); {ended}{following}"
    )
