"""How many actions it takes to label photos by likeness: a scripted person at the flows behind the photos room.

    python benchmarks/labelling_speed.py
    python benchmarks/labelling_speed.py --sets clothing trashnet --draws 3

500 training photos of a set, drawn by a seed, come in without a label and are looked at. The person knows the true
labels and does what the page offers. An action is one key, one click, or one pull of the pointer from press to release.

- ``groups``: names every group whole, by the label most of it shows, and takes no photo out: what likeness alone knows.
- ``brush``: has the grid arranged by likeness, takes a label by its key, and pulls it over photos. A pull goes from a
  photo to one of the eight around it; it leaves alone photos that have a label, and crosses at most ``MOST_CROSSED`` of
  them to the next. It is begun where it labels most, and the photos are arranged again once, with what was said so far.

What is left at the end is labelled as it looks (an action). ``pulled over`` is how many photos the pointer labelled one
by one: the effort that the count of actions does not show. Writes ``results/labelling_speed.json``, one row for each
(set, way, draw).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.domain.dataset import Example, Split
from apprenti.domain.service import Caller, Role
from apprenti.flow.service import images, labels, likeness, looking, tasks
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.images import Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.opening import Place, open_service
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from baselines import Silence
from image_sets import SETS, add_arguments, lay_out

DEFAULT_SETS = ("clothing", "trashnet", "sign-language-digits", "neu-steel")
WAYS = ("groups", "brush")
N_PHOTOS = 500
N_ACTIONS = 40
N_TO_END = 1
N_COLUMNS = 12
"""Photos in a row where the window is 1,280 px wide."""
MOST_CROSSED = 3
ARRANGED_AGAIN_AFTER = 20
KEY = ("set", "way", "draw")
OPERATOR = Caller(token_id="benchmark", role=Role.OPERATOR)
AROUND = tuple((down, across) for down in (-1, 0, 1) for across in (-1, 0, 1) if (down, across) != (0, 0))

Cells = NDArray[np.int64]


@dataclass(kw_only=True)
class Person:
    """Somebody at the photos room.

    Args:
        service: what is behind it.
        here: the workspace.
        task: its id.
        truth: the true label of each photo, by id.
        n_actions: what they have done.
        n_pulled: photos the pointer labelled one by one.
        said: what they said of photos.
    """

    service: Service
    here: str
    task: str
    truth: Mapping[str, str]
    n_actions: int = 0
    n_pulled: int = 0
    said: dict[str, str] = field(default_factory=dict)

    @property
    def n_left(self) -> int:
        """Actions left before those that end."""
        return N_ACTIONS - N_TO_END - self.n_actions

    @property
    def share_right(self) -> float:
        """Of all photos."""
        return sum(self.said.get(one) == label for one, label in self.truth.items()) / len(self.truth)

    def say(self, ids: Sequence[str], label: str) -> None:
        """Give photos a label, as the page does."""
        images.label_images(self.service, OPERATOR, self.here, ids, add=[Said(label_id=label)])
        self.said |= dict.fromkeys(ids, label)

    def take_suggestions(self) -> None:
        """Label the rest as it looks."""
        if len(self.said) == len(self.truth):
            return
        for one in likeness.suggest_labels(self.service, OPERATOR, self.here, self.task):
            self.say([one.image_id], one.label_id)
        self.n_actions += N_TO_END


def main() -> None:
    """Measure the sets the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(DEFAULT_SETS))
    parser.add_argument("--draws", type=int, default=3)
    options = parser.parse_args()
    for name in options.sets:
        examples = training_photos(name, options)
        for draw in range(options.draws):
            rows = np.random.default_rng(draw).permutation(len(examples))[:N_PHOTOS]
            for way in WAYS:
                row = {"set": name, "way": way, "draw": draw}
                row |= measured([examples[number] for number in rows], way)
                results.keep("labelling_speed", [row], key=KEY)
                print(row, flush=True)


def training_photos(name: str, options: argparse.Namespace) -> list[Example]:
    """Return the photos of a set that are not for testing."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            data = read_dataset(
                lay_out(name, options), engine=tools.engine, progress=tools.progress, workspace=Path(folder)
            )
    return [example for example in data.examples if example.split is not Split.TEST]


def measured(examples: Sequence[Example], way: str) -> results.Row:
    """Return what came of labelling these photos."""
    with tempfile.TemporaryDirectory() as folder, open_service(Place(folder=Path(folder)), {}) as service:
        begin_service(service)
        person = _settled(service, examples)
        {"groups": name_groups, "brush": pull_labels}[way](person)
        n_by_hand, n_right_by_hand = (
            len(person.said),
            sum(person.truth[one] == said for one, said in person.said.items()),
        )
        person.take_suggestions()
        return {
            "n": len(person.truth),
            "n_labels": len(set(person.truth.values())),
            "n_actions": person.n_actions,
            "n_pulled_over": person.n_pulled,
            "n_said": n_by_hand,
            "n_said_right": n_right_by_hand,
            "share_right": round(person.share_right, 4),
        }


def _settled(service: Service, examples: Sequence[Example]) -> Person:
    """Return a person in front of unlabelled photos that have been looked at."""
    here = workspace_meant(service, OPERATOR, None).id
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="To label")).id
    ids = {}
    for name in sorted({str(example.target) for example in examples}):
        ids[name] = labels.create_label(service, OPERATOR, here, name=name).id
        tasks.add_label_to_task(service, OPERATOR, here, task, ids[name])
    truth = {}
    for example in examples:
        image, _ = images.add_image(service, OPERATOR, here, Path(example.path).read_bytes())
        truth[image.id] = ids[str(example.target)]
    while looking.look_at_photos(service):
        pass
    return Person(service=service, here=here, task=task, truth=truth)


def name_groups(person: Person) -> None:
    """Name groups whole, the largest first."""
    for group in likeness.group_photos(person.service, OPERATOR, person.here, person.task):
        if person.n_left > 0:
            ids = [photo.id for photo in group.photos]
            shown = [person.truth[one] for one in ids]
            person.say(ids, max(sorted(set(shown)), key=shown.count))
            person.n_actions += 1


def pull_labels(person: Person) -> None:
    """Pull labels over the grid until the actions are spent or nothing is left."""
    person.n_actions += 2  # by likeness; the brush
    for n_actions in (ARRANGED_AGAIN_AFTER, N_ACTIONS - N_TO_END):
        if len(person.said) == len(person.truth):
            return
        if person.said:
            person.n_actions += 1  # arrange again
        sheet = _Sheet.of(person)
        held = ""
        while person.n_actions < n_actions:
            pull = sheet.best_pull(person, held, n_actions - person.n_actions)
            if pull is None:
                break
            ids, label = pull
            person.n_actions += 1 + (label != held)
            person.n_pulled += len(ids)
            person.say(ids, label)
            held = label


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """Unlabelled photos in rows.

    Args:
        ids: cell by cell.
        truth: [rows, N_COLUMNS] number of the true label of each cell, -1 of those that are empty.
        labels: the labels those numbers stand for.
    """

    ids: tuple[str, ...]
    truth: Cells
    labels: tuple[str, ...]

    @classmethod
    def of(cls, person: Person) -> _Sheet:
        ids = likeness.order_photos(
            person.service, OPERATOR, person.here, person.task, "unlabelled", n_columns=N_COLUMNS
        )
        names = tuple(sorted(set(person.truth.values())))
        truth = np.full(-(-len(ids) // N_COLUMNS) * N_COLUMNS, -1)
        truth[: len(ids)] = [names.index(person.truth[one]) for one in ids]
        return cls(ids=ids, truth=truth.reshape(-1, N_COLUMNS), labels=names)

    def best_pull(self, person: Person, held: str, n_left: int) -> tuple[list[str], str] | None:
        """Return the photos of the pull that labels most for its actions, and their label; ``None`` without any."""
        said = np.zeros(self.truth.size, bool)
        said[: len(self.ids)] = [one in person.said for one in self.ids]
        done: NDArray[np.bool_] = said.reshape(self.truth.shape)
        best: tuple[float, list[str], str] = (0.0, [], "")
        for number, label in enumerate(self.labels):
            n_actions = 1 + (label != held)
            if n_actions > n_left:
                continue
            for patch in _patches((self.truth == number) & ~done, done):
                if len(patch) / n_actions > best[0]:
                    best = (len(patch) / n_actions, [self.ids[cell] for cell in patch], label)
        return (best[1], best[2]) if best[1] else None


def _patches(wanted: NDArray[np.bool_], crossed: NDArray[np.bool_]) -> Iterator[list[int]]:
    """Yield the cells that one pull can reach from each other: wanted ones, with few crossed ones between them."""
    left = {(int(down), int(across)) for down, across in np.argwhere(wanted)}
    while left:
        waiting, patch = [left.pop()], []
        while waiting:
            here = waiting.pop()
            patch.append(here[0] * N_COLUMNS + here[1])
            near = _reached(here, left, crossed)
            left -= near
            waiting += sorted(near)
        yield sorted(patch)


def _reached(
    here: tuple[int, int], left: set[tuple[int, int]], crossed: NDArray[np.bool_]
) -> set[tuple[int, int]]:
    """Return the wanted cells next to a cell, or behind at most ``MOST_CROSSED`` crossed ones."""
    found: set[tuple[int, int]] = set()
    edge, met = {here}, {here}
    for _ in range(MOST_CROSSED + 1):
        around = {(down + a, across + b) for down, across in edge for a, b in AROUND} - met
        found |= around & left
        edge = {cell for cell in around if _is_crossed(cell, crossed)}
        met |= around
    return found


def _is_crossed(cell: tuple[int, int], crossed: NDArray[np.bool_]) -> bool:
    is_inside = 0 <= cell[0] < crossed.shape[0] and 0 <= cell[1] < crossed.shape[1]
    return is_inside and bool(crossed[cell])


if __name__ == "__main__":
    main()
