"""Use case: a machine as somebody changes it part by part: fit, speed and cost together."""

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import rigwright.fit as fit
from rigwright.catalog.buildfile import Meant, build_of_toml, is_build_file, read_lines
from rigwright.catalog.identify import identify, revisions
from rigwright.catalog.loose import MARK
from rigwright.catalog.paste import Line, read_list
from rigwright.catalog.paste.words import OTHER, RISER, SYSTEM
from rigwright.catalog.prices.ledger import Quote, key, price_fields
from rigwright.catalog.source import load_with_price, prices_on
from rigwright.plan.ask import hosts as machines
from rigwright.plan.ask.datasets import Job
from rigwright.plan.ask.goal import Workload
from rigwright.plan.machine.results import PriceSeen
from rigwright.plan.parts import ownprices
from rigwright.plan.parts.results import OwnPrice
from rigwright.plan.speed.feeding import Timed, timed
from rigwright.plan.speed.runs import replicas
from rigwright.spec.build import MANY, Build, Finding
from rigwright.spec.errors import InputError
from rigwright.spec.parts import PART_TYPES, Part
from rigwright.spec.run import Prediction, Run

CHOICES = 60
TYPES = {t.kind: t for t in PART_TYPES if t.kind != "chip"}


@dataclass(frozen=True, slots=True)
class PricedPart(PriceSeen):
    """Equal parts of a build. usd : of all of them; None when no price of the day is known."""

    kind: str
    id: str
    name: str
    count: int
    usd: float | None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of a list. part : what it means, None when no one part is meant; near : the nearest.

    kind : None where nothing tells.  chip : of a card of which only the chip is known.
    """

    kind: str | None
    text: str
    count: int
    part: str | None
    chip: str | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """What a set of parts costs, how it fits, how fast it is.

    usd : of the parts that have a price; ``unpriced`` names the others.
    prices : what some of them cost the user, beside ours.
    prediction : None without a GPU or a workload; ``why_not`` says so.
    """

    name: str
    as_of: dt.date
    parts: tuple[PricedPart, ...]
    usd: float
    unpriced: tuple[str, ...]
    verdict: str
    findings: tuple[Finding, ...]
    lines: tuple[ReadLine, ...]
    draw_w: float | None
    wall_w: float | None
    run: Run | None = None
    gpu: str | None = None
    gpu_count: int = 0
    vram_bytes: int | None = None
    prediction: Prediction | None = None
    job_hours: float | None = None
    why_not: str = ""
    prices: tuple[OwnPrice, ...] = ()

    @property
    def own_usd(self) -> float:
        """Of all parts: the user's own prices, and ours where there is none."""
        return self.usd + sum((p.usd or 0.0) - (p.our_usd or 0.0) for p in self.prices)


@dataclass(frozen=True, slots=True)
class Swap:
    """Another part for a slot. usd_change : of the whole build; None when a price is missing.

    worst : the gravest finding that is not ok, if any.
    prediction, vram_bytes : of the run on the cards that stand there then, one card's memory; None
    where the run cannot be shared by them.
    """

    name: str
    usd: float | None
    price_date: dt.date | None
    usd_change: float | None
    verdict: str
    worst: Finding | None
    prediction: Prediction | None = None
    vram_bytes: int | None = None


def read_parts(slots: Sequence[tuple[str | None, str, int]]) -> tuple[Build, tuple[ReadLine, ...]]:
    """A build from (kind, name or id, count). Raises InputError for a kind that no list has."""
    for kind, text, _ in slots:
        if kind not in (*TYPES, None, OTHER, RISER, SYSTEM):
            raise InputError("build", "kind", kind, ", ".join(TYPES), text)
    build, meant = read_lines(Line(kind, text, count) for kind, text, count in slots)
    return build, lines_of(meant)


def ids_of(build: Build, names: Sequence[str]) -> tuple[str, ...]:
    """Ids of the parts so named, a name for every piece; names of what is not there say nothing."""
    left, found = Counter(names), []
    for part in build.parts():
        name = part.id if left[part.id] else part.name
        if left[name]:
            left[name] -= 1
            found.append(part.id)
    return tuple(found)


def read_text(text: str, where: str = "list") -> tuple[Build, tuple[ReadLine, ...]]:
    """A build from a pasted list or the text of a build file; the file has no lines to explain.

    Raises InputError when nothing can be read.
    """
    build, meant = read_meant(text, where)
    return build, lines_of(meant)


def read_meant(text: str, where: str) -> tuple[Build, Meant]:
    """The same, and what each line was taken for."""
    if is_build_file(text):
        try:
            return build_of_toml(text, where), ()
        except RecursionError:
            raise InputError(where, "TOML", "deeply nested values", "a build file") from None
    return read_lines(read_list(text, where))


def lines_of(meant: Meant) -> tuple[ReadLine, ...]:
    """What lines were read as."""
    found = []
    for line, hit in meant:
        part = hit.part.name if hit and hit.part else None
        chip = hit.chip.name if hit and hit.chip and not part else None
        near = hit.near[:5] if hit and not part else ()
        found.append(ReadLine(line.kind, line.text, line.quantity, part, chip, near))
    return tuple(found)


def edited(
    build: Build, lines: Sequence[ReadLine] = (), workload: Workload | None = None,
    as_of: dt.date | None = None, *, used: bool = False, prices: Sequence[str] = (),
) -> Edited:  # fmt: skip
    """Cost, fit and speed of a build for a workload.

    prices : what parts or chips cost the user, NAME=USD of one piece.
    Raises RigwrightError for a bad workload or a price of nothing known.
    """
    day = as_of or dt.date.today()
    quotes = prices_on(day, used=used)
    parts = _priced(build, quotes)
    if workload is not None:
        lanes = machines.lanes_each(workload.run(), len(build.cards))
        build = replace(build, lanes_each=lanes)
    findings = fit.check(build)
    result = Edited(
        name=build.name or "build", as_of=day, parts=parts, usd=sum(p.usd or 0.0 for p in parts),
        unpriced=tuple(p.name for p in parts if p.usd is None), verdict=fit.verdict(findings),
        findings=findings, lines=tuple(lines), draw_w=fit.draw_w(build), wall_w=fit.wall_w(build),
        prices=ownprices.by_name(build, prices, quotes, day),
    )  # fmt: skip
    return result if workload is None else _with_speed(result, build, workload)


def _priced(build: Build, seen: Mapping[str, Quote]) -> tuple[PricedPart, ...]:
    counts = Counter(key(p) for p in build.parts())
    unique = {key(p): p for p in build.parts()}
    found = []
    for name, part in unique.items():
        count, quote = counts[name], seen.get(name)
        usd = None if quote is None else quote.usd * count
        found.append(
            PricedPart(part.kind, part.id, part.name, count, usd, **price_fields(quote, count))
        )
    return tuple(found)


def _with_speed(result: Edited, build: Build, workload: Workload) -> Edited:
    found, words = _timed(build, workload)
    result = replace(result, run=workload.run(), why_not=words)
    if len(build.chips) != 1 or not build.cards:
        return result
    chip = build.chips[0]
    result = replace(result, gpu=chip.name, gpu_count=len(build.cards))
    if found is None:
        return result
    return replace(
        result, vram_bytes=chip.vram_bytes, prediction=found.prediction, job_hours=found.job_hours
    )


def _ran(build: Build, workload: Workload | None) -> tuple[Prediction | None, int | None]:
    """The run on another part and the memory of a card; nothing for a chip that does not run it."""
    with contextlib.suppress(InputError):
        if workload and (found := _timed(build, workload)[0]):
            return found.prediction, build.chips[0].vram_bytes
    return None, None


def _timed(build: Build, workload: Workload) -> tuple[Timed | None, str]:
    """The run on the cards of a build; or None and why not."""
    run, count = workload.run(), len(build.cards)
    if len(build.chips) != 1 or not count:
        many = len(build.chips) > 1
        words = "cards of different chips are not predicted together" if many else "no known GPU"
        return None, words
    if run.batch < replicas(run, count):
        return None, f"batch {run.batch} cannot be shared by {count} GPUs"
    return timed(run, machines.of_build(build, build.chips[0]), Job(samples=workload.samples)), ""


def swaps(
    build: Build, kind: str, as_of: dt.date | None = None, workload: Workload | None = None,
    *, used: bool = False,
) -> tuple[Swap, ...]:  # fmt: skip
    """Priced parts that could stand in a slot instead, each checked in the whole build.

    All parts of a kind in the build are replaced, the count is kept. Those nearest in price to what
    is there come first into the list, which is then by verdict and price.
    """
    if kind not in TYPES:
        raise InputError("build", "choose", kind, ", ".join(TYPES))
    seen = prices_on(as_of or dt.date.today(), used=used)
    held = build.of(kind)
    priced = [p for p in load_with_price(TYPES[kind]) if key(p) in seen and seen[key(p)].sold]
    known = [seen[key(p)].usd for p in held if key(p) in seen]
    before = sum(known) if held and len(known) == len(held) else None
    middle = known[0] if known else 0.0
    priced.sort(key=lambda p: abs(seen[key(p)].usd - middle))
    rows = []
    for part in priced[:CHOICES]:
        if part in held:
            continue
        quote, count = seen[key(part)], len(held) or 1
        changed = _put(build, part, count)
        findings = fit.check(changed)
        gain = None if held and before is None else quote.usd * count - (before or 0.0)
        told = (part.name, quote.usd, quote.seen_date, gain, fit.verdict(findings))
        worst = min((f for f in findings if f.verdict != "ok"), key=fit.rank, default=None)
        rows.append(Swap(*told, worst, *_ran(changed, workload)))
    order = ("ok", "warning", "unknown", "conflict")
    return tuple(sorted(rows, key=lambda s: (order.index(s.verdict), s.usd or 0.0)))


def _put(build: Build, part: Part, count: int) -> Build:
    if part.kind not in MANY:
        return replace(build, **{part.kind: part})  # type: ignore[arg-type]
    if part.kind == "card":  # a card brings its chip with it
        made, _ = read_parts([(part.kind, part.id, count)])
        return replace(build, cards=made.cards, chips=made.chips)
    return replace(build, **{MANY[part.kind]: (part,) * count})  # type: ignore[arg-type]


def name_of(kind: str, id_: str, name: str) -> str:
    """What a link calls a part: its name where that alone means it, else its id."""
    if name.endswith(MARK):
        return name
    found = revisions(identify(kind, name)).part
    return name if found is not None and found.id == id_ else id_
