"""The docstring of ``usecases`` lists the commands and queries of the notifier."""

import re
from pathlib import Path

from services.notifier import usecases

_LISTED = re.compile(r"^ {4}(\w+) {2,}\S", re.MULTILINE)


def test_every_use_case_is_listed() -> None:
    """A newcomer asks first what a service can do; the answer is one screen."""
    file = Path(usecases.__file__ or "")
    modules = [it.stem for it in file.parent.glob("*.py") if it != file]

    assert sorted(_LISTED.findall(usecases.__doc__ or "")) == sorted(modules)
