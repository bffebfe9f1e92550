"""A line plot with intervals as SVG, which browsers and GitHub show without a library.

In: lines of (x, share). Out: the SVG's text. The x values stand at equal distances, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from internalize.results import Share

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 40, 48
_COLOURS = ("#1b6ca8", "#c4501b", "#3a7d44", "#7b4ea3", "#8a6d1d", "#555555")
_LEGEND = 16
"""Height of a line of the legend, which stands below."""

Lines = Mapping[str, Sequence[tuple[float | int | str, Share]]]


def plot(title: str, x_label: str, lines: Lines) -> str:
    """Shares as percentages over x, each with its 95 % interval."""
    order = list(dict.fromkeys(x for points in lines.values() for x, _ in points))
    if all(isinstance(x, int | float) for x in order):
        order.sort()
    step = (WIDTH - _LEFT - _RIGHT) / max(len(order), 1)
    place = {x: _LEFT + step * (i + 0.5) for i, x in enumerate(order)}
    floor = HEIGHT - _BOTTOM

    def height(share: float) -> float:
        return floor - share * (floor - _TOP)

    parts = [f'<text x="{_LEFT}" y="22" font-weight="bold">{escape(title)}</text>']
    for percent in range(0, 101, 20):
        y = height(percent / 100)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>')
    for x, at in place.items():
        told = escape(f"{x:,}" if isinstance(x, int) else str(x))
        parts.append(f'<text x="{at:.1f}" y="{floor + 18}" text-anchor="middle">{told}</text>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{floor + 38}" text-anchor="middle">{escape(x_label)}</text>'
    )
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        aside = 4 * (number - (len(lines) - 1) / 2)  # so that intervals do not hide each other
        at = [(place[x] + aside, share) for x, share in points]
        path = " ".join(f"{x:.1f},{height(share.share):.1f}" for x, share in at)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, share in at:
            low, high = height(share.low), height(share.high)
            parts.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}"/>')
            y = height(share.share)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        y = HEIGHT + _LEGEND * number
        parts.append(f'<rect x="{_LEFT}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + 16}" y="{y}">{escape(name)}</text>')
    whole = HEIGHT + _LEGEND * len(lines)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{whole}" fill="#fff"/>\n{body}\n</svg>\n'
    )
