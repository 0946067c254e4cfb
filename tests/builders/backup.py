"""Backups of a database, by two means."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tools.stack.waiting import blocking

Restore = Callable[[], None]
"""Puts the database back as it was when the backup was made."""


def copied(url: str, _: Path) -> Restore:
    """
    Back up as a snapshot of files does it: what comes back has the same tables, only older.

    The server is stopped for it, so nobody may be connected.
    """
    name = urlsplit(url).path[1:]
    kept = f"{name}_kept"
    maintenance = urlsplit(url)._replace(path="/postgres").geturl()
    _run(maintenance, f'CREATE DATABASE "{kept}" TEMPLATE "{name}"')

    def restore() -> None:
        _run(maintenance, f'DROP DATABASE "{name}"')
        _run(maintenance, f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')

    return restore


def dumped(url: str, folder: Path) -> Restore:
    """Back up with pg_dump; what comes back are new tables."""
    file = folder / "backup.dump"
    subprocess.run(["pg_dump", "--format=custom", f"--file={file}", url], check=True)
    command = ["pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={url}"]

    def restore() -> None:
        subprocess.run([*command, str(file)], check=True)

    return restore


def _run(url: str, statement: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    blocking(work())
