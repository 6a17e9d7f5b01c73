"""The few errors a user can cause; each message is one line that says what to try."""

ELSEWHERE = {
    "GPU": "; try: rigwright parts chip WORDS",
    "model": "; try: a config.json, or: rigwright trace FILE.py:CALLABLE -o ops.parquet",
}
"""What to try when no name is near."""


class RigwrightError(Exception):
    """Base of everything printed without a traceback; exit code 2."""


class InputError(RigwrightError):
    """A file, option or value the user gave is wrong; ``field`` names it for a form."""

    def __init__(self, where: str, field: str, given: object, allowed: str, hint: str = "") -> None:
        self.field = field
        text = f"{where}: {field}: got {given!r}, allowed: {allowed}"
        super().__init__(text + (f"; try: {hint}" if hint else ""))

    def __reduce__(self) -> tuple[type[RigwrightError], tuple[object, ...]]:
        return RigwrightError, self.args  # from a worker: its line is what counts


def unreadable(
    where: object, field: str, error: Exception, allowed: str, hint: str = ""
) -> InputError:
    """The error of a file that cannot be opened or decoded, in the system's own words."""
    said = getattr(error, "strerror", None) or type(error).__name__
    return InputError(str(where), field, said, allowed, hint)


class CatalogError(RigwrightError):
    """A row of a catalogue table is wrong."""


class UnknownNameError(RigwrightError):
    """No part, chip or model has this name; ``near`` holds the nearest ones.

    facts : what may be said instead of a name.
    """

    def __init__(self, kind: str, given: str, near: tuple[str, ...] = (), facts: str = "") -> None:
        self.kind, self.given, self.near = kind, given, near
        tail = f"; did you mean: {', '.join(near)}" if near else ""
        tail += ELSEWHERE.get(kind, "") if kind == "model" or not near else ""
        tail += f"; without a name say {facts}" if facts else ""
        super().__init__(f"unknown {kind} {given!r}{tail}")
