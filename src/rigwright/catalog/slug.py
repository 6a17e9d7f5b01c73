"""How a part's id is made from its name."""

import re


def slug(name: str) -> str:
    """``Gigabyte GTX 1070 G1 Gaming`` -> ``gigabyte-gtx-1070-g1-gaming``."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")
