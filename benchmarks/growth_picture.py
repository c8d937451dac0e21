"""The curve of regret against trainings fed back, as a picture for the documents: plain SVG, drawn from the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import results

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 616, 24, 264
COLOURS = {"no families known": "#b45309", "6 families known": "#1d4ed8"}
NAMES = {"no families known": "nothing known at first", "6 families known": "6 families known at first"}
STYLE = "font-family='sans-serif' font-size='13' fill='#374151'"
N_MARKS = 5

Row = results.Row


def growth_picture() -> str:
    """Return the curve as SVG; its bands are 95 % intervals over families."""
    rows = [row for row in results.load("own_knowledge") if row["measure"] == "growth"]
    parts = list(_drawn(rows)) if rows else [_text(WIDTH / 2, HEIGHT / 2, "not measured yet", "middle")]
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img'>"
    title = "<title>Mean regret in points on families never fed back, by trainings fed back</title>"
    ground = f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>"
    return "\n".join([head, title, ground, *parts, "</svg>"]) + "\n"


def _drawn(rows: Sequence[Row]) -> Iterator[str]:
    most_points: float = max(row["mean_regret_interval"][1] for row in rows)
    most_trainings: int = max(row["n_fed_back"] for row in rows)

    def x(n: float) -> float:
        return LEFT + (RIGHT - LEFT) * n / most_trainings

    def y(points: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * points / most_points

    for mark in range(N_MARKS + 1):
        value = most_points * mark / N_MARKS
        yield f"<line x1='{LEFT}' x2='{RIGHT}' y1='{y(value):.1f}' y2='{y(value):.1f}' stroke='#e5e7eb'/>"
        yield _text(LEFT - 8, y(value) + 4, f"{value:.1f}", "end")
    for n in sorted({row["n_fed_back"] for row in rows}):
        yield _text(x(n), BOTTOM + 18, str(n), "middle")
    yield _text((LEFT + RIGHT) / 2, HEIGHT - 14, "trainings fed back", "middle")
    yield _text(LEFT, TOP - 9, "mean regret, points", "middle")
    for at, (setting, colour) in enumerate(COLOURS.items()):
        curve = sorted(
            (row for row in rows if row["setting"] == setting), key=lambda row: int(row["n_fed_back"])
        )
        low = [(x(row["n_fed_back"]), y(row["mean_regret_interval"][0])) for row in curve]
        high = [(x(row["n_fed_back"]), y(row["mean_regret_interval"][1])) for row in curve]
        middle = [(x(row["n_fed_back"]), y(row["mean_regret_points"])) for row in curve]
        yield f"<polygon points='{_places([*low, *reversed(high)])}' fill='{colour}' fill-opacity='0.12'/>"
        yield f"<polyline points='{_places(middle)}' fill='none' stroke='{colour}' stroke-width='2'/>"
        yield f"<rect x='{RIGHT - 190}' y='{TOP + 18 * at}' width='12' height='12' fill='{colour}'/>"
        yield _text(RIGHT - 172, TOP + 11 + 18 * at, NAMES[setting], "start")


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' {STYLE}>{said}</text>"


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
