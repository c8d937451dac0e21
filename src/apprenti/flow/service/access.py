"""Who may come in: tokens are made, shown once, and told from their hash; and what each may do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from apprenti.domain.errors import AccessError, NotFoundError, StoreError, TokenError
from apprenti.domain.service import Caller, Role, Token, Workspace
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, hash_of, note
from apprenti.flow.service.words import required_text
from apprenti.store.database import tokens, workspaces
from apprenti.store.database.rows import Page

DEFAULT_WORKSPACE = "Default"
MINUTE_US = 60_000_000
ITSELF = Caller(token_id="(service)", role=Role.OPERATOR)  # noqa: S106 (a name, not a secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was made, with the secret that is shown this once.

    Args:
        token: what is kept.
        secret: what the caller sends.
    """

    token: Token
    secret: str


def begin_service(service: Service) -> NewToken | None:
    """Make what a service needs when it starts for the first time: a workspace and an operator's token.

    Returns:
        The token, or ``None`` where there were tokens already.
    """
    with service.database.write() as tx:
        if workspaces.first(tx) is None:
            first = Workspace(id=service.new_id(), name=DEFAULT_WORKSPACE, created_us=service.now_us())
            workspaces.insert(tx, first)
            note(tx, service, ITSELF, first.id, "create", "workspace", first.id)
        if tokens.count(tx):
            return None
        made = _made(service, workspace_id=None, name="first", role=Role.OPERATOR)
        tokens.insert(tx, made.token)
        note(tx, service, ITSELF, "", "create", "token", made.token.id)
    return made


def caller_of(service: Service, secret: str) -> Caller:
    """Return on whose behalf somebody who shows this secret acts.

    Raises:
        TokenError: nobody's.
    """
    with service.database.read() as tx:
        token = tokens.by_hash(tx, hash_of(secret))
    if token is None:
        raise TokenError("token_unknown")
    now_us = service.now_us()
    if token.last_used_us is None or abs(now_us - token.last_used_us) > MINUTE_US:
        # where nothing can be written, such as on a full disk, people can still look
        with suppress(StoreError), service.database.write() as tx:
            tokens.note_use(tx, token.id, now_us=now_us)
    return Caller(token_id=token.id, role=token.role, workspace_id=token.workspace_id)


def allow(caller: Caller, workspace_id: str, role: Role) -> None:
    """Pass, where ``caller`` may do what takes ``role`` in a workspace.

    Raises:
        NotFoundError: the workspace is not the caller's; whether there is such a one is not told.
        AccessError: the caller's role does not reach.
    """
    if caller.workspace_id is not None and caller.workspace_id != workspace_id:
        raise NotFoundError("not_found", noun="workspace", id=workspace_id[:100])
    if caller.role < role:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed=role.name.lower())


def create_token(
    service: Service, caller: Caller, workspace_id: str | None, *, name: str, role: Role
) -> NewToken:
    """Make a token for a workspace, or for all where ``workspace_id`` is ``None``.

    Raises:
        AccessError: a caller gives no more than it has.
        NotFoundError: there is no such workspace.
    """
    name = required_text(name, "name", most=MAX_NAME_LETTERS)
    needed = Role.OPERATOR if workspace_id is None else max(Role.OWNER, role)
    allow(caller, workspace_id or "", needed) if workspace_id else require_operator(caller)
    made = _made(service, workspace_id=workspace_id, name=name, role=role)
    with service.database.write() as tx:
        if workspace_id is not None:
            workspaces.get(tx, workspace_id)
        tokens.insert(tx, made.token)
        note(
            tx, service, caller, workspace_id or "", "create", "token", made.token.id, role=role.name.lower()
        )
    return made


def list_tokens(
    service: Service, caller: Caller, workspace_id: str | None, *, cursor: str | None = None, limit: int = 50
) -> Page[Token]:
    """Return the tokens of a workspace, or those that open all; without their secrets: nobody has those."""
    _allow_tokens(caller, workspace_id)
    with service.database.read() as tx:
        return tokens.page(tx, workspace_id, cursor=cursor, limit=limit)


def revoke_token(service: Service, caller: Caller, workspace_id: str | None, token_id: str) -> None:
    """Take a token back; it opens nothing any more.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: whose token; operators take back theirs from everywhere. ``None`` for any, of whatever workspace.
        token_id: which.

    Raises:
        NotFoundError: there is none of this id.
    """
    _allow_tokens(caller, workspace_id)
    may_all = caller.role >= Role.OPERATOR
    with service.database.write() as tx:
        if not tokens.revoke(tx, workspace_id, token_id, now_us=service.now_us(), with_operators=may_all):
            raise NotFoundError("not_found", noun="token", id=token_id[:100])
        note(tx, service, caller, workspace_id or "", "revoke", "token", token_id)


def _allow_tokens(caller: Caller, workspace_id: str | None) -> None:
    if workspace_id is None:
        require_operator(caller)
    else:
        allow(caller, workspace_id, Role.OWNER)


def require_operator(caller: Caller) -> None:
    """Pass, where ``caller`` may do what concerns all workspaces.

    Raises:
        AccessError: the caller's role does not reach.
    """
    if caller.role < Role.OPERATOR:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed="operator")


def _made(service: Service, *, workspace_id: str | None, name: str, role: Role) -> NewToken:
    secret = service.new_secret()
    token = Token(
        id=service.new_id(),
        workspace_id=workspace_id,
        name=name,
        role=role,
        sha256=hash_of(secret),
        created_us=service.now_us(),
    )
    return NewToken(token=token, secret=secret)
