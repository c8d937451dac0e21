"""A selector that also trains networks: a few frozen recipes first, then what time is left for.

Frozen recipes take seconds and say how much there is to gain; a network takes minutes and shows what photos unlike
those of any other data set need. So networks come last, as long as time allows, and are left out where it does not or
where the recipes before them made no mistake.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from apprenti.domain.backbone_name import CLASSIC, PACKAGED
from apprenti.domain.network_training import TrainedName, TunableNetwork
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Parameter, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.recipes import EPOCHS, SCRATCH, SMALL_PICTURE_PX, TUNED, TUNED_HUB, training_seconds
from apprenti.recipes.times import N_CORES, decoding_ms
from apprenti.stages.select.selector import Ground, Selector

N_PICKS_BEFORE = 2
"""Frozen recipes that are tried before a network: the three that follow gain a third of a point on average."""
TIME_SHARE = 0.9
"""Of the time left, what a training is planned to take: it is shortened where the machine is slower than foretold."""
FIXED_SECONDS = 8.0
"""Judging the features of a network, beyond what its recipe should take, and finding symmetries."""
LEAST_EPOCHS = 2
LEAST_PHOTOS = 40
"""Fewer say nothing about whether a network learnt anything: a fifth of them judges it."""
SIDES: tuple[tuple[int, int], ...] = ((128, 32), (96, 3), (64, LEAST_EPOCHS))
"""Sides in pixels, and the epochs there must be time for: details pay where there is time to learn them. On
held-out photos 128 px gained nothing over 96 at as many epochs, in twice the time."""
DRAWN_SIDES: tuple[tuple[int, int], ...] = ((64, LEAST_EPOCHS),)
SMALL_SIDES: tuple[tuple[int, int], ...] = ((32, LEAST_EPOCHS),)
DRAWN_GREY_SHARE = 0.9
DRAWN_CONTRAST = 0.7
"""Of the contrast that black and white alone would have: ink on paper has 0.85 to 0.94, photos 0.6 at most
(``benchmarks/drawings.py``). The packaged network knows photos; a small one that knows nothing learns lines better."""
LEAST_PACKAGED_PX = 64
"""The packaged network sees little in smaller squares."""
FITTED_TWICE = 3.0
"""The recipe on a network's features is fitted once to judge it and once on all photos; and predictions err."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkWay:
    """What is done with the features of a trained network.

    Args:
        beside: whether other features stand beside them.
        transform: versioned block name.
        head: versioned block name.
        parameters: settings of both.
        reason: entry of ``texts/*/select.toml``.
    """

    beside: bool
    transform: str
    head: str
    parameters: dict[str, Parameter]
    reason: str


WAYS = (
    NetworkWay(
        beside=True,
        transform="power.v1",
        head="kernel_ridge.v1",
        parameters={"alpha": 0.03, "gamma": 1.0},
        reason="network_beside",
    ),
    NetworkWay(beside=False, transform="none.v1", head="own.v1", parameters={}, reason="network_own"),
    NetworkWay(
        beside=False,
        transform="power.v1",
        head="kernel_ridge.v1",
        parameters={"alpha": 0.03, "gamma": 1.0},
        reason="network_alone",
    ),
)
"""Tried on one training, which takes minutes where each of them takes seconds: together with what needs no training,
the network with its own head, and its features alone. On held-out photos of six sets each of them was the best of
some. Its own head needs no fit: so it is there, at the side of the first, where time is short."""
LATE_WAYS = (WAYS[1], WAYS[2], WAYS[0])
"""Where there is hardly time for the training: what needs no other features first."""


class WithNetworks:
    """Hands out what another selector picks, then recipes on a network that is trained on these very photos.

    Args:
        base: picks frozen recipes; told of all results.
        ground: what the choice rests on.
        time_left: seconds until the race must be over.
        n_before: frozen recipes before the first network.
        insists: whether networks are trained even where few photos judge them, there is nothing to gain, or hardly the
            time: the least training is then tried, and shortened as far as it bears.
        is_lost: whether a training failed, so that there is no recipe on it.
    """

    def __init__(
        self,
        base: Selector,
        ground: Ground,
        *,
        time_left: Callable[[], float],
        n_before: int = N_PICKS_BEFORE,
        insists: bool = False,
        is_lost: Callable[[str], bool] = lambda backbone: False,
    ) -> None:
        self._base, self._ground, self._time_left, self._n_before = base, ground, time_left, n_before
        self._insists, self._is_lost = insists, is_lost
        self._handed: list[Pick] = []
        self._told: dict[str, Trial] = {}
        self._waiting: list[Pick] = []
        self._is_decided = False
        self._is_frozen = False

    def plan(self) -> tuple[Pick, ...]:
        """Return the picks as they stand now, those already handed out first."""
        known = {pick.recipe.name: pick for pick in self._base.plan()}
        handed = [known.get(pick.recipe.name, pick) for pick in self._handed]
        if self._is_frozen:
            return self._base.plan()
        if self._is_decided:
            return (*handed, *self._waiting)
        names = {pick.recipe.name for pick in handed}
        others = [pick for pick in known.values() if pick.recipe.name not in names]
        before = others[: max(0, self._n_before - len(handed))]
        return (*handed, *before, *self._networks())

    def ask(self, *, seconds_left: float) -> Pick | None:
        """Return the next pick; a network as soon as the frozen recipes before it have been handed out."""
        if not self._handed and self._insists and self._is_late():
            self._n_before = 0
        if not self._is_decided and len(self._handed) < self._n_before:
            pick = self._base.ask(seconds_left=seconds_left)
            if pick is not None:
                self._handed.append(pick)
                return pick
            self._n_before = len(self._handed)  # no more frozen recipes fit the time
            if self.waiting:
                return None  # asked again when their results are there
        if not self._is_decided:
            self._is_decided, self._waiting = True, self._networks()
            self._is_frozen = not self._waiting
        if self._is_frozen:  # no time for a network, or nothing to gain: the other recipes have their turn
            pick = self._base.ask(seconds_left=seconds_left)
            self._handed += [pick] if pick is not None else []
            return pick
        if not self._waiting:
            return None
        pick = self._waiting.pop(0)
        if self._is_lost(pick.recipe.backbones[0]):
            return self.ask(seconds_left=seconds_left)
        self._handed.append(pick)
        return pick

    @property
    def waiting(self) -> bool:
        """Whether results must be told before the next pick: networks come after all that is quick."""
        if self._is_frozen or (not self._is_decided and len(self._handed) < self._n_before):
            return self._base.waiting
        frozen = [pick for pick in self._handed if not pick.recipe.is_trained]
        return any(pick.recipe.name not in self._told for pick in frozen)

    def tell(self, trial: Trial) -> None:
        """Take in what came of a pick."""
        self._told[trial.recipe.name] = trial
        self._base.tell(trial)

    def outlook(self) -> Outlook | None:
        """Return what is expected of the frozen recipes; of networks no past data set tells yet."""
        return self._base.outlook()

    def _networks(self) -> list[Pick]:
        """Return the recipes on the longest training there is time for; none where it would not pay."""
        profile = self._ground.profile
        n = profile.n_train + profile.n_validation
        finished = [trial for trial in self._told.values() if trial.status is TrialStatus.FINISHED]
        if not self._insists and (n < LEAST_PHOTOS or any(trial.score == 1.0 for trial in finished)):
            return []
        trained = self._training()
        if trained is None:
            return []
        ways = WAYS if self._fits(trained) else LATE_WAYS
        return [self._pick(way, trained, is_first=way is ways[0]) for way in ways]

    def _training(self) -> TrainedName | None:
        """Return what is trained: the largest squares and the most epochs that fit the time left.

        A network that was brought to be the eyes of this training is what is tuned, at its own size; others only
        where none can be, or none in the time left.
        """
        for network in self._ground.tunable:
            tuned = [
                TrainedName(kind=TUNED_HUB, size_px=network.size_px, epochs=epochs, of=network.of)
                for epochs in EPOCHS
            ]
            fitting = [trained for trained in tuned if self._fits(trained)]
            if fitting:
                return fitting[-1]
        profile = self._ground.profile
        small = max(profile.width_px, profile.height_px) <= SMALL_PICTURE_PX
        from_nothing = small or is_drawn(profile) or not self._ground.stock.has_packaged
        kind = SCRATCH if from_nothing else TUNED
        sides = SMALL_SIDES if small else DRAWN_SIDES if from_nothing else SIDES
        for side_px, least_epochs in sides:
            fitting = [
                TrainedName(kind=kind, size_px=side_px, epochs=epochs)
                for epochs in EPOCHS
                if epochs >= least_epochs
                and self._fits(TrainedName(kind=kind, size_px=side_px, epochs=epochs))
            ]
            if fitting:
                return fitting[-1]
        if not self._insists:
            return None
        return TrainedName(kind=kind, size_px=sides[-1][0], epochs=EPOCHS[0])

    def _is_late(self) -> bool:
        """Return whether there is no time for anything but the least training."""
        trained = self._training()
        return trained is None or not self._fits(trained)

    def _fits(self, trained: TrainedName) -> bool:
        return self._seconds(trained) <= TIME_SHARE * self._time_left()

    def _tuned(self, trained: TrainedName) -> TunableNetwork | None:
        """Return what is tuned, where the person brought it."""
        return next((network for network in self._ground.tunable if network.of == trained.of), None)

    def _seconds(self, trained: TrainedName) -> float:
        """Return what a training, its features and the recipe on them should take."""
        profile = self._ground.profile
        n_photos = profile.n_examples
        recipe = self._recipe(WAYS[0], trained)
        fitting = self._ground.fitting_seconds(recipe)
        decoding = n_photos * decoding_ms(profile.width_px, profile.height_px) / 1000 / N_CORES
        return (
            training_seconds(
                trained, n_photos=profile.n_train + profile.n_validation, network=self._tuned(trained)
            )
            + decoding
            + self._ground.embedding_seconds(recipe)
            + FITTED_TWICE * fitting / self._ground.n_fits
            + FIXED_SECONDS
        )

    def _recipe(self, way: NetworkWay, trained: TrainedName) -> Recipe:
        beside = self._beside(trained) if way.beside else ()
        return Recipe(
            backbones=(trained.name, *beside),
            canvas=Canvas(size_px=trained.size_px, fit="squash"),
            transform=way.transform,
            head=way.head,
            parameters=way.parameters,
        )

    def _beside(self, trained: TrainedName) -> tuple[str, ...]:
        """Return the frozen features that stand beside a network's."""
        classic = (CLASSIC,) if CLASSIC in self._ground.classic else ()
        tuned = self._tuned(trained)
        if tuned is not None:
            return (tuned.name, *classic)
        seen = self._ground.stock.has_packaged and trained.size_px >= LEAST_PACKAGED_PX
        packaged = (f"{PACKAGED}-{trained.size_px}",) if seen else ()
        return (*packaged, *classic)

    def _pick(self, way: NetworkWay, trained: TrainedName, *, is_first: bool) -> Pick:
        recipe = self._recipe(way, trained)
        fitting = self._ground.fitting_seconds(recipe) / self._ground.n_fits
        seconds = self._seconds(trained) if is_first else fitting
        return Pick(
            recipe=recipe,
            reason=Sentence(
                key=f"select.{way.reason}_{trained.kind.partition('.')[0]}",
                values={"epochs": trained.epochs, "size": trained.size_px},
            ),
            predicted_seconds=seconds,
            embedding_seconds=max(0.0, seconds - fitting),
        )


def is_drawn(profile: Profile) -> bool:
    """Return whether the pictures are drawn or written in one colour on another, not photographed."""
    return profile.grey_share >= DRAWN_GREY_SHARE and contrast_share(profile) >= DRAWN_CONTRAST


def contrast_share(profile: Profile) -> float:
    """Return the contrast of pictures, of that which black and white alone would have at their brightness."""
    utmost = math.sqrt(max(0.0, profile.brightness * (1 - profile.brightness)))
    return profile.contrast / utmost if utmost else 0.0
