"""What checking says of a build."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.spec.answer import Answer, plain
from rigwright.spec.build import Finding


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A price that the list itself gives, beside ours; both of all ``count`` pieces.

    usd : None where no rate of the currency is known.  our_usd : in the same condition; None where
    we have no price.
    """

    kind: str
    name: str
    count: int
    amount: float
    currency: str
    usd: float | None
    our_usd: float | None
    our_low_usd: float | None
    our_high_usd: float | None
    condition: str = "new"

    @property
    def compared(self) -> bool:
        """Whether both are known: the totals are of these."""
        return self.usd is not None and self.our_usd is not None


def money_of(prices: Sequence[OwnPrice]) -> Rate:
    """The one currency of a list's own prices, at the rate they were counted at; else USD."""
    rates = {p.currency: p.usd / p.amount for p in prices if p.usd}
    if len({p.currency for p in prices}) > 1 or not rates:
        return DOLLARS
    ((currency, usd),) = rates.items()
    return Rate(DOLLARS.date, currency, usd)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a list did to the ledger. foreign : of ``added`` and ``known``, not in USD.

    left_out : priced lines that were not kept, each with the reason.
    """

    added: int
    known: int
    foreign: int
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that names no single product. ``of`` : products it may be; the first few by name."""

    kind: str
    text: str
    of: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckResult(Answer):
    """What the rules say of one build. exit_code: 0 buildable, 1 conflict, 3 only unknowns.

    lines : those that name no single product.
    prices : what the list says that its parts cost.  remembered : those of them that are in the
    ledger now; None where that was not asked for.
    """

    name: str
    findings: tuple[Finding, ...]
    unresolved: tuple[tuple[str, str], ...]
    exit_code: int
    lines: tuple[OpenLine, ...] = ()
    prices: tuple[OwnPrice, ...] = ()
    remembered: Remembered | None = None

    @property
    def money(self) -> Rate:
        """The currency that its texts say amounts in."""
        return money_of(self.prices)

    @property
    def your_usd(self) -> float:
        """Total of the list's own prices, where ours is known too."""
        return sum(p.usd or 0.0 for p in self.prices if p.compared)

    @property
    def our_usd(self) -> float:
        """Our total of the same parts."""
        return sum(p.our_usd or 0.0 for p in self.prices if p.compared)

    def to_dict(self) -> dict[str, Any]:
        """The findings, as ``check --json`` prints them; open lines and prices if any."""
        found: dict[str, Any] = {"findings": plain(self.findings)}
        if self.lines:
            found["lines"] = plain(self.lines)
        if self.prices:
            found |= {
                "prices": plain(self.prices),
                "your_usd": round(self.your_usd, 2),
                "our_usd": round(self.our_usd, 2),
            }
        if self.remembered is not None:
            found["remembered"] = plain(self.remembered)
        return found
