"""What a window alarm says, as it is kept and as people read it."""

from __future__ import annotations

from apprenti.domain.json_form import from_json
from apprenti.domain.service import Alarm
from apprenti.stages.feedback.drift import DriftNotice


def notices_of(alarm: Alarm | None) -> tuple[DriftNotice, ...]:
    """Return the sentences of an alarm; nothing without one."""
    if alarm is None:
        return ()
    return tuple(from_json(DriftNotice, dict(notice)) for notice in alarm.notices)
