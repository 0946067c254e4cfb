"""Faults of the database: it is read only, its connections end, its disk is full."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from tests.chaos.faults.scene import Scene
from tests.eventually import eventually

DISK_BYTES = 48 * 1_048_576


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect, however long the server is away."""
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            await asyncio.sleep(0.3)
        else:
            break
    try:
        yield connection
    finally:
        connection.terminate()


async def _configure(scene: Scene, statement: str) -> None:
    while True:
        try:
            async with _connected(scene.stack.postgres.url) as connection:
                await connection.execute(statement)
                await connection.execute("SELECT pg_reload_conf()")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.3)
        else:
            return


async def read_only(scene: Scene) -> None:
    """Refuse every write for a while, as a standby does after a failover."""
    await _configure(scene, "ALTER SYSTEM SET default_transaction_read_only = on")
    try:
        await scene.pause(1, 5)
    finally:
        await _configure(scene, "ALTER SYSTEM RESET default_transaction_read_only")


async def end_connections(scene: Scene) -> None:
    """End every connection of every service."""
    async with _connected(scene.stack.postgres.url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small disk for PostgreSQL; None where this machine lets nobody mount one."""
    folder.mkdir(parents=True)
    options = ("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder))
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def back_up(scene: Scene, service: str) -> str:
    """Copy the database of a service whose processes are stopped; return the copy's name."""
    name = _name(scene, service)
    copy = f"{name}_backup"
    async with _connected(scene.stack.postgres.url) as connection:
        await connection.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        await connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    return copy


async def restore(scene: Scene, service: str, copy: str) -> None:
    """Put the copy in place of the database, under the processes that use it."""
    name = _name(scene, service)
    async with _connected(scene.stack.postgres.url) as connection:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy}"')


def _name(scene: Scene, service: str) -> str:
    return scene.deployment.databases[service].rpartition("/")[2].partition("?")[0]


async def move_journal_to(scene: Scene, disk: Path) -> None:
    """Let the journal of intake lie on *disk*."""
    await asyncio.to_thread(_give_to_postgres, scene, disk)
    async with _connected(scene.deployment.databases["intake"]) as connection:
        await connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        await connection.execute("ALTER TABLE qcdc.journal SET TABLESPACE small")


def _give_to_postgres(scene: Scene, disk: Path) -> None:
    owner = (scene.stack.scratch / "postgres").stat()
    shutil.chown(disk, owner.st_uid, owner.st_gid)


async def fill_disk(scene: Scene, disk: Path) -> None:
    """Fill the disk of the journal, and make room again."""
    filler = disk / "filler"

    async def full() -> bool:
        with filler.open("ab", buffering=0) as file:
            try:
                file.write(bytes(4096))
            except OSError:
                return True
        return False

    try:
        await eventually(full, seconds=30, every=0)
        await scene.pause(2, 6)
    finally:
        filler.unlink(missing_ok=True)
