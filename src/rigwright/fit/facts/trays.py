"""How deep boards are and how deep a case's tray lets them be: "E-ATX" is not a size."""

from collections.abc import Iterable
from dataclasses import dataclass

from rigwright.fit.facts.names import form_key, socket_key
from rigwright.fit.facts.platforms import DATA
from rigwright.spec.tables.table import table

_DEPTHS = DATA / "board_depths.csv"


@dataclass(frozen=True, slots=True)
class Depth:
    """Rear edge to front edge of boards of one form, on some sockets (empty: on any). [mm]

    listed_mm : what a case that lists this form surely takes.  perhaps_mm : what it may take.
    """

    form: str
    sockets: tuple[str, ...]
    least_mm: float
    most_mm: float
    listed_mm: float
    perhaps_mm: float


def depth_of(form: str, socket: str | None) -> Depth | None:
    """The row of a board's form on its socket; None for a form that no table has."""
    key, on = form_key(form), socket_key(socket or "")
    rows = (d for d in table(Depth, _DEPTHS) if d.form == key)
    return next((d for d in rows if not d.sockets or on in d.sockets), None)


def room_for(forms: Iterable[str]) -> tuple[float, float]:
    """(surely, perhaps): depth of the deepest board that a case with these forms takes. [mm]"""
    rows = [d for form in forms if (d := depth_of(form, "")) is not None]
    sure = max((d.listed_mm for d in rows), default=0.0)
    return sure, max((d.perhaps_mm for d in rows), default=0.0)
