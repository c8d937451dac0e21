"""A recipe before it is known which backbones there are, and the way from one to the other and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apprenti.domain.backbone_name import CLASSIC, MIRRORED, PACKAGED, is_packaged
from apprenti.domain.network_training import read_trained_name
from apprenti.domain.recipe import Canvas, Parameter, Recipe, settings_text
from apprenti.recipes.trainings import N_FEATURES

Material = Literal["classic", "nets", "nets+classic"]
"""Which features a template takes: hand-made ones, those of networks, or both side by side."""

NETS = "nets"
"""Stands in a template's name where a recipe names the networks the user brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The backbones that are at hand.

    The packaged network is at hand in every size and view as soon as it is in one size; so are the mirrored views of
    networks the user brought.

    Args:
        networks: number of features of each network, by name: the packaged one at the size that suits the photos,
            or those the user brought, or both.
        classic: number of features of the hand-made backbones, by name.
        canvas: what photos are decoded to for those networks, or for hand-made features where there are none.
    """

    networks: Mapping[str, int]
    classic: Mapping[str, int]
    canvas: Canvas

    @property
    def has_packaged(self) -> bool:
        """Whether the packaged network is at hand."""
        return any(is_packaged(name) for name in self.networks)

    @property
    def has_brought(self) -> bool:
        """Whether networks of the user are at hand."""
        return any(not is_packaged(name) for name in self.networks)

    def n_features(self, backbone: str) -> int:
        """Return the number of features of a backbone, in whatever size and view."""
        name = backbone.removesuffix(MIRRORED)
        trained = read_trained_name(name)
        if trained is not None and trained.of:
            return next(n for other, n in self.networks.items() if other.endswith(f"-{trained.of}"))
        if trained is not None:
            return N_FEATURES[trained.kind]
        if is_packaged(name):
            return next(n for other, n in self.networks.items() if is_packaged(other))
        return {**self.networks, **self.classic}[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A recipe before it is known which backbones there are.

    Args:
        material: which features it takes.
        transform: versioned block name.
        head: versioned block name.
        parameters: settings of transform and head.
        sizes_px: sides of the squares the packaged network looks at, features side by side; none: the networks as
            they are at hand.
        mirrored: whether networks look at the mirror image of every photo as well.
        reason: entry of ``texts/*/select.toml`` that says why it stands where it does in the fixed order.
    """

    material: Material
    transform: str
    head: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    sizes_px: tuple[int, ...] = ()
    mirrored: bool = False
    reason: str = "prior"

    @property
    def name(self) -> str:
        """Stable, versioned, unique, and the same whatever file the user's networks came from.

        It is a recipe's name without the canvas: ``embedded.v2-96+classic.v1/power.v1/kernel_ridge.v1?alpha=0.1``,
        or ``nets-mirrored/l2.v1/centroid.v1``.
        """
        return _name(self._parts((NETS,), (CLASSIC,)), self.transform, self.head, self.parameters)

    def fits(self, stock: Stock) -> bool:
        """Return whether there is all it takes."""
        if self.material == "classic":
            return bool(stock.classic)
        there = stock.has_packaged if self.sizes_px else stock.has_brought
        return there and (self.material == "nets" or bool(stock.classic))

    def on(self, stock: Stock) -> Recipe:
        """Return the recipe on the backbones at hand.

        Its canvas is the largest square the packaged network looks at in it, else that of the stock.
        """
        canvas = Canvas(size_px=max(self.sizes_px), fit="squash") if self.sizes_px else stock.canvas
        return self.recipe(self._parts(tuple(stock.networks), tuple(stock.classic)), canvas)

    def recipe(self, backbones: tuple[str, ...], canvas: Canvas) -> Recipe:
        """Return the recipe on the named backbones."""
        return Recipe(
            backbones=backbones,
            canvas=canvas,
            transform=self.transform,
            head=self.head,
            parameters=dict(self.parameters),
        )

    def _parts(self, networks: tuple[str, ...], classic: tuple[str, ...]) -> tuple[str, ...]:
        """Return what stands side by side."""
        if self.material == "classic":
            return classic
        looks = tuple(f"{PACKAGED}-{size_px}" for size_px in self.sizes_px) or networks
        views = tuple(f"{name}{MIRRORED}" if self.mirrored else name for name in looks)
        return views if self.material == "nets" else (*views, *classic)


def column_of(recipe: Recipe) -> str:
    """Return the name a recipe's cells stand under in a table: its own without the canvas.

    Of the packaged network and of hand-made features it is the template's name. Networks a user brought keep their
    own name in it, so that what was learnt about one is never taken for another's.

    Example:
        >>> recipe = Recipe(backbones=("classic.v1",), canvas=Canvas(size_px=64), transform="none.v1", head="lda.v1")
        >>> column_of(recipe)
        'classic.v1/none.v1/lda.v1'
    """
    return _name(recipe.backbones, recipe.transform, recipe.head, recipe.parameters)


def template_name(recipe: Recipe, stock: Stock) -> str:
    """Return the name of the template that ``recipe`` was made from; the networks the user brought become ``nets``."""
    brought = tuple(stock.networks)
    if not stock.has_brought:
        return column_of(recipe)
    for view in ("", MIRRORED):
        names = tuple(f"{name}{view}" for name in brought)
        if recipe.backbones[: len(names)] == names:
            parts = (f"{NETS}{view}", *recipe.backbones[len(names) :])
            return _name(parts, recipe.transform, recipe.head, recipe.parameters)
    return column_of(recipe)


def _name(parts: tuple[str, ...], transform: str, head: str, parameters: Mapping[str, Parameter]) -> str:
    settings = settings_text(parameters)
    base = f"{'+'.join(parts)}/{transform}/{head}"
    return f"{base}?{settings}" if settings else base
