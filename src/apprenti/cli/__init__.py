"""The command line: parse, one call of a flow, show."""

from apprenti.cli.run import main

__all__ = ["main"]
