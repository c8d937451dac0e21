"""What lesson 15 draws: the candidates, what their choice rested on, and a choice for the learner to make."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from apprenti.lessons.kit import Kit, joined
from apprenti.lessons.n15_five.compute import OwnNeighbour, Shown


def draw_reasons(shown: Shown, kit: Kit) -> Markup:
    """Return the candidates and why each was picked."""
    items = Markup("").join(
        Markup("<li><strong>{}</strong><br>{}<br><code>{}</code></li>").format(
            _of(one, "said", kit), _of(one, "reason", kit), one.name
        )
        for one in shown.candidates
    )
    return Markup('<ol class="reasons">{}</ol>').format(items)


def draw_results(shown: Shown, kit: Kit) -> Markup:
    """Return what became of them, folded until the guess is made."""
    kept = Markup(" <strong>{}</strong>").format(kit.say("widget.kept"))
    rows = [
        (
            joined([str(number), kept if one.is_kept else ""]),
            kit.number(one.foretold, "range"),
            kit.number(one.score, "percent1") if one.score is not None else kit.say("widget.unfinished"),
            kit.number(one.interval, "range"),
        )
        for number, one in enumerate(shown.candidates, start=1)
    ]  # fmt: skip
    heads = [kit.say(f"widget.{name}") for name in ("number", "foretold", "score", "interval")]
    return Markup("<details><summary>{}</summary>{}</details>").format(
        kit.say("widget.open"), kit.table(heads, rows)
    )


def draw_own(shown: Shown, kit: Kit) -> Markup:
    """Return the past data that the run's choice rested on, and what taking each away would have changed."""
    if not shown.own_neighbours:
        return Markup("<p>{}</p>").format(kit.say("widget.no_outlook"))
    items = Markup("").join(
        Markup("<li><strong>{}</strong> ({})<br>{}</li>").format(
            _of(one, "name", kit), kit.say("widget.weight", share=one.weight), _change(one, kit)
        )
        for one in shown.own_neighbours
    )
    return Markup('<ul class="reasons">{}</ul>').format(items)


def draw_choose(shown: Shown, kit: Kit) -> Markup:
    """Return neighbours to tick, two sliders, and what is picked and lost."""
    ticks = Markup("").join(
        Markup(
            '<label class="option"><input type="checkbox" data-neighbour="{}" checked> <span>{}</span></label>'
        ).format(place, kit.say("widget.neighbour", name=one.name, share=one.best_score))
        for place, one in enumerate(shown.neighbours)
    )  # fmt: skip
    sliders = Markup("{}{}").format(
        kit.slider("k", kit.say("widget.k"), low=1, high=shown.most_k, step=1, value=5, form="0"),
        kit.slider("seconds", kit.say("widget.seconds"), low=0.1, high=shown.most_seconds, step=0.1,
                   value=shown.most_seconds, form="1"),
    )  # fmt: skip
    rows = [
        (_of(one, "name", kit), kit.number(one.score, "percent1"), kit.number(one.seconds))
        for one in shown.picks
    ]
    heads = [kit.say("widget.recipe"), kit.say("widget.score_here"), kit.say("widget.takes")]
    return Markup(
        '<fieldset class="options"><legend>{}</legend>{}</fieldset><div class="sliders">{}</div>'
        '<p class="count" data-count role="status">{}</p><div data-picks>{}</div>'
    ).format(
        kit.say("widget.neighbours"), ticks, sliders,
        kit.say("widget.lost", n=shown.n_picks, regret=shown.regret, chance=shown.chance),
        kit.table(heads, rows),
    )  # fmt: skip


def _change(one: OwnNeighbour, kit: Kit) -> str:
    gone, instead = _of(one, "gone", kit), _of(one, "instead", kit)
    if not gone:
        return kit.say("widget.nothing")
    between = "\u202f; " if kit.lang == "fr" else "; "
    return kit.say("widget.change", gone=between.join(gone), instead=between.join(instead))


def _of(one: object, name: str, kit: Kit) -> Any:
    """Return what something is called, or said to be, in the language of the page."""
    return getattr(one, f"{name}_{kit.lang}")


WIDGETS = {"reasons": draw_reasons, "results": draw_results, "own": draw_own, "choose": draw_choose}
