"""``apprenti workspace`` and ``apprenti token``: done at the machine, straight on the database.

Whoever can open the database can do all of this anyway, so no token is asked for; the audit log says who it was.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from apprenti.cli import show_service
from apprenti.domain.errors import OptionError

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk
    from apprenti.cli.flows import Flows
    from apprenti.flow.service.service import Service


def workspace(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti workspace list | export FILE | import FILE``."""
    action = {"list": _list_workspaces, "export": _export, "import": _import}[options.action]
    # what is taken in may be the first there is: a service that moves here
    with flows.service(
        place_options(options), desk.environment, may_begin=options.action == "import"
    ) as service:
        action(service, options, desk, flows)
    return 0


def token(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti token list | create NAME | revoke ID``."""
    action = {"list": _list_tokens, "create": _create, "revoke": _revoke}[options.action]
    with flows.service(place_options(options), desk.environment) as service:
        action(service, options, desk, flows)
    return 0


def work(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti work``: a worker of its own."""
    hosts = {name: tuple(getattr(options, name) or ()) for name in ("hosts", "private_hosts")}
    flows.work(
        {**place_options(options), **hosts},
        environment=desk.environment,
        begun=lambda: desk.tell(desk.say("worker_begun")),
    )
    if desk.as_json:
        desk.write_json({"stopped": True})
    else:
        desk.tell(desk.say("stopped"))
    return 0


def place_options(options: Namespace) -> dict[str, Any]:
    """Return where the service is said to be, by the names ``opening.place_of`` has for it."""
    return {"folder": options.data, "database": options.database, "blobs": options.blobs}


def _list_workspaces(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    found = flows.list_workspaces(service)
    if desk.as_json:
        desk.write_json({"workspaces": [show_service.workspace_data(one) for one in found]})
    else:
        desk.write(show_service.workspaces_text(found))


def _export(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    workspace_id = options.workspace or _only_workspace(service, flows)
    if options.file.exists() and not options.overwrite:
        raise OptionError("archive_exists", path=str(options.file))
    done = flows.export_workspace(service, workspace_id, options.file)
    if desk.as_json:
        desk.write_json(show_service.exported_data(done, options.file))
    else:
        desk.write(show_service.exported_text(done, options.file, desk.lang))


def _import(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    done = flows.import_workspace(service, options.file, name=options.name)
    if desk.as_json:
        desk.write_json(show_service.imported_data(done))
    else:
        desk.write(show_service.imported_text(done, desk.lang))


def _list_tokens(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    found = flows.list_tokens(service, options.workspace)
    if desk.as_json:
        desk.write_json({"tokens": [show_service.token_data(one) for one in found]})
    else:
        desk.write(show_service.tokens_text(found, desk.lang))


def _create(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    made = flows.create_token(service, options.workspace, name=options.name, role=options.role)
    if desk.as_json:
        desk.write_json({**show_service.token_data(made.token), "secret": made.secret})
    else:
        desk.tell(desk.say("token_made"))
        desk.write(made.secret)


def _revoke(service: Service, options: Namespace, desk: Desk, flows: Flows) -> None:
    flows.revoke_token(service, options.id)
    if desk.as_json:
        desk.write_json({"revoked": options.id})
    else:
        desk.write(desk.say("token_revoked"))


def _only_workspace(service: Service, flows: Flows) -> str:
    """Return the workspace that is meant where none is named: of several, none is.

    Raises:
        OptionError: there are several, or none.
    """
    found = flows.list_workspaces(service)
    if len(found) != 1:
        raise OptionError("workspace_unclear", n=len(found))
    return found[0].id
