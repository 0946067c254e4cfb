"""
``qcdc``: one verb a subject, each a few lines over the function that does the work.

What changes topics, schemas, breakers, positions, the directory, verdicts or signatures has
``--dry-run``, every verb ``--json``. Exit codes: 0 done, 1 the answer is bad news (a difference, a
server that is away), 2 the command line is wrong, 78 the configuration is, or what it names is not
there.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pydantic_settings import SettingsError

from services.aggregator.usecases.sign import SignOrder
from shared.contracts import topics
from shared.infra.errors import Misconfigured
from shared.infra.kafka.topics import check_topics, create_missing_topics, mend_topics
from shared.infra.process import EXIT_MISCONFIGURED
from tools.qcdc import (
    databases,
    dead_letters,
    directory_verbs,
    keys,
    notice_verbs,
    positions_verbs,
    rebuilding,
    rejudging,
    republishing,
    signing,
)
from tools.qcdc.settings import OperatorSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="QCDC, for operators.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics on Kafka.")
keys_app = typer.Typer(no_args_is_help=True, help="API keys of upstream systems.")
dead_letters_app = typer.Typer(no_args_is_help=True, help="Records that could not be read.")
app.add_typer(topics_app, name="topics")
app.add_typer(keys_app, name="keys")
app.add_typer(dead_letters_app, name="dead-letters")
app.add_typer(directory_verbs.app, name="directory")
app.add_typer(notice_verbs.app, name="notices")
app.add_typer(positions_verbs.app, name="positions")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Service = Annotated[str, typer.Argument(help="intake, aggregator or notifier")]
T = TypeVar("T")


def main() -> None:
    """Run one command; a wrong configuration or an absent server is one clear line."""
    try:
        app()
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as problem:
        print(f"qcdc: {problem}; bring the databases up to date: qcdc migrate", file=sys.stderr)
        sys.exit(EXIT_MISCONFIGURED)
    except SettingsError as problem:
        print(f'qcdc: {problem}; QCDC_SOURCES is a JSON list: ["demo"]', file=sys.stderr)
        sys.exit(EXIT_MISCONFIGURED)
    except (Misconfigured, ValidationError, asyncpg.ClientConfigurationError) as problem:
        print(f"qcdc: {problem}", file=sys.stderr)
        sys.exit(EXIT_MISCONFIGURED)
    except (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        print(f"qcdc: {problem!r}", file=sys.stderr)
        sys.exit(1)


@topics_app.command("apply")
def topics_apply(
    source: Annotated[list[str] | None, typer.Option(help="A source; repeatable.")] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Create the topics that are missing, and set options of others that do not fit."""
    settings = OperatorSettings()
    wanted = topics.specs(source or settings.sources)
    kafka = settings.kafka_or_fail()
    created = _run(
        create_missing_topics(kafka, wanted, replication=settings.replication, dry_run=dry_run)
    )
    mended = _run(mend_topics(kafka, wanted, dry_run=dry_run))
    done = {"would create": created, "would set": mended}
    if not dry_run:
        done = {"created": created, "set": mended}
    lines = [f"{verb} {it}" for verb, found in done.items() for it in found]
    _say(done, as_json, lines or ["nothing is missing"])


@topics_app.command("check")
def topics_check(*, as_json: AsJson = False) -> None:
    """Return whether every topic is as the services need it."""
    settings = OperatorSettings()
    _run(
        check_topics(
            settings.kafka_or_fail(), topics.specs(settings.sources), topics.of_known_sources
        )
    )
    _say({"ok": True}, as_json, ["every topic is as it should be"])


@app.command()
def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="Default: all three.")] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the services' databases to the schema of this release."""
    done = _run(databases.migrate(OperatorSettings(), services or [], dry_run=dry_run))
    verb = "would apply" if dry_run else "applied"
    lines = [f"{service}: {verb} {name}" for service, names in done.items() for name in names]
    _say({verb: done}, as_json, lines or ["every database is up to date"])


@keys_app.command("create")
def keys_create(
    source: Annotated[str, typer.Option(help="The upstream system that will use the key.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make an API key; it is shown once and only its hash is kept."""
    key = _run(keys.create(OperatorSettings(), source))
    _say({"source": source, "key": key}, as_json, [key])


@keys_app.command("revoke")
def keys_revoke(
    key_id: Annotated[str, typer.Argument(help="The eight characters after ``qcdc_``.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a key open nothing any more."""
    revoked = _run(keys.revoke(OperatorSettings(), key_id))
    _say({"revoked": revoked}, as_json, ["revoked" if revoked else "no such key is in force"])
    raise typer.Exit(0 if revoked else 1)


@dead_letters_app.command("list")
def list_dead_letters(service: Service, *, limit: int = 50, as_json: AsJson = False) -> None:
    """List the newest records that a service could not read, and why."""
    found = _run(dead_letters.newest(OperatorSettings(), service, limit))
    lines = [f"{it.recorded_at} {it.place} {it.reason}" for it in found]
    _say([asdict(it) for it in found], as_json, lines)


@dead_letters_app.command("reset")
def reset_dead_letters(
    service: Service, *, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Close the breakers of a service, once what made records unreadable has been mended."""
    reset = _run(dead_letters.reset(OperatorSettings(), service, dry_run=dry_run))
    _say({"reset": reset}, as_json, [f"reset {it}" for it in reset] or ["no breaker is open"])


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="Only the aggregator can be rebuilt.")],
    *,
    verify: Annotated[bool, typer.Option(help="Swap only if nothing differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replay every report into new tables, compare with the live ones, and swap."""
    outcome = _run(rebuilding.rebuild(OperatorSettings(), service, verify=verify, quiet=as_json))
    _say(asdict(outcome), as_json, [outcome.summary, *outcome.examples])
    raise typer.Exit(outcome.exit_code)


@app.command()
def republish(
    *,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="The receipts topics instead of qcdc.reports.v1.")
    ] = False,
    source: Annotated[
        str | None, typer.Option(help="With --receipts: only those of this source.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish again what intake's journal holds, to refill qcdc.reports.v1 or receipts topics."""
    if receipts:
        _republish_receipts(source, dry_run=dry_run, as_json=as_json)
        return
    if source is not None:
        raise typer.BadParameter("--source is for --receipts; qcdc.reports.v1 is of all sources")
    outcome = _run(republishing.republish(OperatorSettings(), dry_run=dry_run, quiet=as_json))
    verb = "would republish" if dry_run else "republished"
    lines = [f"{verb} {outcome.revisions} revisions"]
    if outcome.derived:
        lines.append(f"{outcome.derived} of them by the directory of today: see docs/OPERATIONS.md")
    _say(asdict(outcome), as_json, lines)


def _republish_receipts(source: str | None, *, dry_run: bool, as_json: bool) -> None:
    work = republishing.receipts(OperatorSettings(), source, dry_run=dry_run, quiet=as_json)
    outcome = _run(work)
    verb = "would republish" if dry_run else "republished"
    line = f"{verb} {outcome.receipts} receipts and {outcome.questions} questions"
    _say(asdict(outcome), as_json, [line])


@app.command()
def rejudge(  # noqa: PLR0913 - one option each
    *,
    form: Annotated[str, typer.Option(help="F01 to F07.")],
    period: Annotated[str, typer.Option(help="A period, such as nd09.2026-M10.")],
    document: Annotated[str, typer.Option(help="The document that orders it.")],
    unit: Annotated[str | None, typer.Option(help="One unit; neither: all units.")] = None,
    area: Annotated[str | None, typer.Option(help="A unit and all below it.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Judge again whether reports were in time, by the deadlines in force now."""
    order = rejudging.RejudgeOrder(form, period, document, unit, area, dry_run)
    changes = _run(rejudging.rejudge(OperatorSettings(), order))
    verb = "would judge" if dry_run else "judged"
    lines = [*(it.line for it in changes), f"{verb} {len(changes)} reports again"]
    _say(rejudging.as_json(order, changes), as_json, lines)


@app.command()
def close(
    *,
    unit: Annotated[str, typer.Option(help="Our key of the unit, such as 80.2.")],
    form: Annotated[str, typer.Option(help="F01 to F07.")],
    period: Annotated[str, typer.Option(help="A period that has ended, such as cal.2025.")],
    document: Annotated[str, typer.Option(help="The document that closes the figures.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Sign figures as they stand; later changes of them are told as restatements."""
    order = SignOrder(unit, form, period, document)
    snapshot = _run(signing.close(OperatorSettings(), order, dry_run=dry_run))
    _say(signing.as_json(snapshot), as_json, [snapshot.summary])


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _say(answer: object, as_json: bool, lines: list[str]) -> None:
    print(json.dumps(answer, ensure_ascii=False, default=str) if as_json else "\n".join(lines))
