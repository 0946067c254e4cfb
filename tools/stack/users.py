"""Whom to run PostgreSQL as, since it refuses to run as root."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


class RunArguments(TypedDict, total=False):
    """The arguments of ``subprocess`` that say as whom to run."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class User:
    """An ordinary user of this machine."""

    uid: int
    gid: int

    def own(self, folder: Path) -> None:
        """Give *folder*, and all in it, to this user."""
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, self.uid, self.gid)


def run_arguments(user: User | None) -> RunArguments:
    """Return what makes a child process run as *user*, in no other group; or as ourselves."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def unprivileged_user() -> User | None:
    """Return the user to drop to, or none if we are not root and need not drop anything."""
    if os.geteuid() != 0:
        return None
    entries = {it.pw_name: it for it in pwd.getpwall()}
    entry = entries.get("postgres") or entries["nobody"]
    return User(entry.pw_uid, entry.pw_gid)
