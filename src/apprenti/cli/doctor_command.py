"""``apprenti doctor``: looks after the machine and the service on it, and says what to do."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apprenti.cli.complaints import printable
from apprenti.cli.service_commands import place_options
from apprenti.domain.health import Finding, Level, worst
from apprenti.error_table import EXIT_OF_HEALTH
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk
    from apprenti.cli.flows import Flows

WIDTH = 100


def doctor(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti doctor``."""
    findings = flows.examine(
        place_options(options),
        host=options.host,
        port=options.port,
        thorough=options.thorough,
        environment=desk.environment,
    )
    if desk.as_json:
        desk.write_json(
            {
                "level": worst(findings).name.lower(),
                "findings": [finding_data(one, desk.lang) for one in findings],
            }
        )
    else:
        desk.write(findings_text(findings, desk))
    return EXIT_OF_HEALTH[worst(findings)]


def findings_text(findings: Sequence[Finding], desk: Desk) -> str:
    """Return a table: how it is, what it is, what was found, and below that what to do."""
    levels = {level: _say(desk, f"level_{level.name.lower()}") for level in Level}
    topics = [_say(desk, f"topic_{one.topic}") for one in findings]
    first, second = max(map(len, levels.values())), max(map(len, topics), default=0)
    lines = []
    for one, topic in zip(findings, topics, strict=True):
        head = f"{levels[one.level]:{first}}  {topic:{second}}  "
        said = [one.found, *([one.advice] if one.advice else [])]
        for number, sentence in enumerate(said):
            text = printable(sentence.said(desk.lang))
            lead = head if number == 0 else f"{'':{first + second + 2}}→ "
            lines += textwrap.wrap(
                text,
                WIDTH,
                initial_indent=lead,
                subsequent_indent=" " * len(head),
                break_long_words=False,
                break_on_hyphens=False,
            )
    n_by_level = {level: sum(one.level is level for one in findings) for level in Level}
    end = worst(findings).name.lower()
    if worst(findings) is Level.OK and any(one.found.key == "doctor.no_service" for one in findings):
        end = "ready"
    return "\n".join([*lines, "", _say(desk, f"in_all_{end}", n=n_by_level[worst(findings)])])


def finding_data(one: Finding, lang: Lang) -> dict[str, Any]:
    """Return a finding as JSON."""
    return {
        "topic": one.topic,
        "level": one.level.name.lower(),
        "code": one.found.key.partition(".")[2],
        "found": one.found.said(lang),
        "advice": one.advice.said(lang) if one.advice else None,
    }


def _say(desk: Desk, key: str, **values: int) -> str:
    return say(f"doctor.{key}", desk.lang, **values)
