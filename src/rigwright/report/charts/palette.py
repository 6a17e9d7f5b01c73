"""One palette for charts, drawing and pages: Okabe-Ito hues, a light and a dark value of each.

Pictures are made with the light values. In a page ``inline`` turns them into CSS variables, so that
a picture follows the reader's light or dark mode; on paper they are light again.
"""

import re
from pathlib import Path

from rigwright.spec.tables.table import toml

TOKENS: dict[str, tuple[str, str]] = toml(Path(__file__).parents[1] / "data" / "palette.toml")
"""name: (light, dark)"""
LIGHT = {name: light for name, (light, _) in TOKENS.items()}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
SERIES = ("blue", "orange", "green", "purple", "sky", "vermillion", "yellow", "grey", "pale")
_NAMES = {light: name for name, light in LIGHT.items()}
_ANY = re.compile("|".join(sorted(_NAMES)), re.IGNORECASE)


def inline(svg: str) -> str:
    """A picture whose colours are the page's CSS variables."""
    return _ANY.sub(lambda m: f"var(--{_NAMES[m[0].lower()]})", svg)


def following(svg: str, sheet: str) -> str:
    """A file of its own in the variables of a style sheet, its address; light without it."""
    made = _ANY.sub(lambda m: f"var(--{_NAMES[m[0].lower()]},{m[0]})", svg)
    return f'<?xml-stylesheet href="{sheet}"?>{made}'


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
