"""A training as a stream of server-sent events: each tells how it stands, so that none has to be kept.

An event's id is a digest of what it tells. Whoever comes back with ``Last-Event-ID`` is told what has changed since,
and nothing where nothing has. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated

from anyio import to_thread
from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse

from apprenti.api.refusals import RefusedError
from apprenti.api.v1.asking import Asking, Asks, Id, nouns
from apprenti.api.v1.schemas_trainings import TrainingView
from apprenti.domain.errors import ApprentiError
from apprenti.flow.service import trainings

ROUTER = nouns("trainings")
MOST_STREAMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a stream looks and speaks.

    Args:
        look_seconds: between looks at the training.
        heartbeat_seconds: after so long without news a comment shows that somebody is there.
        longest_seconds: then the stream ends, and whoever still listens comes back and shows his token again.
    """

    look_seconds: float = 0.5
    heartbeat_seconds: float = 15.0
    longest_seconds: float = 600.0


class Streams:
    """The streams that are open.

    Args:
        pace: of each.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.is_closing = False
        self.n_open = 0

    def close(self) -> None:
        """Let every stream end at its next look: the server stops."""
        self.is_closing = True


_STREAM = {
    200: {
        "description": "events `progress` and at last `end`, each with the training as data",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "it is over, and you have been told (Last-Event-ID): do not come back"},
}


@ROUTER.get("/trainings/{training_id}/events", response_class=Response, responses=_STREAM)  # type: ignore[arg-type]
async def follow_training(
    request: Request,
    asks: Asks,
    training_id: Id,
    last_event_id: Annotated[
        str | None, Header(max_length=64, description="of the last event you have")
    ] = None,
) -> Response:
    """Follow a training; a stream that breaks off is taken up again with ``Last-Event-ID``."""
    streams: Streams = request.app.state.streams
    if streams.n_open >= MOST_STREAMS:
        raise RefusedError("too_busy", 503, headers={"retry-after": "5"})
    now = await _look(asks, training_id)
    if now.state.is_over and event_id(now) == last_event_id:
        return Response(status_code=204)
    events = _events(asks, training_id, streams, last_event_id or "", asyncio.get_running_loop().time)
    return StreamingResponse(
        events,
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(
    asks: Asking, training_id: str, streams: Streams, last_id: str, clock: Callable[[], float]
) -> AsyncIterator[str]:
    pace, begun = streams.pace, clock()
    spoke = begun
    streams.n_open += 1
    try:
        yield f"retry: {int(pace.look_seconds * 2000)}\n\n"
        while not streams.is_closing and clock() - begun < pace.longest_seconds:
            now = await _look(asks, training_id)
            if (id_ := event_id(now)) != last_id:
                last_id, spoke = id_, clock()
                yield _event(now, id_)
            if now.state.is_over:
                return
            if clock() - spoke >= pace.heartbeat_seconds:
                spoke = clock()
                yield ": still here\n\n"
            await asyncio.sleep(pace.look_seconds)
    except ApprentiError:  # deleted since, or the database is away: whoever comes back is told
        return
    finally:
        streams.n_open -= 1


async def _look(asks: Asking, training_id: str) -> TrainingView:
    job = await to_thread.run_sync(trainings.get_training, *asks.who, training_id)
    return TrainingView.of(job, asks.lang)


def event_id(view: TrainingView) -> str:
    """Return a word for how a training stands: the same word, the same standing."""
    return hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:16]


def _event(view: TrainingView, id_: str) -> str:
    name = "end" if view.state.is_over else "progress"
    return f"id: {id_}\nevent: {name}\ndata: {view.model_dump_json()}\n\n"
