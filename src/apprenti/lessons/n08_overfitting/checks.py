"""What lesson 8 asks: when to stop (a guess, then the epoch), and which change narrows the gap."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n08_overfitting.compute import CLOSE, REMEDIES, STOP_TOLERANCE, Remedy, Shown

MOMENTS = ("end", "perfect", "lowest")


def _when(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["moment"] == "lowest" else wrong(answer["moment"])


def _stop(shown: Shown, answer: Answer) -> Verdict:
    losses = shown.start.held_loss
    epoch = round(answer["epoch"])
    if not 1 <= epoch <= len(losses):
        return wrong("outside")
    loss = losses[epoch - 1]
    if loss <= STOP_TOLERANCE * shown.best_loss:
        return right(loss=loss, share=shown.start.held_accuracy[epoch - 1])
    if epoch < shown.best_epoch:
        return wrong("early", loss=loss)
    return wrong("last" if epoch == len(losses) else "late", loss=loss)


def _remedy(shown: Shown, name: str) -> Remedy:
    return next(one for one in shown.remedies if one.name == name)


def _narrows(shown: Shown, answer: Answer) -> Verdict:
    chosen = _remedy(shown, answer["change"])
    if chosen.gap <= shown.best.gap + CLOSE:
        return right(gap=chosen.gap, held=chosen.held_accuracy)
    key = "wider" if chosen.name == "wider" else "less"
    return wrong(key, gap=chosen.gap, held=chosen.held_accuracy)


def _late(shown: Shown) -> int:
    """Return an epoch after the best one, not the last, with as high a loss as there is."""
    losses = shown.start.held_loss
    return max(range(shown.best_epoch, len(losses) - 1), key=lambda place: losses[place]) + 1


def _least(shown: Shown) -> str:
    return max((one for one in shown.remedies if one.name != "wider"), key=lambda one: one.gap).name


CHECKS = (
    Check(
        name="when",
        fields=(Field(name="moment", kind="choice", options=lambda shown: MOMENTS),),
        verify=_when,
        reference=lambda shown: {"moment": "lowest"},
        wrong={"end": lambda shown: {"moment": "end"}, "perfect": lambda shown: {"moment": "perfect"}},
        is_guess=True,
    ),
    Check(
        name="stop",
        fields=(Field(name="epoch", kind="widget"),),
        verify=_stop,
        reference=lambda shown: {"epoch": shown.best_epoch},
        wrong={
            "outside": lambda shown: {"epoch": 1000},
            "early": lambda shown: {"epoch": 1},
            "late": lambda shown: {"epoch": _late(shown)},
            "last": lambda shown: {"epoch": len(shown.start.held_loss)},
        },
    ),
    Check(
        name="narrows",
        fields=(Field(name="change", kind="choice", options=lambda shown: REMEDIES),),
        verify=_narrows,
        reference=lambda shown: {"change": shown.best.name},
        wrong={
            "less": lambda shown: {"change": _least(shown)},
            "wider": lambda shown: {"change": "wider"},
        },
    ),
)
