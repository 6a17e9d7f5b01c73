"""Countries by ISO 3166 code or name, and what their wall sockets give (``data/countries.csv``)."""

import difflib
import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.errors import UnknownNameError
from rigwright.spec.tables.table import table

TABLE = Path(__file__).parent / "data" / "countries.csv"


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or all of the EU.

    code : ISO 3166.  also : other names of it.  volts : nominal, of homes.
    amperes : what its usual earthed socket is made for. Where two are usual, the lower of each.
    """

    code: str
    name: str
    also: tuple[str, ...]
    volts: float
    amperes: float


@functools.cache
def _by_word() -> dict[str, Country]:
    rows = table(Country, TABLE)
    return {word.casefold(): c for c in rows for word in (c.code, c.name, *c.also)}


def country(code: str) -> Country:
    """The country of a code, or of a state's (``US-CT``). Raises UnknownNameError with the nearest
    names.
    """
    words = _by_word()
    given = code.strip().casefold()
    found = words.get(given) or words.get(given.partition("-")[0] if given[2:3] == "-" else "")
    if found is None:
        near = difflib.get_close_matches(given, words, 5, cutoff=0.5)
        names = dict.fromkeys(f"{words[n].name} ({words[n].code})" for n in near)
        raise UnknownNameError("country", code, tuple(names)[:3])
    return found


def country_code(text: str) -> str:
    """``DE`` of ``Germany``, ``de``; ``US-CT`` of ``us-ct``. Raises UnknownNameError."""
    given = text.strip()
    code = country(given).code
    return code + given[2:].upper() if given[2:3] == "-" else code
