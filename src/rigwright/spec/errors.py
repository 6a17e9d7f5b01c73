"""The few errors a user can cause; each message is one line that says what to try."""

from __future__ import annotations


class RigwrightError(Exception):
    """Base of everything printed without a traceback; exit code 2."""


class InputError(RigwrightError):
    """A file, option or value the user gave is wrong."""

    def __init__(self, where: str, field: str, given: object, allowed: str, hint: str = "") -> None:
        text = f"{where}: {field}: got {given!r}, allowed: {allowed}"
        super().__init__(text + (f"; try: {hint}" if hint else ""))


class CatalogError(RigwrightError):
    """A row of a catalogue table is wrong."""


class UnknownNameError(RigwrightError):
    """No part, chip or model has this name; ``near`` holds the nearest ones."""

    def __init__(self, kind: str, given: str, near: tuple[str, ...] = ()) -> None:
        self.kind, self.given, self.near = kind, given, near
        tail = f"; did you mean: {', '.join(near)}" if near else ""
        super().__init__(f"unknown {kind} {given!r}{tail}")
