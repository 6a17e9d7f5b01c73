"""Design a machine for deep learning: fits, fast enough, worth the money.

As a library, ``import rigwright as rw``: ``rw.plan``, ``rw.check``, ``rw.predict``, ``rw.fit``,
``rw.rent`` and ``rw.compare`` answer what the commands answer (``docs/api.md``). Nothing is loaded
before it is asked for.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rigwright.api import (
        InputError,
        RigwrightError,
        UnknownNameError,
        check,
        compare,
        example,
        fit,
        plan,
        predict,
        rent,
        why_not,
    )

__version__ = "0.2.0"
__all__ = [
    "InputError", "RigwrightError", "UnknownNameError", "check", "compare", "example", "fit",
    "plan", "predict", "probe", "rent", "verify", "why_not",
]  # fmt: skip
_ROOMS = ("fit", "plan", "predict")
"""Questions with the name of the room that answers them: calling the room asks."""


class _Room(ModuleType):
    def __call__(self, *args: Any, **said: Any) -> Any:
        """The question of this name in ``rigwright.api``."""
        api = importlib.import_module("rigwright.api")
        return getattr(api, self.__name__.rpartition(".")[2])(*args, **said)


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ROOMS and isinstance(value, ModuleType):  # the import system hands it over
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"rigwright.{name}")
    if name in __all__:
        return getattr(importlib.import_module("rigwright.api"), name)
    raise AttributeError(f"module 'rigwright' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
