"""The flows a command may call, each imported only when it is called, so that ``--help`` loads nothing heavy.

Tests hand the commands another object with the same methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apprenti.domain.hub import BackboneChoice
    from apprenti.domain.prediction import Prediction
    from apprenti.domain.report import Report
    from apprenti.domain.seams import Progress
    from apprenti.flow.bench_selector import SelectorBench
    from apprenti.flow.choosing import RecipeKind
    from apprenti.flow.export import ModelExport
    from apprenti.flow.inspect import Inspection
    from apprenti.flow.knowledge import Export, KnowledgeSummary, Merge
    from apprenti.flow.tools import Tools
    from apprenti.flow.train import Training
    from apprenti.texts import Lang


class Flows:
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
        )
        serve_service(place, options, settings=settings, environment=environment, lang=lang, tell=tell)
