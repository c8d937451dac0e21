"""What is said when a command fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apprenti.domain.errors import ApprentiError
from apprenti.error_table import STOPPED_BY_PERSON, outcome_of
from apprenti.plain import error_data

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A failure put into words.

    Args:
        code: for programs; never changes with the language.
        message: for people: what is wrong and what to do.
        exit_code: see ``error_table``.
    """

    code: str
    message: str
    exit_code: int

    @property
    def data(self) -> dict[str, Any]:
        """Its JSON form."""
        return error_data(self.code, self.message)


def complaint_of(error: BaseException, desk: Desk) -> Complaint:
    """Return what to say of ``error``; an error that is not ours asks to be reported."""
    exit_code = outcome_of(error).exit_code
    if isinstance(error, ApprentiError):
        return Complaint(code=error.key, message=error.said(desk.lang), exit_code=exit_code)
    if isinstance(error, KeyboardInterrupt):
        return Complaint(code="interrupted", message=desk.say("interrupted"), exit_code=STOPPED_BY_PERSON)
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("apprenti"):
        word = desk.say("missing_package", package=str(error.name))
        return Complaint(code="missing_package", message=word, exit_code=exit_code)
    word = desk.say("unexpected", kind=type(error).__name__, detail=printable(str(error)))
    return Complaint(code="unexpected", message=word, exit_code=exit_code)


def complain(error: BaseException, complaint: Complaint, desk: Desk) -> int:
    """Tell the person, and return the exit code; ``--debug`` shows where an error came from."""
    if desk.debug:
        import traceback

        traceback.print_exception(error, file=desk.stderr)
    desk.tell(desk.say("error", message=printable(complaint.message)))
    return complaint.exit_code


def printable(text: str) -> str:
    """Return ``text`` without control characters: a file name must not move the cursor of a terminal."""
    return "".join(
        letter if letter.isprintable() or letter in "\u00a0\u202f" else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )
