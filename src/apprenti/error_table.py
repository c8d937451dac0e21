"""One row for every class of error: how the command line exits, and what the API answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apprenti.domain import errors
from apprenti.domain.health import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an error becomes at the doors.

    Args:
        exit_code: of the command; 2 is a wrong command line, as everywhere.
        http_status: of the answer.
    """

    exit_code: int
    http_status: int


UNEXPECTED = Outcome(exit_code=1, http_status=500)
STOPPED_BY_PERSON = 130
READER_WENT_AWAY = 141
EXIT_OF_HEALTH: Mapping[Level, int] = {Level.OK: 0, Level.WARNING: 17, Level.PROBLEM: 18}
"""How ``apprenti doctor`` exits, by the worst it found."""

OUTCOMES: Mapping[type[errors.ApprentiError], Outcome] = {
    errors.ApprentiError: UNEXPECTED,
    errors.OptionError: Outcome(exit_code=2, http_status=400),
    errors.UserError: Outcome(exit_code=3, http_status=400),
    errors.DataError: Outcome(exit_code=3, http_status=422),
    errors.ItemError: Outcome(exit_code=4, http_status=422),
    errors.NotFoundError: Outcome(exit_code=12, http_status=404),
    errors.ConflictError: Outcome(exit_code=13, http_status=409),
    errors.AccessError: Outcome(exit_code=14, http_status=403),
    errors.TokenError: Outcome(exit_code=14, http_status=401),
    errors.StoreError: Outcome(exit_code=15, http_status=503),
    errors.BackboneError: Outcome(exit_code=5, http_status=422),
    errors.ModelFileError: Outcome(exit_code=6, http_status=422),
    errors.KnowledgeFileError: Outcome(exit_code=11, http_status=422),
    errors.EgressError: Outcome(exit_code=16, http_status=422),
    errors.NotYetError: Outcome(exit_code=7, http_status=501),
    errors.ServiceError: Outcome(exit_code=16, http_status=502),
    errors.ServiceUnreachableError: Outcome(exit_code=16, http_status=502),
    errors.ServiceRefusalError: Outcome(exit_code=16, http_status=502),
    errors.WorkError: Outcome(exit_code=8, http_status=500),
    errors.OutOfTimeError: Outcome(exit_code=9, http_status=504),
    errors.OutOfMemoryError: Outcome(exit_code=10, http_status=503),
    errors.InterruptedWorkError: Outcome(exit_code=STOPPED_BY_PERSON, http_status=503),
}


def outcome_of(error: BaseException) -> Outcome:
    """Return the row of the nearest class of ``error``; anything foreign is unexpected."""
    for kind in type(error).__mro__:
        if issubclass(kind, errors.ApprentiError) and kind in OUTCOMES:
            return OUTCOMES[kind]
    return UNEXPECTED
