"""The shapes of workspaces, tokens and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from apprenti.api.v1.schemas import Name, Shape, time_of, time_or_none
from apprenti.domain.service import AuditEntry, Caller, Role, Token, Workspace
from apprenti.flow.service.importing import Imported

RoleName = Literal["reader", "editor", "owner", "operator"]


def role_name(role: Role) -> RoleName:
    """Return a role as the API writes it."""
    names: Mapping[Role, RoleName] = {
        Role.READER: "reader",
        Role.EDITOR: "editor",
        Role.OWNER: "owner",
        Role.OPERATOR: "operator",
    }
    return names[role]


class WorkspaceView(BaseModel):
    """What tokens open: everything else belongs to exactly one."""

    id: str
    name: str
    created_at: datetime

    @classmethod
    def of(cls, workspace: Workspace) -> WorkspaceView:
        """Return it as it is shown."""
        return cls(id=workspace.id, name=workspace.name, created_at=time_of(workspace.created_us))


class NewWorkspace(Shape):
    """A workspace to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Bakery"}]})
    name: Name


class ImportedView(BaseModel):
    """What came out of an archive."""

    workspace: WorkspaceView
    n_rows: dict[str, int] = Field(description="by table")
    n_blobs: int = Field(description="images and models")
    has_new_ids: bool = Field(description="ids were taken here, and all were made anew")

    @classmethod
    def of(cls, imported: Imported) -> ImportedView:
        """Return it as it is shown."""
        return cls(
            workspace=WorkspaceView.of(imported.workspace),
            n_rows=imported.n_rows,
            n_blobs=imported.n_blobs,
            has_new_ids=imported.has_new_ids,
        )


class CallerView(BaseModel):
    """Who the token says you are."""

    token_id: str
    role: RoleName
    workspace_id: str = Field(description="the workspace meant where none is named")
    opens_all: bool = Field(description="whether the token opens every workspace")

    @classmethod
    def of(cls, caller: Caller, workspace_id: str) -> CallerView:
        """Return it as it is shown."""
        return cls(
            token_id=caller.token_id,
            role=role_name(caller.role),
            workspace_id=workspace_id,
            opens_all=caller.workspace_id is None,
        )


class TokenView(BaseModel):
    """A token, without its secret: nobody has that but who was shown it."""

    id: str
    workspace_id: str | None = Field(description="null opens every workspace")
    name: str
    role: RoleName
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenView:
        """Return it as it is shown."""
        return cls(**_token_data(token))


class MadeToken(TokenView):
    """A token that was made, with the secret that is shown this once."""

    secret: str | None = Field(description="null where a repeated request is answered again")

    @classmethod
    def with_secret(cls, token: Token, secret: str) -> MadeToken:
        """Return it as it is shown."""
        return cls(**_token_data(token), secret=secret)


class NewToken(Shape):
    """A token to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "phone", "role": "editor"}]}
    )
    name: Name
    role: RoleName = "editor"
    all_workspaces: bool = Field(default=False, description="opens every workspace; operators only")


class AuditView(BaseModel):
    """That something was done."""

    id: str
    token_id: str
    verb: str
    noun: str
    noun_id: str
    details: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditView:
        """Return it as it is shown."""
        return cls(
            id=entry.id,
            token_id=entry.token_id,
            verb=entry.verb,
            noun=entry.noun,
            noun_id=entry.noun_id,
            details=dict(entry.details),
            created_at=time_of(entry.created_us),
        )


def _token_data(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "workspace_id": token.workspace_id,
        "name": token.name,
        "role": role_name(token.role),
        "created_at": time_of(token.created_us),
        "last_used_at": time_or_none(token.last_used_us),
        "revoked_at": time_or_none(token.revoked_us),
    }
