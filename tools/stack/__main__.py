"""
Start the local stack and leave it running until Ctrl-C.

Another terminal uses it through the variables that are printed.
"""

import sys
import threading
from contextlib import suppress

from tools.stack.errors import StackError
from tools.stack.stack import Stack


def main() -> int:
    """Return what the shell sees."""
    try:
        with Stack.start() as stack, suppress(KeyboardInterrupt):
            print(*stack.describe(), sep="\n")
            print(f"export QCDC_KAFKA={stack.kafka.bootstrap}")
            print(f"export QCDC_PG_URL={stack.postgres.url}")
            print(f"data and logs: {stack.scratch}  (Ctrl-C ends all)", flush=True)
            threading.Event().wait()
    except StackError as problem:
        print(f"stack: {problem or problem.__doc__}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
