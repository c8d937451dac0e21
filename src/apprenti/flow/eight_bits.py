"""A model in 8 bits, and what that costs: measured before it is written, and refused where it is too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.artifact import Artifact
from apprenti.blocks.decoding import decode
from apprenti.blocks.session import open_session, quantises_activations
from apprenti.domain.backbone_name import is_hand_made
from apprenti.domain.errors import ItemError, UserError
from apprenti.domain.manifest import Manifest
from apprenti.domain.report import Report
from apprenti.domain.seams import Clock
from apprenti.domain.sentence import Sentence
from apprenti.stages.evaluate import PairedAccuracy

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MOST_LOST = 0.01
"""Share of photos that may be answered rightly no more, all in all."""
LEAST_AGREEMENT = 0.95
"""Share of the model's own pictures that must get the same label, where accuracy is not measured."""
MOST_SLOWER = 1.05
"""Times as long as before: what two measurements of the same thing may differ by."""
MOST_PICTURES = 64
N_TIMED = 20

Answers = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Probabilities [n,K] and distances [n]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far answers are from those they should be.

    Args:
        n: pictures.
        n_same: of them, given the same label.
        probability: the most that a probability differs, 0..1.
        distance: the most that a distance differs, as a share of the familiarity threshold.
    """

    n: int
    n_same: int
    probability: float
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What 8 bits cost and gain.

    Args:
        n_bytes_before: of the file in floats.
        n_bytes: of the file in 8 bits.
        ms_before: processor milliseconds a photo takes in floats, decoding left out, on one thread; median of 20.
        ms: a photo takes in 8 bits.
        golden: on the golden inputs, from what they must give.
        pictures: on all pictures the model file carries of photos learnt from, from the model in floats. The ranges
            were taken from the same pictures.
        accuracy: on labelled photos; ``None`` where none were given.
        notices: what a person should know about those photos.
    """

    n_bytes_before: int
    n_bytes: int
    ms_before: float
    ms: float
    golden: Difference
    pictures: Difference
    accuracy: PairedAccuracy | None = None
    notices: tuple[Sentence, ...] = ()

    @property
    def objections(self) -> tuple[UserError, ...]:
        """What speaks against using it, the gravest first; each says what to do."""
        found = []
        accuracy = self.accuracy
        if accuracy is not None and accuracy.difference < -MOST_LOST:
            before, after = (round(100 * share, 1) for share in (accuracy.before, accuracy.after))
            found.append(
                UserError(
                    "export_inaccurate", before=before, after=after, n=accuracy.n, limit=100 * MOST_LOST
                )
            )
        if accuracy is None and self.pictures.n_same < LEAST_AGREEMENT * self.pictures.n:
            n_changed = self.pictures.n - self.pictures.n_same
            found.append(UserError("export_disagrees", n=n_changed, n_pictures=self.pictures.n))
        if self.ms > MOST_SLOWER * self.ms_before:
            before, after = (round(ms, 2) for ms in (self.ms_before, self.ms))
            found.append(UserError("export_slower", before=before, after=after))
        return tuple(found)


def eight_bits(artifact: Artifact, pictures: NDArray[np.uint8], *, item: str, folder: Path) -> bytes:
    """Return the model's graph with the convolutions of its networks in 8 bits.

    Args:
        artifact: the model.
        pictures: uint8 [n,S,S,3], what ranges are taken from.
        item: the name of the model, for the message.
        folder: a private folder that exists.

    Raises:
        UserError: there is no network in it, or it is in 8 bits already.
    """
    from apprenti.blocks.quantising import has_convolutions, quantised

    if quantises_activations(artifact.graph):
        raise UserError("export_eight_bits_already", item=item)
    networks, others = _prefixes(artifact.manifest)
    if not networks or not has_convolutions(artifact.graph, networks):
        raise UserError("export_no_network", item=item)
    return quantised(artifact.graph, pictures, networks=networks, others=others, folder=folder)


def own_pictures(artifact: Artifact) -> NDArray[np.uint8]:
    """Return the pictures in a model file of photos it learnt from, uint8 [n,S,S,3], golden inputs first.

    Small ones of the report are enlarged where need be; those of test photos are left alone.
    """
    pixels = list(artifact.golden.pixels)
    for thumbnail in _thumbnails(artifact)[: MOST_PICTURES - len(pixels)]:
        try:
            pixels.append(decode(thumbnail, artifact.manifest.canvas, item="report.json"))
        except ItemError:
            continue
    return np.stack(pixels)


def _thumbnails(artifact: Artifact) -> list[bytes]:
    """Return the small JPEGs of photos learnt from that the report has."""
    try:
        report = Report.from_json(artifact.report)
    except ValueError:  # of another version: the golden inputs are always there
        return []
    typical = [one.thumbnail for one in report.examples]
    doubtful = [one.thumbnail for one in report.label_suspects]
    return [thumbnail for thumbnail in (*typical, *doubtful) if thumbnail]


def cost_of(
    before: bytes, after: bytes, artifact: Artifact, pictures: NDArray[np.uint8], *, cpu_clock: Clock
) -> Cost:
    """Return what can be said without labelled photos.

    Args:
        before: the graph in floats.
        after: the graph in 8 bits.
        artifact: the model.
        pictures: uint8 [n,S,S,3] of it.
        cpu_clock: tells the seconds of processor this thread has had.
    """
    sessions = (open_session(before), open_session(after))
    threshold = artifact.manifest.familiarity_threshold
    golden = artifact.golden
    ms_before, ms = _milliseconds(sessions, pictures, cpu_clock)
    expected = (golden.answers, golden.distances)
    return Cost(
        n_bytes_before=len(before),
        n_bytes=len(after),
        ms_before=ms_before,
        ms=ms,
        golden=difference(answers(sessions[1], golden.pixels), expected, threshold=threshold),
        pictures=difference(
            answers(sessions[1], pictures), answers(sessions[0], pictures), threshold=threshold
        ),
    )


def difference(got: Answers, expected: Answers, *, threshold: float) -> Difference:
    """Return how far answers are from those they should be; ``threshold`` is that of familiarity."""
    n = len(expected[0])
    same = got[0].reshape(n, -1).argmax(axis=1) == expected[0].reshape(n, -1).argmax(axis=1)
    return Difference(
        n=len(same),
        n_same=int(same.sum()),
        probability=float(np.abs(got[0] - expected[0]).max()),
        distance=float(np.abs(got[1] - expected[1]).max()) / threshold,
    )


def answers(
    session: InferenceSession, pixels: NDArray[np.uint8], *, answer: str = "probabilities"
) -> Answers:
    """Return the answers one by one: so they do not depend on what else is asked."""
    rows = [session.run([answer, "distance"], {"pixels": one[None]}) for one in pixels]
    probabilities, distances = zip(*rows, strict=True)
    return np.concatenate(probabilities), np.concatenate(distances)


def _milliseconds(
    sessions: Sequence[InferenceSession], pictures: NDArray[np.uint8], cpu_clock: Clock
) -> tuple[float, ...]:
    """Return the median milliseconds one picture takes in each session, taken in turns; the first run warms up."""
    seconds: list[list[float]] = [[] for _ in sessions]
    for turn in range(N_TIMED + 1):
        picture = pictures[turn % len(pictures)][None]
        for place, session in enumerate(sessions):
            begun = cpu_clock()
            session.run(["probabilities", "distance"], {"pixels": picture})
            seconds[place].append(cpu_clock() - begun)
    return tuple(1000 * float(np.median(each[1:])) for each in seconds)


def _prefixes(manifest: Manifest) -> tuple[list[str], list[str]]:
    """Return what the tensors of networks, and those of hand-made features, are named after in the graph."""
    from apprenti.blocks.assembly import prefix_of

    prefixes: dict[bool, list[str]] = {True: [], False: []}
    for place, backbone in enumerate(manifest.backbones):
        prefixes[is_hand_made(backbone.name)].append(prefix_of(place))
    return prefixes[False], prefixes[True]
