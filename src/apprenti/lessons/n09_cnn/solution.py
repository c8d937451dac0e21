"""Lesson 9, in code: the solution."""


def convolve(picture: list[list[float]], kernel: list[list[float]]) -> list[list[float]]:
    """Return the picture under a 3 x 3 kernel: two rows and two columns smaller."""
    rows = []
    for y in range(len(picture) - 2):
        row = []
        for x in range(len(picture[0]) - 2):
            row.append(sum(picture[y + j][x + i] * kernel[j][i] for j in range(3) for i in range(3)))
        rows.append(row)
    return rows
