"""One palette for charts, drawing and pages: Okabe-Ito hues, a light and a dark value of each.

Pictures are made with the light values. In a page ``inline`` turns them into CSS variables, so that
a picture follows the reader's light or dark mode; on paper they are light again.
"""

from __future__ import annotations

import re

# name: (light, dark). Light values are unique: they are what ``inline`` looks for. Text colours
# have a contrast of 4.5 to paper and panel in both modes (WCAG AA).
TOKENS: dict[str, tuple[str, str]] = {
    "ink": ("#1b1f24", "#e6edf3"),
    "muted": ("#57606a", "#9aa4af"),
    "line": ("#8c959f", "#6e7681"),
    "grid": ("#d8dee4", "#30363d"),
    "paper": ("#ffffff", "#0d1117"),
    "panel": ("#f6f8fa", "#161b22"),
    "ok": ("#006b4f", "#4cc9a0"),
    "warning": ("#8a5800", "#f0b347"),
    "conflict": ("#c0281c", "#ff8072"),
    "unknown": ("#7a3f78", "#dba3d9"),
    "blue": ("#0072b2", "#56b4e9"),
    "vermillion": ("#d55e00", "#f08a3c"),
    "green": ("#009e73", "#2fc79b"),
    "orange": ("#e69f00", "#e0a82e"),
    "purple": ("#cc79a7", "#d99bbd"),
    "sky": ("#56b4e8", "#8fd0f5"),
    "yellow": ("#d9c800", "#e8dc5a"),
    "grey": ("#999999", "#8b949e"),
    "pale": ("#c4c9ce", "#484f58"),
    "fill-card": ("#cfe5f5", "#12395a"),
    "fill-cooler": ("#cdeee2", "#0e4436"),
    "fill-psu": ("#efdcea", "#4a2a42"),
    "fill-drive": ("#f7efbe", "#4a4416"),
    "fill-board": ("#e4ebe1", "#233029"),
    "fill-ram": ("#fbe5c0", "#4d3508"),
    "fill-radiator": ("#d4eefc", "#1b4561"),
    "fill-conflict": ("#f9d5d1", "#5a1c17"),
}
LIGHT = {name: light for name, (light, _) in TOKENS.items()}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
SERIES = ("blue", "orange", "green", "purple", "sky", "vermillion", "yellow", "grey", "pale")
_NAMES = {light: name for name, light in LIGHT.items()}
_ANY = re.compile("|".join(sorted(_NAMES)), re.IGNORECASE)


def inline(svg: str) -> str:
    """A picture whose colours are the page's CSS variables."""
    return _ANY.sub(lambda m: f"var(--{_NAMES[m[0].lower()]})", svg)


def dark(svg: str) -> str:
    """A picture in the dark values, for a file of its own."""
    return _ANY.sub(lambda m: TOKENS[_NAMES[m[0].lower()]][1], svg)


def css() -> str:
    """The variables: light, dark where the reader's system asks for it, light on paper."""
    light = "".join(f"--{name}:{values[0]};" for name, values in TOKENS.items())
    night = "".join(f"--{name}:{values[1]};" for name, values in TOKENS.items())
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{night}}}}}"
        f'@media screen{{:root[data-theme="light"]{{color-scheme:light;{light}}}'
        f':root[data-theme="dark"]{{color-scheme:dark;{night}}}}}'
    )
