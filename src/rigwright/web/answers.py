"""Answers in memory: the same question is worked out once, one question at a time."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from anyio import to_thread

from rigwright.catalog.source import state

T = TypeVar("T")
Gone = Callable[[], Awaitable[bool]]
HALF_LIFE_S = 30.0
"""Seconds of work that an address has had count half after these."""


class BusyError(Exception):
    """More questions wait than the server takes, or one waited too long."""


class Lane:
    """One question at a time. Next is that of the address that has had the fewest seconds of work.

    sites_kept : addresses whose seconds are remembered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, sites_kept: int = 1000) -> None:
        self._clock, self._kept, self._began = clock, sites_kept, 0.0
        self._had: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._busy = False

    async def turn(self, site: str, longest_s: float) -> None:
        """Wait for it; ``done`` must follow. Raises BusyError after ``longest_s`` seconds."""
        if self._busy:
            mine: tuple[str, asyncio.Future[None]] = (site, asyncio.Future())
            self._waiting.append(mine)
            try:
                await asyncio.wait_for(mine[1], longest_s)
            except TimeoutError:
                raise BusyError from None
            except asyncio.CancelledError:
                if mine[1].done() and not mine[1].cancelled():
                    self._next()  # the turn came as its task was stopped
                raise
            finally:
                self._waiting = [w for w in self._waiting if w is not mine]
        self._busy, self._began = True, self._clock()

    def done(self, site: str) -> None:
        """Give the turn to who waits."""
        now = self._clock()
        self._had[site] = (self._seconds(site, now) + now - self._began, now)
        self._had.move_to_end(site)
        while len(self._had) > self._kept:
            self._had.popitem(last=False)
        self._next()

    def _next(self) -> None:
        now, waiting = self._clock(), [w for w in self._waiting if not w[1].done()]
        if waiting:
            min(waiting, key=lambda w: self._seconds(w[0], now))[1].set_result(None)
        self._busy = bool(waiting)

    def _seconds(self, site: str, now: float) -> float:
        had, then = self._had.get(site, (0.0, now))
        return float(had * 0.5 ** ((now - then) / HALF_LIFE_S))


class Answers:
    """A bounded memory of answers, newest kept; what fails is not kept.

    The use cases keep prepared searches between them and are pure Python: one at a time is as fast
    as many, and safe. Questions already answered do not wait; quick ones (names, predictions,
    checks) do not wait for searches. What nobody waits for any more is not begun, and one address
    has a quarter of the places to wait.
    """

    def __init__(self, kept: int, waiting_max: int, longest_s: float = 60.0) -> None:
        self._kept, self._most, self._longest_s = kept, waiting_max, longest_s
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._running: dict[Hashable, tuple[asyncio.Future[Any], list[Gone], str]] = {}
        self._lanes = {True: Lane(), False: Lane()}

    async def get(
        self,
        key: Hashable,
        make: Callable[[], T],
        site: str = "",
        *,
        quick: bool = False,
        gone: Gone | None = None,
    ) -> T:
        """The answer to the question ``key``. Raises what ``make`` raises, or BusyError.

        site : who asks.  gone : whether who asks has left.
        """  # fmt: skip
        full = (state(), key)
        if full in self._known:
            self._known.move_to_end(full)
            return cast("T", self._known[full])
        if full in self._running:
            future, all_gone, _ = self._running[full]
            all_gone.append(gone or _stays)
            return cast("T", await asyncio.shield(future))
        mine = sum(asker == site for *_, asker in self._running.values())
        if len(self._running) >= self._most or mine >= max(self._most // 4, 2):
            raise BusyError
        return await self._worked_out(full, make, site, self._lanes[quick], [gone or _stays])

    async def _worked_out(
        self, key: Hashable, make: Callable[[], T], site: str, lane: Lane, all_gone: list[Gone]
    ) -> T:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._running[key] = future, all_gone, site
        try:
            await lane.turn(site, self._longest_s)
            try:
                if all([await gone() for gone in all_gone]):
                    raise BusyError
                answer = await to_thread.run_sync(make)
            finally:
                lane.done(site)
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


async def _stays() -> bool:
    return False
