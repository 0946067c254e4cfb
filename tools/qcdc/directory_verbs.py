"""``qcdc directory``: the reference data that changes while the services run."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from shared.directory.entities import Entities
from shared.directory.errors import PublicationOvertaken
from shared.directory.publisher import PublishedDirectory, read_published
from tools.qcdc import directory
from tools.qcdc.clock import system_clock
from tools.qcdc.directory import Proposal
from tools.qcdc.directory_copies import republish_directory
from tools.qcdc.settings import OperatorSettings

app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Units, committees, deadlines and the calendar."
        " docs/OPERATIONS.md shows what the files look like, under “The directory”."
    ),
)

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="CSV of units or links; YAML of committees, decisions, regimes or working days.",
        exists=True,
        dir_okay=False,
    ),
]
Shipped = Annotated[bool, typer.Option("--shipped", help="Begin with what ships with the code.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@app.command("diff")
def diff(files: Files = None, *, from_shipped: Shipped = False, as_json: AsJson = False) -> None:
    """Show what the files would change, entity by entity."""
    _say(_propose(files, from_shipped=from_shipped), None, as_json=as_json)


@app.command("apply")
def apply(
    files: Files = None,
    *,
    from_shipped: Shipped = False,
    first: Annotated[
        bool, typer.Option("--first", help="Do nothing when something is published already.")
    ] = False,
    document: Annotated[
        str | None, typer.Option(help="The act or the reason; the files' names if unset.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish what the files change; every service follows while it runs."""
    kafka = OperatorSettings().kafka_or_fail()
    if first and asyncio.run(read_published(kafka)).revision:
        print(json.dumps({"published": None}) if as_json else "something is published already")
        return
    proposal = _propose(files, from_shipped=from_shipped)
    if dry_run:
        _say(proposal, None, as_json=as_json)
        return
    names = [*(["shipped"] if from_shipped else []), *(it.name for it in files or [])]
    reason = document or ", ".join(names)
    try:
        revision = asyncio.run(directory.put_in_force(kafka, proposal, reason, system_clock()))
    except PublicationOvertaken as problem:
        print(f"qcdc: {problem}; nothing was put in force, look again", file=sys.stderr)
        raise typer.Exit(1) from problem
    _say(proposal, revision.revision if revision else None, as_json=as_json, applied=True)


@app.command("show")
def show(
    entity: Annotated[
        str | None, typer.Argument(help="For example unit/13285.2 or committee/ninh_binh.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show which revision is in force and what it holds, or one entity of it."""
    published = asyncio.run(read_published(OperatorSettings().kafka_or_fail()))
    if entity is None:
        _say_revision(published, as_json=as_json)
        return
    content = published.replica.entities.get(entity)
    if content is None:
        print(f"qcdc: there is no {entity}", file=sys.stderr)
        raise typer.Exit(1)
    indent = None if as_json else 2
    print(json.dumps(json.loads(content), ensure_ascii=False, indent=indent))


@app.command("republish")
def republish(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the newest revision in the services' tables back on a topic that has lost it."""
    done = asyncio.run(republish_directory(OperatorSettings(), dry_run=dry_run))
    if as_json:
        print(json.dumps(asdict(done), ensure_ascii=False))
        return
    what = f"revision {done.revision} ({done.document}) from the tables of {done.service}"
    if done.on_topic == done.revision and not done.records:
        print(f"the topic holds {what}")
    elif dry_run:
        print(f"would republish {what}; entities: {done.entities}")
    else:
        print(f"republished {what}; records: {done.records}")


def _propose(files: list[Path] | None, *, from_shipped: bool) -> Proposal:
    kafka = OperatorSettings().kafka_or_fail()
    return asyncio.run(directory.propose(kafka, files or [], from_shipped=from_shipped))


def _say(proposal: Proposal, revision: int | None, *, as_json: bool, applied: bool = False) -> None:
    changes, warnings = proposal.changes, proposal.warnings(system_clock().date())
    for warning in warnings:
        print(f"qcdc: warning: {warning}", file=sys.stderr)
    if as_json:
        listed = [{"change": it.kind, **asdict(it)} for it in changes]
        answer = {
            "base": proposal.base.revision,
            "published": revision,
            "changes": listed,
            "warnings": warnings,
        }
        print(json.dumps(answer, ensure_ascii=False))
        return
    if proposal.base.revision:
        for change in changes:
            print(*change.lines(), sep="\n")
    else:
        _say_counts(proposal.wanted)  # all of it is new: nobody reads fourteen thousand lines
    if not changes:
        print("nothing differs from what is in force")
    elif applied:
        print(f"published as revision {revision}; entities: {len(changes)}")
    else:
        print(f"would be published on revision {proposal.base.revision}; entities: {len(changes)}")


def _say_revision(published: PublishedDirectory, *, as_json: bool) -> None:
    replica, revision = published.replica, published.replica.in_force
    refused = [it for it in replica.seen if it.refused]
    if as_json:
        in_force = revision.model_dump(mode="json") if revision else None
        print(
            json.dumps(
                {
                    "in_force": in_force,
                    "entities": directory.counted(replica.entities),
                    "unfinished": replica.unfinished,
                },
                ensure_ascii=False,
            )
        )
        return
    if revision is None:
        print("nothing is published: the services work by what ships with the code")
    else:
        print(f"revision {revision.revision} of {revision.occurred_at}: {revision.document}")
        _say_counts(replica.entities)
    for seen in refused:
        print(
            f"refused: revision {seen.revision.revision} ({seen.revision.document}) {seen.refused}"
        )
    if replica.unfinished:
        print("a publication was cut short or is under way; the next one puts it in order")


def _say_counts(entities: Entities) -> None:
    for kind, number in directory.counted(entities).items():
        print(f"  {number} {kind}")
