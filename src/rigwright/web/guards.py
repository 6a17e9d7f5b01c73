"""What stands before every page: headers, size of the body, rate of one address; its limits."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN", "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}  # fmt: skip
FREE = "/static/"
"""Files of the application itself cost nothing to send."""


Failed = Callable[[Scope, Exception], ASGIApp]


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of one server process.

    rate_per_s, burst : token bucket of one client address; a rate of 0 lifts the limit.
    body_bytes_max : of a request.  answers_kept : answers in memory.
    waiting_max : questions that may wait while one is worked out; further ones are told to return.
    """

    rate_per_s: float = 10.0
    burst: int = 60
    body_bytes_max: int = 256 * 1024
    answers_kept: int = 512
    waiting_max: int = 64
    addresses_kept: int = 10_000


class TooLargeError(Exception):
    """The body went on after its limit."""


class _Answer:
    """What goes out: with our headers, and nothing of it once the body proved too large.

    head : only the headers are asked for.
    """

    def __init__(self, send: Send, head: bool) -> None:
        self._send, self._head = send, head
        self.started = self.too_large = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if self.too_large and not self.started:
            return  # whoever reads the body may take the end of it for a bad body
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)


def site_of(address: str) -> str:
    """Whose an address is: of IPv6 a customer has a whole /64 (RFC 6177)."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))


class Buckets:
    """A token bucket for each address; the addresses not seen for longest are forgotten."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Take a token: 0 when there was one, else the seconds until there is."""
        rate, burst = self._settings.rate_per_s, float(self._settings.burst)
        if rate <= 0:
            return 0.0
        now = self._clock()
        left, then = self._left.pop(address, (burst, now))
        left = min(burst, left + (now - then) * rate)
        allowed = left >= 1.0
        self._left[address] = (left - 1.0 if allowed else left, now)
        while len(self._left) > self._settings.addresses_kept:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / rate


class Guards:
    """ASGI middleware: security headers on every answer, 413 and 429 before any work is done.

    failed : makes the answer to what must not happen; here, so that it carries the headers too.
    """

    def __init__(self, app: ASGIApp, settings: Settings, failed: Failed) -> None:
        self._app, self._most, self._failed = app, settings.body_bytes_max, failed
        self._buckets = Buckets(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        answer = _Answer(send, scope["method"] == "HEAD")
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, answer.send)
            return
        try:
            await self._app(scope, self._counted(receive, answer), answer.send)
        except TooLargeError:
            pass  # said below
        except Exception as error:
            made = self._failed(scope, error)
            if not answer.started and not answer.too_large:
                await made(scope, receive, answer.send)
        if answer.too_large and not answer.started:
            answer.too_large = False
            await self._too_large()(scope, receive, answer.send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or int(said) > self._most:
            return self._too_large()
        client = scope.get("client")
        if scope["path"].startswith(FREE):
            return None
        wait = self._buckets.wait_s(site_of(client[0]) if client else "")
        if wait:
            after = {"retry-after": f"{max(round(wait + 0.5), 1)}"}
            words = "Too many requests from this address; wait a moment.\n"
            return PlainTextResponse(words, status_code=429, headers=after)
        return None

    def _too_large(self) -> PlainTextResponse:
        words = f"The request is larger than {self._most // 1024} KiB.\n"
        return PlainTextResponse(words, status_code=413)

    def _counted(self, receive: Receive, answer: _Answer) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                answer.too_large = True
                raise TooLargeError
            return message

        return counted
