"""The lessons on an address of this machine, for one learner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from apprenti.server import KEEP_ALIVE_SECONDS, listen, open_door
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.domain.lesson_context import LessonContext

HOST = "127.0.0.1"


def serve_lessons(own: LessonContext | None, *, port: int, lang: Lang, tell: Callable[[str], None]) -> None:
    """Serve the lessons until Ctrl-C, to this machine alone.

    Args:
        own: the learner's run; ``None`` for the reference set.
        port: to listen on; 0 takes a free one.
        lang: what the person at the terminal reads.
        tell: writes a line to that person.

    Raises:
        OptionError: the port cannot be listened on.
    """
    import uvicorn

    from apprenti.api.guard import Guard
    from apprenti.flow.small_run import reference_context
    from apprenti.web.learning.alone import make_school

    app = Guard(make_school(own, reference_context), door=open_door(HOST))
    with listen(HOST, port) as listening:
        tell(say("cli.learning", lang, address=f"http://{HOST}:{listening.getsockname()[1]}/learn"))
        tell(say("cli.how_to_stop", lang))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            tell(say("cli.stopped", lang))
