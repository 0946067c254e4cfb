"""The operators' command line: ``qcdc --help`` lists every verb."""

from tools.qcdc.main import main

__all__ = ["main"]
