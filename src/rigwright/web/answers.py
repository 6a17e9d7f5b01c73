"""Answers in memory: the same question is worked out once, one question at a time."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from anyio import CapacityLimiter, to_thread

from rigwright.catalog.source import state

T = TypeVar("T")


class BusyError(Exception):
    """More questions wait than the server takes."""


class Answers:
    """A bounded memory of answers, newest kept; what fails is not kept.

    The use cases keep prepared searches between them and are pure Python: one at a time is as fast
    as many, and safe. Questions already answered do not wait.
    """

    def __init__(self, kept: int, waiting_max: int) -> None:
        self._kept, self._most = kept, waiting_max
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._running: dict[Hashable, asyncio.Future[Any]] = {}
        self._one: CapacityLimiter | None = None

    async def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to the question ``key``. Raises what ``make`` raises, or BusyError."""
        full = (state(), key)
        if full in self._known:
            self._known.move_to_end(full)
            return cast("T", self._known[full])
        running = self._running.get(full)
        if running is not None:
            return cast("T", await asyncio.shield(running))
        if len(self._running) >= self._most:
            raise BusyError
        return await self._worked_out(full, make)

    async def _worked_out(self, key: Hashable, make: Callable[[], T]) -> T:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._running[key] = future
        self._one = self._one or CapacityLimiter(1)
        try:
            answer = await to_thread.run_sync(make, limiter=self._one)
        except BaseException as error:
            if isinstance(error, Exception):
                future.set_exception(error)
                future.exception()  # whoever waits is told; nobody waiting is no warning
            else:
                future.cancel()
            raise
        else:
            future.set_result(answer)
            self._known[key] = answer
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
            return answer
        finally:
            del self._running[key]
