"""The flows a command may call, each imported only when it is called, so that ``--help`` loads nothing heavy.

Tests hand the commands another object with the same methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.cli.learn_flows import LearnFlows

if TYPE_CHECKING:
    from apprenti.domain.health import Finding
    from apprenti.domain.hub import BackboneChoice
    from apprenti.domain.prediction import Prediction
    from apprenti.domain.report import Report
    from apprenti.domain.seams import Progress
    from apprenti.domain.service import Caller, Token, Workspace
    from apprenti.flow.bench_selector import SelectorBench
    from apprenti.flow.choosing import RecipeKind
    from apprenti.flow.export import ModelExport
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.knowledge import Export, KnowledgeSummary, Merge
    from apprenti.flow.service.access import NewToken
    from apprenti.flow.service.exporting import Exported
    from apprenti.flow.service.importing import Imported
    from apprenti.flow.service.service import Service
    from apprenti.flow.tools import Tools
    from apprenti.flow.train import Training
    from apprenti.store.database.rows import Page
    from apprenti.texts import Lang


class Flows(LearnFlows):
    """What a person can ask for; see ``apprenti.flow`` for what each does."""

    def tools(self, environment: Mapping[str, str], progress: Progress) -> AbstractContextManager[Tools]:
        """Open what the other flows work with."""
        from apprenti.settings import open_tools, read_settings

        return open_tools(read_settings(environment), progress)

    def inspect(self, source: Path, *, backbones: Sequence[BackboneChoice], tools: Tools) -> Inspection:
        """Look at labelled data without training on it."""
        from apprenti.flow.inspect import inspect_data

        return inspect_data(source, backbones=backbones, tools=tools)

    def train(
        self,
        source: Path,
        *,
        out: Path,
        budget_seconds: float,
        backbones: Sequence[BackboneChoice],
        seed: int,
        recipes: RecipeKind,
        lang: Lang,
        tools: Tools,
    ) -> Training:
        """Make a recogniser from labelled data."""
        from apprenti.flow.train import train

        return train(
            source,
            out=out,
            budget_seconds=budget_seconds,
            backbones=backbones,
            seed=seed,
            recipes=recipes,
            lang=lang,
            tools=tools,
        )

    def predict(self, model: Path, items: Iterable[str], *, top: int) -> Iterator[Prediction]:
        """Say what each item is, one after the other."""
        from apprenti.flow.predict import predict

        return predict(model, items, top=top)

    def evaluate(self, model: Path, source: Path, *, tools: Tools) -> Report:
        """Score a model on a labelled set."""
        from apprenti.flow.evaluate import evaluate

        return evaluate(model, source, tools=tools)

    def write_report(self, model: Path, *, lang: Lang, out: Path | None = None) -> Path:
        """Write the page about a model and return where it is."""
        from apprenti.flow.report import write_report

        return write_report(model, lang=lang, out=out)

    def export_model(
        self,
        model: Path,
        files: Mapping[str, Path | None],
        *,
        photos: Path | None,
        overwrite: bool,
        force: bool,
        tools: Tools,
    ) -> ModelExport:
        """Write parts of a model for other programs."""
        import time

        from apprenti.flow.export import export_model

        return export_model(
            model,
            files,
            photos=photos,
            overwrite=overwrite,
            force=force,
            cpu_clock=time.thread_time,
            tools=tools,
        )

    def write_samples(self, name: str, folder: Path) -> int:
        """Write a small real data set as folders of pictures and return how many there are."""
        from apprenti.flow.samples import write_samples

        return write_samples(name, folder)

    def knowledge_folder(self, environment: Mapping[str, str]) -> Path:
        """Return where trainings leave what they learnt about recipes."""
        from apprenti.settings import read_settings

        return read_settings(environment).knowledge_folder

    def show_knowledge(self, folder: Path) -> KnowledgeSummary:
        """Say what earlier trainings taught."""
        from apprenti.flow.knowledge import show_knowledge

        return show_knowledge(folder)

    def export_knowledge(self, folder: Path, out: Path) -> Export:
        """Write it into a file for others."""
        from apprenti.flow.knowledge import export_knowledge

        return export_knowledge(folder, out)

    def merge_knowledge(self, folder: Path, source: Path) -> Merge:
        """Add what others exported."""
        from apprenti.flow.knowledge import merge_knowledge

        return merge_knowledge(folder, source)

    def forget_knowledge(self, folder: Path, *, imports_only: bool) -> KnowledgeSummary:
        """Delete it."""
        from apprenti.flow.knowledge import forget_knowledge

        return forget_knowledge(folder, imports_only=imports_only)

    def bench_selector(
        self,
        perf: Path,
        meta: Path,
        cost: Path | None,
        *,
        k: int,
        budget_seconds: float | None,
        groups: str | None,
        seed: int,
        progress: Progress,
    ) -> SelectorBench:
        """Judge how recipes are chosen on a matrix of known scores."""
        import time

        from apprenti.flow.bench_selector import bench_selector

        return bench_selector(
            perf,
            meta,
            cost,
            k=k,
            budget_seconds=budget_seconds,
            groups=groups,
            seed=seed,
            progress=progress,
            clock=time.monotonic,
        )

    def serve(
        self,
        models: Sequence[Path],
        *,
        host: str,
        port: int,
        lang: Lang,
        tell: Callable[[str], None],
        environment: Mapping[str, str],
    ) -> None:
        """Answer over HTTP until stopped."""
        from apprenti.server import serve
        from apprenti.settings import read_settings

        n_workers = read_settings(environment).n_workers
        serve(models, host=host, port=port, n_workers=n_workers, lang=lang, tell=tell)

    def serve_service(
        self,
        given: Mapping[str, Any],
        *,
        host: str,
        port: int,
        lang: Lang,
        tell: Callable[[str], None],
        environment: Mapping[str, str],
    ) -> None:
        """Run the whole service until stopped; ``given`` are the options somebody gave, by name."""
        from apprenti.opening import place_of
        from apprenti.service_server import DEFAULT_RATE, ServeOptions, serve_service
        from apprenti.settings import read_settings

        settings = read_settings(environment)
        place = place_of(
            environment,
            settings.data_folder,
            folder=given.get("data"),
            database=given.get("database"),
            blobs=given.get("blobs"),
            hosts=tuple(given.get("hosts", ())),
            private_hosts=tuple(given.get("private_hosts", ())),
        )
        options = ServeOptions(
            host=host,
            port=port,
            names=tuple(given.get("names", ())),
            tls_cert=given.get("tls_cert"),
            tls_key=given.get("tls_key"),
            insecure_http=given.get("insecure_http", False),
            n_workers=given.get("workers", 1),
            rate=given.get("rate", DEFAULT_RATE),
            new_token=given.get("new_token", False),
            n_processes=given.get("processes", 1),
        )
        serve_service(place, options, settings=settings, environment=environment, lang=lang, tell=tell)

    def work(
        self, place: Mapping[str, Any], *, environment: Mapping[str, str], begun: Callable[[], None]
    ) -> None:
        """Work for a service until stopped."""
        from apprenti.opening import place_of
        from apprenti.settings import read_settings
        from apprenti.workers import work_alone

        work_alone(place_of(environment, read_settings(environment).data_folder, **place), begun=begun)

    @contextmanager
    def service(
        self, place: Mapping[str, Any], environment: Mapping[str, str], *, may_begin: bool = False
    ) -> Iterator[Service]:
        """Open the service somebody means, with its data straight from the database.

        Raises:
            OptionError: there is none, and none may begin.
        """
        from apprenti.opening import open_service, place_of, require_service
        from apprenti.settings import read_settings

        meant = place_of(environment, read_settings(environment).data_folder, **place)
        if not may_begin:
            require_service(meant)
        with open_service(meant, environment) as service:
            yield service

    def examine(
        self,
        place: Mapping[str, Any],
        *,
        host: str,
        port: int,
        thorough: bool,
        environment: Mapping[str, str],
    ) -> list[Finding]:
        """Look after the machine and the service on it; nothing is changed."""
        import time

        from apprenti import opening
        from apprenti.cli import machine
        from apprenti.flow.service.doctor import Patient, examine
        from apprenti.settings import read_settings
        from apprenti.store.database.connection import Database

        meant = opening.place_of(environment, read_settings(environment).data_folder, **place)
        served, kept_from_seeing = machine.served_finding(meant)
        patient = Patient(
            reach=lambda: Database.as_it_is(meant.database_url),
            open_locks=lambda: opening.open_locks(meant),
            open_blobs=lambda: opening.open_blobs(meant, environment),
            is_served=served,
            where=str(meant.folder),
            now_us=time.time_ns() // 1000,
            is_named=any(place.values()) or bool(meant.database),
            thorough=thorough,
        )
        return [
            *machine.program_findings(),
            *machine.folder_findings(meant),
            *filter(None, [kept_from_seeing]),
            *examine(patient),
            machine.port_finding(host, port, is_served=served),
        ]

    def list_workspaces(self, service: Service) -> list[Workspace]:
        """Return all workspaces."""
        from apprenti.flow.service.workspaces import list_workspaces

        return list(_every(partial(list_workspaces, service, at_the_machine())))

    def export_workspace(self, service: Service, workspace_id: str, out: Path) -> Exported:
        """Write a workspace as one archive, which only this user may read."""
        from apprenti.flow.service.exporting import export_workspace
        from apprenti.store.files import written_atomically

        with written_atomically(out, private=True) as file:
            return export_workspace(service, at_the_machine(), workspace_id, file)

    def import_workspace(self, service: Service, source: Path, *, name: str | None) -> Imported:
        """Make a workspace of an archive."""
        from apprenti.domain.errors import UserError
        from apprenti.flow.service.importing import import_workspace

        try:
            file = source.open("rb")
        except OSError as error:
            raise UserError("archive_unreadable", path=str(source), cause=error.strerror or "") from error
        with file:
            return import_workspace(service, at_the_machine(), file, name=name)

    def list_tokens(self, service: Service, workspace_id: str | None) -> list[Token]:
        """Return the tokens of a workspace, or all of all."""
        from apprenti.flow.service.access import list_tokens

        ids = [workspace_id] if workspace_id else [None, *(one.id for one in self.list_workspaces(service))]
        found: list[Token] = []
        for id_ in ids:
            found += _every(partial(list_tokens, service, at_the_machine(), id_))
        return found

    def create_token(self, service: Service, workspace_id: str | None, *, name: str, role: str) -> NewToken:
        """Make a token, and the secret that is shown once."""
        from apprenti.domain.service import Role
        from apprenti.flow.service.access import create_token

        return create_token(service, at_the_machine(), workspace_id, name=name, role=Role[role.upper()])

    def revoke_token(self, service: Service, token_id: str) -> None:
        """Take a token back, whatever it opens."""
        from apprenti.flow.service.access import revoke_token

        revoke_token(service, at_the_machine(), None, token_id)


def at_the_machine() -> Caller:
    """Return on whose behalf somebody acts who has the database itself."""
    from apprenti.domain.service import Caller, Role

    return Caller(token_id="(command line)", role=Role.OPERATOR)  # noqa: S106 (a name, not a secret)


def _every(list_some: Callable[..., Page[Any]]) -> Iterator[Any]:
    page = list_some(cursor=None)
    yield from page.items
    while page.next_cursor is not None:
        page = list_some(cursor=page.next_cursor)
        yield from page.items
