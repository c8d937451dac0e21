"""Plans: what a training of a task would try, told before anybody asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What trainings of a task would try, as far as it has been worked out; one for each task.

    Args:
        task_id: whose photos.
        wanted_for: digest of the photos it should be made for.
        asked_us: when somebody last asked.
        owner: the worker at it; empty for nobody.
        made_for: digest of the photos it was made for; empty before the first.
        content: what would be tried, see ``flow.service.planning``; empty before the first, or where it failed.
        error: why there is no content: ``{"key", "values"}`` of a sentence.
    """

    task_id: str
    wanted_for: str
    asked_us: int
    owner: str = ""
    made_for: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether it should be made, or made again."""
        return self.wanted_for != self.made_for
