"""How a photo may be changed while a network is trained, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The ranges that the changes of each photo are drawn from, uniformly unless said otherwise; by default none.

    Args:
        area: least and greatest area that is looked at, as a share of the photo's; above 1 there is a rim of
            reflections around it. A part smaller than the photo is taken from anywhere in it.
        aspect: least and greatest ratio of that part's width to its height, above 0; drawn on a log scale.
        rotation_degrees: greatest angle a photo is turned by, either way, 0..180.
        shift_share: greatest way a photo is moved along each side, either way, as a share of the side, 0..1.
        symmetric: whether photos are mirrored and turned where that leaves the labels what they are.
        brightness: light is multiplied by 1 ± this at most, 0..1.
        contrast: distances from the photo's mean grey are multiplied by 1 ± this at most, 0..1.
        saturation: distances from each pixel's grey are multiplied by 1 ± this at most, 0..1.
        erase_share: greatest share of the photo that one rectangle of its mean colour hides, 0..1.
        mixup_alpha: parameter of the beta distribution that two photos' shares are drawn from, 0 (each alone) or above.

    Raises:
        ValueError: a value is outside its range.
    """

    area: tuple[float, float] = (1.0, 1.0)
    aspect: tuple[float, float] = (1.0, 1.0)
    rotation_degrees: float = 0.0
    shift_share: float = 0.0
    symmetric: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    erase_share: float = 0.0
    mixup_alpha: float = 0.0

    def __post_init__(self) -> None:
        for name in ("area", "aspect"):
            low, high = getattr(self, name)
            if not 0 < low <= high:
                raise ValueError(f"expected 0 < low <= high for {name}, got {low} and {high}")
        for name in ("shift_share", "brightness", "contrast", "saturation", "erase_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected 0..1 for {name}, got {getattr(self, name)}")
        if not 0 <= self.rotation_degrees <= 180:
            raise ValueError(f"expected 0..180 for rotation_degrees, got {self.rotation_degrees}")
        if self.mixup_alpha < 0:
            raise ValueError(f"expected 0 or more for mixup_alpha, got {self.mixup_alpha}")
