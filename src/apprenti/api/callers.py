"""Who asks: the secret in a header told from its hash, and remembered for a few seconds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from apprenti.domain.errors import TokenError
from apprenti.domain.seams import Sign
from apprenti.domain.service import Caller
from apprenti.flow.service.access import caller_of
from apprenti.flow.service.service import Service, hash_of
from apprenti.flow.service.sessions import COOKIE, caller_of_session
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.store.board import OwnSign

REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 10_000
LONGEST_SECRET = 500
SCHEMES = ("token", "bearer", "jwt")
"""All three mean the same; the last two are what other clients send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A secret that a request shows.

    Args:
        secret: empty where it shows none.
        is_cookie: a browser sent it by itself, so that another page may have made it send it.
    """

    secret: str
    is_cookie: bool = False

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return ("cookie:" if self.is_cookie else "") + hash_of(self.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    caller: Caller
    until: float
    sign: object


class Callers:
    """Looks callers up, and asks the database again only every few seconds.

    A token that is taken back by this server is forgotten at once; one that another took back, or somebody at the
    machine, opens something for ``REMEMBERED_SECONDS`` more.

    Args:
        service: what to look in.
        clock: seconds that only ever grow.
        changes: tells that something was taken back; shared where several processes answer.
    """

    def __init__(self, service: Service, *, clock: Callable[[], float], changes: Sign | None = None) -> None:
        self._service, self._clock = service, clock
        self._changes = changes or OwnSign()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._workspaces: dict[tuple[str, str | None], tuple[str, float, object]] = {}

    def remembered(self, shown: Shown) -> Caller | None:
        """Return the caller, where the secret was shown a moment ago."""
        known = self._known.get(shown.key)
        if known is None or known.until <= self._clock() or known.sign != self._changes.now:
            return None
        return known.caller

    async def of(self, shown: Shown) -> Caller:
        """Return the caller who has this secret.

        Raises:
            TokenError: nobody has.
        """
        caller = self.remembered(shown)
        if caller is not None:
            return caller
        key, look = shown.key, caller_of_session if shown.is_cookie else caller_of
        sign = self._changes.now  # before looking: what is taken back meanwhile makes what was seen old
        try:
            caller = await to_thread.run_sync(look, self._service, shown.secret)
        except TokenError:
            self._known.pop(key, None)
            raise
        self._known[key] = _Known(caller=caller, until=self._clock() + REMEMBERED_SECONDS, sign=sign)
        self._known.move_to_end(key)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def workspace_of(self, caller: Caller, wanted: str | None) -> str:
        """Return the id of the workspace a caller means who names one, or none.

        Raises:
            NotFoundError: it is not the caller's, or not there.
        """
        if caller.workspace_id is not None and wanted in (None, caller.workspace_id):
            return caller.workspace_id
        key = (caller.token_id, wanted)
        sign = self._changes.now
        found, until, seen = self._workspaces.get(key, ("", 0.0, None))
        if until > self._clock() and seen == sign:
            return found
        meant = await to_thread.run_sync(workspace_meant, self._service, caller, wanted)
        if len(self._workspaces) >= MOST_REMEMBERED:
            self._workspaces.clear()
        self._workspaces[key] = (meant.id, self._clock() + REMEMBERED_SECONDS, sign)
        return meant.id

    def forget(self) -> None:
        """Ask the database again from now on: a token was taken back, or a workspace deleted."""
        self._changes.change()


def shown_in(headers: Headers) -> Shown:
    """Return the secret a request shows: that of a token, else that of a browser's cookie.

    Example:
        >>> shown_in(Headers({"authorization": "Token abc"})).secret
        'abc'
    """
    if "authorization" in headers or "cookie" not in headers:
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        return Shown(secret=_sensible(secret.strip()) if scheme.lower() in SCHEMES else "")
    cookie = cookie_parser(headers["cookie"]).get(COOKIE, "")
    return Shown(secret=_sensible(cookie), is_cookie=True)


def _sensible(secret: str) -> str:
    return secret if len(secret) <= LONGEST_SECRET else ""
