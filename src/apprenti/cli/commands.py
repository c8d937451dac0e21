"""The commands: each makes one call of a flow and shows what came back. Named as on the command line."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TextIO

from apprenti import plain
from apprenti.cli import predictions, show
from apprenti.cli.bench_table import bench_text
from apprenti.cli.complaints import printable
from apprenti.cli.doctor_command import doctor as doctor
from apprenti.cli.knowledge_commands import knowledge as knowledge
from apprenti.cli.learn_commands import learn as learn
from apprenti.cli.service_commands import token as token
from apprenti.cli.service_commands import work as work
from apprenti.cli.service_commands import workspace as workspace
from apprenti.cli.show_export import model_export_text
from apprenti.domain.errors import OptionError
from apprenti.settings import default_model_path

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk
    from apprenti.cli.flows import Flows
    from apprenti.flow.tools import Tools


_OF_SERVICE = (
    "data", "database", "blobs", "names", "tls_cert", "tls_key", "insecure_http", "workers", "rate", "new_token",
    "hosts", "private_hosts", "processes",
)  # fmt: skip
_TYPED = {"names": "name", "hosts": "allow-host", "private_hosts": "allow-private-host"}


def inspect(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti inspect DATA``."""
    with _tools(desk, flows) as tools:
        inspection = flows.inspect(options.data, backbones=options.backbones, tools=tools)
    if desk.as_json:
        desk.write_json(plain.inspection_data(inspection, desk.lang))
    else:
        desk.write(show.inspection_text(inspection, desk.lang))
    return 0


def train(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti train DATA``."""
    with _tools(desk, flows) as tools:
        training = flows.train(
            options.data,
            out=options.out or default_model_path(options.data),
            budget_seconds=options.budget,
            backbones=options.backbones,
            seed=options.seed,
            recipes=options.recipes,
            lang=desk.lang,
            tools=tools,
        )
    if desk.as_json:
        desk.write_json(plain.training_data(training, desk.lang))
    else:
        desk.write(show.training_text(training, desk.lang))
    return 0


def predict(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti predict MODEL ITEM...``."""
    if options.csv and desk.as_json:
        raise OptionError("options_exclude", first="--json", second="--csv")
    items = listed(options.items, desk.stdin)
    answers = flows.predict(options.model, items, top=options.top)
    if desk.as_json:
        return predictions.write_json(answers, options.model, desk)
    return predictions.write_csv(answers, desk) if options.csv else predictions.write_lines(answers, desk)


def evaluate(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti evaluate MODEL DATA``."""
    with _tools(desk, flows) as tools:
        report = flows.evaluate(options.model, options.data, tools=tools)
    if desk.as_json:
        desk.write_json(plain.evaluation_data(report, desk.lang))
    else:
        desk.write(show.evaluation_text(report, desk.lang))
    return 0


def report(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti report MODEL``."""
    page = flows.write_report(options.model, lang=desk.lang, out=options.out)
    if desk.as_json:
        desk.write_json({"report": str(page)})
    else:
        desk.write(str(page))
    return 0


def export(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti export MODEL --onnx | --int8 | --labels``."""
    formats = [name for name in ("onnx", "int8", "labels") if getattr(options, name)]
    if options.out is not None and len(formats) > 1:
        raise OptionError("export_one_out")
    with _tools(desk, flows) as tools:
        done = flows.export_model(
            options.model,
            dict.fromkeys(formats, options.out),
            photos=options.photos,
            overwrite=options.overwrite,
            force=options.force,
            tools=tools,
        )
    if desk.as_json:
        desk.write_json(plain.model_export_data(done, desk.lang))
    else:
        desk.write(model_export_text(done, desk.lang))
    return 0


def serve(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti serve [MODEL...]``: models in memory, or without any the whole service."""
    given = {name: getattr(options, name) for name in _OF_SERVICE}
    given = {name: value for name, value in given.items() if value is not None and value is not False}
    if not options.models:
        flows.serve_service(
            given,
            host=options.host,
            port=options.port,
            lang=desk.lang,
            tell=desk.tell,
            environment=desk.environment,
        )
        return 0
    if given:
        name = next(iter(given))
        raise OptionError("option_of_service", name=f"--{_TYPED.get(name, name).replace('_', '-')}")
    flows.serve(
        options.models,
        host=options.host,
        port=options.port,
        lang=desk.lang,
        tell=desk.tell,
        environment=desk.environment,
    )
    return 0


def samples(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti samples NAME FOLDER``."""
    n = flows.write_samples(options.name, options.folder)
    if desk.as_json:
        desk.write_json({"name": options.name, "folder": str(options.folder), "n": n})
    else:
        desk.write(desk.say("samples_written", n=n, folder=str(options.folder)))
    return 0


def bench(options: Namespace, desk: Desk, flows: Flows) -> int:
    """``apprenti bench selector``."""
    done = flows.bench_selector(
        options.perf,
        options.meta,
        options.cost,
        k=options.k,
        budget_seconds=options.budget,
        groups=options.groups,
        seed=options.seed,
        progress=desk.progress(),
    )
    if desk.as_json:
        for notice in done.notices:
            desk.tell(printable(notice.said(desk.lang)))
        desk.write_json(plain.selector_bench_data(done))
    else:
        desk.write(bench_text(done, desk.lang))
    return 0


def listed(items: Iterable[str], stdin: TextIO) -> Iterator[str]:
    """Yield the items in order; ``-`` stands for one item on each line of ``stdin``, read as they come."""
    for item in items:
        if item != "-":
            yield item
            continue
        for line in stdin:
            if name := line.rstrip("\r\n"):
                yield name


def _tools(desk: Desk, flows: Flows) -> AbstractContextManager[Tools]:
    return flows.tools(desk.environment, desk.progress())
