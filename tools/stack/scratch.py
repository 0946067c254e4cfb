"""The one folder that holds all data and logs of a stack."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(given: Path | None = None, *, keep: bool = False) -> Iterator[Path]:
    """
    Provide a folder for the length of the block.

    It is always a new one, inside *given* if that is named: what is removed at the end is ours.
    """
    if given:
        given.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="qcdc-", dir=given))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # PostgreSQL runs as another user, who must get to its own part
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
