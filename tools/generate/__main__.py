"""``python -m tools.generate [--check]``: write what is generated, or tell what is out of date."""

import argparse
import sys

from tools.generate.files import ROOT, differing


def main() -> int:
    """Return 0 when all is, or has been made, current; 1 when ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 on a difference"
    )
    checking = parser.parse_args().check
    stale = list(differing())
    for path, text in stale:
        print(f"{'out of date: ' if checking else 'wrote '}{path}")
        if not checking:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
    if not stale:
        print("everything that is generated is current")
    elif checking:
        print("run: make docs")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
