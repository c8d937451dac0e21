"""One call of the command line, from its words to its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from apprenti.cli.complaints import complain, complaint_of
from apprenti.cli.desk import Desk
from apprenti.cli.flows import Flows
from apprenti.cli.parser import build_parser
from apprenti.error_table import READER_WENT_AWAY


def main(arguments: list[str] | None = None, *, flows: Flows | None = None) -> int:
    """Do what the command line asks for and return the exit code.

    Args:
        arguments: the words after ``apprenti``; those of the process by default.
        flows: what to call instead of the real flows.
    """
    words = sys.argv[1:] if arguments is None else arguments
    desk = Desk.of_process(words)
    try:
        exit_code = _obey(words, desk, flows or Flows())
        desk.stdout.flush()
        return exit_code
    except SystemExit as asked:  # argparse, after --help and --version
        return int(asked.code or 0)
    except BrokenPipeError:
        return _leave_quietly()
    except (KeyboardInterrupt, Exception) as error:
        complaint = complaint_of(error, desk)
        if desk.as_json:
            desk.write_json(complaint.data)
        return complain(error, complaint, desk)


def _obey(words: list[str], desk: Desk, flows: Flows) -> int:
    parser = build_parser(desk.lang)
    options = parser.parse_args(words)
    if options.command is None:
        parser.print_help(desk.stderr)
        return 2
    from apprenti.cli import commands

    command: Callable[..., int] = getattr(commands, options.command)
    return command(options, desk, flows)


def _leave_quietly() -> int:
    """Return the code of a command whose reader (``head``) has gone, without a second complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_WENT_AWAY
