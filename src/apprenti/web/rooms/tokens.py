"""The token page: what lets programs and other people in."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from apprenti.domain.errors import OptionError
from apprenti.domain.service import Role
from apprenti.flow.service import access
from apprenti.web.rooms.visits import Forms, Visit, Visits, go_to

ROUTER = APIRouter()
ROLES = (Role.READER, Role.EDITOR, Role.OWNER, Role.OPERATOR)
MOST_SHOWN = 500


@ROUTER.get("/tokens")
def show_tokens(visit: Visits) -> Response:
    """Show the tokens of the workspace, without their secrets: nobody has those."""
    return _page(visit)


@ROUTER.post("/tokens")
def make_token(form: Forms) -> Response:
    """Make a token and show its secret, this once; an operator's opens every workspace."""
    wanted = form.fields.get("role", "").upper()
    if wanted not in {role.name for role in ROLES}:
        raise OptionError("field_unknown", field=wanted[:50])
    made = access.create_token(
        form.visit.house.service,
        form.visit.caller,
        None if wanted == Role.OPERATOR.name else form.visit.workspace_id,
        name=form.fields.get("name", ""),
        role=Role[wanted],
    )
    return _page(form.visit, made=made)


@ROUTER.post("/tokens/{token_id}/revoke")
def revoke_token(form: Forms, token_id: str) -> Response:
    """Take a token back; an operator takes back those of operators too."""
    service, caller, workspace_id = form.visit.who
    opens_all = caller.role >= Role.OPERATOR
    access.revoke_token(service, caller, None if opens_all else workspace_id, token_id)
    form.visit.house.forget_callers()
    return go_to("/tokens")


def _page(visit: Visit, made: access.NewToken | None = None) -> Response:
    found = access.list_tokens(*visit.who, limit=MOST_SHOWN).items if visit.can_own else ()
    if visit.caller.role >= Role.OPERATOR:
        service, caller, _ = visit.who
        found = (*access.list_tokens(service, caller, None, limit=MOST_SHOWN).items, *found)
    alive = [token for token in found if token.revoked_us is None]
    roles = [role.name.lower() for role in ROLES if role <= visit.caller.role]
    return visit.page("tokens", room="tokens", tokens=alive, made=made, roles=roles)
