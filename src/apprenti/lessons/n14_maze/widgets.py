"""What lesson 14 draws: the maze with what was learnt in it, and how long the walks were."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane, words
from apprenti.lessons.n14_maze import maze
from apprenti.lessons.n14_maze.compute import BEGIN, Shown

CELL = 80
ARROWS = ("↑", "→", "↓", "←")
RANGES = {
    "exploration": (0, 1, 0.05),
    "discount": (0, 1, 0.05),
    "punishment": (0, 10, 0.5),
    "episodes": (10, 500, 10),
}


def draw_maze(shown: Shown, kit: Kit) -> Markup:
    """Return the maze, the way learnt, the sliders and what they come to."""
    shapes = [_cell(shown, kit, cell) for cell in range(len(maze.NEXT))]
    points = " ".join("{},{}".format(*_middle(cell)) for cell in shown.begun.path)
    shapes.append(Markup('<polyline class="curve" data-path points="{}"/>').format(points))
    sliders = Markup("").join(
        kit.slider(
            name,
            kit.say(f"widget.{name}"),
            low=low,
            high=high,
            step=step,
            value=BEGIN[name],
            form="0" if name == "episodes" else "2",
        )
        for name, (low, high, step) in RANGES.items()
    )
    return Markup('{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>').format(
        kit.svg(
            shapes,
            title=kit.say("widget.title"),
            width=CELL * maze.N_COLUMNS,
            height=CELL * maze.N_ROWS,
        ),
        sliders,
        kit.say("widget.trapped" if shown.begun.is_trapped else "widget.safe", n=shown.begun.n_steps),
    )


def draw_lengths(shown: Shown, kit: Kit) -> Markup:
    """Return how many steps the walks took, ten by ten."""
    points = [(10.0 * place + 5, value) for place, value in enumerate(shown.lengths)]
    top = max(shown.lengths)
    plane = Plane(x=(0, 10 * len(shown.lengths)), y=(0, top))
    shapes = [
        plane.axes(kit, x_name=kit.say("widget.episode"), y_name=kit.say("widget.steps"), x_form="0", y_form="0"),
        plane.curve(points),
        plane.line((0, shown.shortest), (10 * len(shown.lengths), shown.shortest), "ideal"),
    ]  # fmt: skip
    rows = [
        (f"{10 * place + 1}–{10 * place + 10}", kit.number(value, "1"))
        for place, value in enumerate(shown.lengths)
    ]
    return kit.svg(shapes, title=kit.say("widget.lengths")) + kit.data_table(
        [kit.say("widget.episode"), kit.say("widget.steps")], rows
    )


def _middle(cell: int) -> tuple[float, float]:
    return CELL * (cell % maze.N_COLUMNS + 0.5), CELL * (cell // maze.N_COLUMNS + 0.5)


def _cell(shown: Shown, kit: Kit, cell: int) -> Markup:
    x, y = _middle(cell)
    kind = "wall" if cell in maze.WALLS else "trap" if cell == maze.TRAP else "free"
    box = Markup('<rect class="cell {}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, x - CELL / 2, y - CELL / 2, CELL, CELL
    )
    if cell in (maze.EXIT, maze.TRAP):
        row = shown.exit_row if cell == maze.EXIT else shown.trap_row
        box += Markup(
            '<image href="{}" x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="xMidYMid slice"/>'
        ).format(kit.photo_url(row), x - 30, y - 32, 60, 50)
        box += words(x, y + 33, kit.say("widget.exit" if cell == maze.EXIT else "widget.trap"), "middle")
    if cell == maze.START:
        box += words(x, y - 22, kit.say("widget.start"), "middle")
    if cell not in maze.WALLS and cell != maze.EXIT:
        best = shown.begun.best[cell]
        said = ARROWS[best] if best >= 0 else "·"
        box += Markup('<text class="arrow" data-cell="{}" x="{}" y="{}">{}</text>').format(
            cell, x - 36, y + 34, said
        )
    return box


WIDGETS = {"maze": draw_maze, "lengths": draw_lengths}
