"""``python -m tools.compose_check``: one line for each step, exit code 0 if all of them passed."""

import os
import signal
import sys
import time
from types import FrameType

from tools.compose_check.check import Say, check
from tools.compose_check.project import CheckFailed, NoEngine, Project
from tools.stack.errors import StackError


def main() -> int:
    """Return what the shell sees; whatever happens, nothing is left running."""
    signal.signal(signal.SIGTERM, _leave)
    say = _stopwatch()
    project = Project.new(os.environ)
    try:
        engine, compose = project.versions()
    except NoEngine as problem:
        print(f"compose-check: {problem}", file=sys.stderr)
        return 1
    say(f"Docker engine {engine}, Compose {compose}")
    try:
        check(project, say)
    except (CheckFailed, StackError) as problem:
        print(project.logs(), f"compose-check: {problem}", sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        project.down()
        say("taken down, with its volumes")
    say("passed")
    return 0


def _stopwatch() -> Say:
    """Return what prints a step with the seconds since the start."""
    start = time.monotonic()
    return lambda text: print(f"{time.monotonic() - start:6.1f} s  {text}", flush=True)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
