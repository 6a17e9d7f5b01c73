"""What of a build changes how it is put together."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from rigwright.spec.build import Build
from rigwright.spec.parts import Card, Drive
from rigwright.spec.tables.table import records

Order = Literal["bench", "case-first"]
ORDERS: tuple[Order, ...] = ("bench", "case-first")
SOCKETS = Path(__file__).parents[1] / "data" / "sockets.csv"
HOT_16PIN_W = 450
"""From here one 16-pin plug carries more than 3/4 of its rated 600 W (PCIe CEM 5.0)."""
TALL_MM = 150
"""Tower coolers from here up cover the processor's power plug in most cases."""


@functools.cache
def _holding() -> dict[str, str]:
    """Socket -> pins-on-cpu, frame (it slides in on rails) or carrier (cooler and all); any other
    has pins and a lever of its own."""
    return {row["socket"]: row["holds"] for row in records(SOCKETS)}


@dataclass(frozen=True)
class Traits:
    """A build as the guide sees it."""

    build: Build
    seats: Sequence[tuple[int, int]] = ()
    order: Order = "bench"

    @property
    def cpu(self) -> str:
        """What the processor is called."""
        return self.build.cpu.name if self.build.cpu else "the processor"

    @property
    def bench(self) -> bool:
        """Power outside the case first, so that a dead part shows before all is screwed down."""
        powered = self.build.psu is not None and self.build.board is not None
        return self.order == "bench" and powered and not self.liquid

    @cached_property
    def socket(self) -> str:
        """pins-on-cpu, frame, carrier or lga; empty where neither board nor CPU is known."""
        part = self.build.cpu or self.build.board
        name = part.socket.upper() if part else ""
        return _holding().get(name, "lga") if name else ""

    @cached_property
    def am5(self) -> bool:
        """The socket's lever frame holds the backplate: a cooler must use it, not bring its own."""
        part = self.build.cpu or self.build.board
        return part is not None and part.socket.upper() == "AM5"

    @cached_property
    def liquid(self) -> bool:
        """A radiator has to be mounted."""
        return self.build.cooler is not None and self.build.cooler.type == "liquid"

    @cached_property
    def boxed_cooler(self) -> bool:
        """No cooler of its own: the one in the processor's box is used."""
        cpu = self.build.cpu
        return self.build.cooler is None and cpu is not None and cpu.includes_cooler is True

    @cached_property
    def big_tower(self) -> bool:
        """A tower that gets in the way of the processor's power plug."""
        cooler = self.build.cooler
        return cooler is not None and cooler.type == "air" and (cooler.height_mm or 0) >= TALL_MM

    @cached_property
    def m2(self) -> tuple[Drive, ...]:
        """Drives that are screwed onto the board."""
        return tuple(d for d in self.build.drives if d.form_factor.startswith("M.2"))

    @cached_property
    def cabled(self) -> tuple[Drive, ...]:
        """Drives that need a bay and cables."""
        return tuple(d for d in self.build.drives if not d.form_factor.startswith("M.2"))

    @cached_property
    def modules(self) -> int:
        """Memory modules."""
        return sum(kit.modules for kit in self.build.ram)

    @cached_property
    def igpu(self) -> bool | None:
        """The board shows a picture without a card; None = not known."""
        cpu, board = self.build.cpu, self.build.board
        if board is not None and board.own_display_outputs:
            return True
        if cpu is None or not cpu.has_igpu:
            return None if cpu is None else False
        return None if board is None or board.display_outputs is None else board.display_outputs > 0

    @cached_property
    def plugs(self) -> tuple[str, ...]:
        """Power plugs of all cards; a card whose plugs are not known adds ``?``."""
        return tuple(p for card in self.build.cards for p in (card.plugs or ("?",)) if p != "none")

    @cached_property
    def heavy(self) -> tuple[Card, ...]:
        """Cards that want a support: three slots thick or 300 mm long."""
        return tuple(
            c
            for c in self.build.cards
            if (c.thickness_slots or 0) > 2.5 or (c.length_mm or 0) >= 300
        )

    @cached_property
    def hot(self) -> bool:
        """A card that draws much of what one 16-pin plug may carry."""
        return any((c.power_limit_w or 0) >= HOT_16PIN_W for c in self.build.cards)

    @cached_property
    def blind(self) -> bool:
        """No card has a monitor socket."""
        cards = self.build.cards
        return bool(cards) and all(c.display_outputs == 0 for c in cards)
