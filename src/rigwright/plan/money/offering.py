"""Use cases: import feeds of machines for rent, show a chip's offers, report on all of them."""

import datetime as dt
import gzip
import io
import statistics
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rigwright.catalog import source
from rigwright.catalog.prices.ledger import counts
from rigwright.catalog.prices.offerfile import ALLOWED, chips_named, feed_name, read_feed
from rigwright.catalog.tables import by_id
from rigwright.plan.ask.goal import parse_day
from rigwright.plan.parts.pricing import Seen, write_seen
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip
from rigwright.spec.tables.userfile import ordinary

BYTES_MAX, SECONDS, YOUNG_DAYS = 128 << 20, 30.0, 365
FEW, FAR = 5, 3.0  # offers of a chip that have a middle, and how far from it none should be


@dataclass(frozen=True, slots=True)
class FeedAdded:
    """What one feed brought; ``error`` where it could not be used, and then nothing of it.

    unstated : offers of a GPU whose form (SXM, PCIe) is not said; kept, never used as another.
    """

    feed: str
    offers: int = 0
    added: int = 0
    unstated: int = 0
    refused: tuple[tuple[str, int], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class OfferHistory:
    """Offers of a chip up to a day: the latest of each machine, cheapest first, and all seen."""

    chips: tuple[str, ...]
    as_of: dt.date
    latest: tuple[Offer, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class OffersReport:
    """providers : name, offers, chips, first and last day.  old : chips without a young offer.

    conflicts : machines of which two sources say another price on the same day.
    outliers : offers of the last year whose price of one GPU is far from the middle of its chip's.
    """

    as_of: dt.date
    offers: int
    unstated: int
    providers: tuple[tuple[str, int, int, dt.date, dt.date], ...]
    old: tuple[str, ...]
    conflicts: tuple[str, ...]
    outliers: tuple[str, ...]


def add_offers(places: Sequence[str], as_of: str | None = None) -> tuple[FeedAdded, ...]:
    """Add the offers of files and addresses, each feed in one transaction; a bad one stops none.

    as_of : the day that feeds without dates are of; today without one. Raises InputError.
    """
    day = parse_day(as_of)
    if day > dt.date.today():
        raise InputError("--as-of", "day", as_of, "a day up to today")
    return tuple(added for place in places for added in _added(place, day))


def _added(place: str, day: dt.date) -> Iterator[FeedAdded]:
    from rigwright.catalog.store.schema import offers

    try:
        feeds = list(_feeds(place))
    except (InputError, OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
        yield FeedAdded(place, error=str(error))
        return
    for name, raw in feeds:
        try:
            found, refused = read_feed(raw.decode("utf-8-sig"), feed_name(name), day)
            # No empty cells: one that is empty is never the same as another.
            new = write_seen(offers, [{k: v or 0 for k, v in asdict(o).items()} for o in found])
        except (InputError, UnicodeDecodeError) as error:
            yield FeedAdded(name, error=str(error))
            continue
        unstated = sum(o.chip not in by_id(Chip) for o in found)
        yield FeedAdded(name, len(found), new, unstated, tuple(refused.most_common(20)))


def _feeds(place: str) -> Iterator[tuple[str, bytes]]:
    if "://" in place:
        raw = _fetched(place)
    else:
        raw = ordinary(Path(place), "file", ALLOWED, BYTES_MAX).read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(BYTES_MAX)
    if raw[:4] != b"PK\x03\x04":
        yield place.partition("?")[0], raw
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = [m for m in archive.infolist() if m.filename.endswith(".csv")]
        if not members or sum(m.file_size for m in members) > BYTES_MAX:
            raise InputError(place, "zip", f"{len(members)} CSV files", f"CSV up to {BYTES_MAX}")
        for member in members:
            yield member.filename, archive.read(member)


def _fetched(url: str) -> bytes:
    import http.client
    import urllib.request

    if not url.startswith(("http://", "https://")):
        raise InputError("offers import", "address", url, "http:// or https://")
    asked = urllib.request.Request(url, headers={"User-Agent": "rigwright"})
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            data: bytes = answer.read(BYTES_MAX + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise InputError(url, "address", str(error)[:120], ALLOWED) from None
    if len(data) > BYTES_MAX:
        raise InputError(url, "feed", "too large", f"at most {BYTES_MAX >> 20} MiB")
    return data


def _machine(o: Offer) -> tuple[str, str, str, int]:
    return (o.provider, o.instance, o.region, o.gpu_count)


def history(text: str, as_of: str | None = None) -> OfferHistory:
    """Offers of the chips that a name leaves possible, also those whose form is not said.

    Raises UnknownNameError.
    """
    day, chips = parse_day(as_of), chips_named(text)
    if isinstance(chips, str):
        raise UnknownNameError("GPU", text)
    seen = [o for o in source.offers_seen() if o.date <= day]
    may = {name for o in seen if set(chips_named(name := o.chip)) & set(chips)}
    mine = [o for o in seen if o.chip in may]
    prices = tuple(
        Seen(o.date, round(usd / o.gpu_count, 4), "USD", condition, "shop", o.source,
             (day - o.date).days, counts(o.date, day))
        for o in mine
        for usd, condition in ((o.usd_per_hour, "new"), (o.spot_usd_per_hour, "used")) if usd
    )  # fmt: skip
    latest = {_machine(o): o for o in mine}.values()
    ordered = sorted(latest, key=lambda o: (o.usd_per_hour or o.spot_usd_per_hour) / o.gpu_count)  # type: ignore[operator]
    return OfferHistory(tuple(c.name for c in chips), day, tuple(ordered), prices)


def report(as_of: str | None = None) -> OffersReport:
    """Age, coverage and conflicts of every offer up to a day."""
    day, chips = parse_day(as_of), by_id(Chip)
    offers = [o for o in source.offers_seen() if o.date <= day]
    by: dict[str, list[Offer]] = {}
    prices: dict[tuple[object, ...], set[float]] = {}
    for o in offers:
        by.setdefault(o.provider, []).append(o)
        prices.setdefault((*_machine(o), o.date), set()).update({o.usd_per_hour} - {0.0})
    told = {o.chip for o in offers if o.chip in chips}
    old = told - {o.chip for o in offers if counts(o.date, day, YOUNG_DAYS)}
    two = {at: usd for at, usd in prices.items() if usd and max(usd) > 1.02 * min(usd)}
    return OffersReport(
        day, len(offers), sum(o.chip not in chips for o in offers),
        tuple((name, len(mine), len({o.chip for o in mine}), mine[0].date, mine[-1].date)
              for name, mine in sorted(by.items())),
        tuple(sorted(chips[c].name for c in old)),
        tuple(f"{' '.join(map(str, at))}: {', '.join(f'${p:g}' for p in sorted(usd))}"
              for at, usd in two.items()),
        tuple(_outliers([o for o in offers if counts(o.date, day, YOUNG_DAYS)])),
    )  # fmt: skip


def _outliers(offers: Sequence[Offer]) -> Iterator[str]:
    each: dict[str, dict[tuple[str, str, str, int], float]] = {}
    for o in offers:
        if o.usd_per_hour:
            each.setdefault(o.chip, {})[_machine(o)] = o.usd_per_hour / o.gpu_count
    for chip, usd in each.items():
        middle = statistics.median(usd.values())
        for (provider, instance, region, _), price in usd.items():
            if len(usd) >= FEW and not middle / FAR < price < middle * FAR:
                said = f"${price:.2f} an hour for one {chip}, the middle is ${middle:.2f}"
                yield f"{provider} {instance} {region}: {said}"
