"""The seats of twelve months as a picture: where its lines run. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.billing.overview import Month

WIDTH, HEIGHT = 720, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 28


@dataclass(frozen=True)
class Label:
    """A text beside an axis: a figure, or the month whose end is there."""

    x: float
    y: float
    value: object


@dataclass(frozen=True)
class Chart:
    """The picture, in its own units."""

    total: str
    in_use: str
    area: str
    figures: tuple[Label, ...]
    months: tuple[Label, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(months: Sequence[Month]) -> Chart:
    """Return the picture of some months."""
    top = _ceiling(max(month.counts.purchased for month in months))
    xs = [
        _LEFT + index * (WIDTH - _LEFT - _RIGHT) / (len(months) - 1) for index in range(len(months))
    ]
    total = [(x, _y(month.counts.purchased, top)) for x, month in zip(xs, months, strict=True)]
    in_use = [(x, _y(month.counts.in_use, top)) for x, month in zip(xs, months, strict=True)]
    floor = [(xs[-1], _y(0, top)), (xs[0], _y(0, top))]
    return Chart(
        _points(_steps(total)),
        _points(_steps(in_use)),
        _points([*_steps(in_use), *floor]),
        tuple(Label(_LEFT - 8, _y(figure, top), figure) for figure in (0, top // 2, top)),
        tuple(
            Label(x, HEIGHT - 8, month.last_on)
            for x, month in list(zip(xs, months, strict=True))[::-2]
        ),
    )


def _ceiling(figure: int) -> int:
    """Return a round figure, even, at or above one.

    >>> [_ceiling(figure) for figure in (0, 3, 12, 105, 1001)]
    [2, 4, 12, 120, 1200]
    """
    size: int = 10 ** max(len(str(figure)) - 1, 0)
    steps = [step * size // 10 for step in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100)]
    return next((step for step in steps if step >= max(figure, 2) and step % 2 == 0), 10 * size)


def _y(figure: int, top: int) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - figure / top)


def _steps(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points between which a line goes across first and then up or down."""
    stepped = [points[0]]
    for (_, before), (x, y) in pairwise(points):
        stepped += [(x, before), (x, y)]
    return stepped


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
