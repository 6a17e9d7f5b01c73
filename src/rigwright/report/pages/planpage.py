"""The report of a plan: one self-contained page, and the same on paper."""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rigwright.assemble import Layout
from rigwright.catalog.prices.ledger import in_its_money
from rigwright.catalog.prices.ledger import money as said
from rigwright.plan.machine.results import Machined, PlanResult
from rigwright.plan.money.results import RentResult
from rigwright.plan.reporting import Power, Report
from rigwright.report.charts import palette, theme
from rigwright.report.charts.bars import SHARES, Bar, Mark, bar, stacked
from rigwright.report.charts.drawing import drawing, views
from rigwright.report.charts.frontier import frontier, label, money
from rigwright.report.charts.theme import Chart
from rigwright.report.pages.pages import css, picture, render
from rigwright.report.text.prediction import gib, largest, planned_words
from rigwright.spec.errors import InputError

FORMATS = (".html", ".pdf", ".png", ".svg")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PRINT_S = 60


@in_its_money
def page(report: Report) -> str:
    """The report as HTML that loads nothing from elsewhere."""
    m = report.plan.chosen
    values: dict[str, Any] = {
        "heading": label(m.gpu, m.gpu_count) if m else "No machine",
        "run": planned_words(report.plan),
        "css": picture(css()),
    }
    if m is not None:
        values |= {
            "worst": worst(m),
            "drawings": drawings(report),
            "charts": [picture(chart) for chart in charts(report)],
            "money": picture(rent_picture(report.rent)),
        }
    return render("report.html", report=report, **values)


def chosen_of(result: PlanResult) -> Machined:
    """The machine of a plan. Raises InputError where nothing meets the goal."""
    if result.chosen is None:
        raise InputError("plan", "goal", "no machine meets it", "a goal that `plan` can meet")
    return result.chosen


@in_its_money
def card(result: PlanResult, layout: Layout | None) -> str:
    """What a link to a plan shows where it is shared, 1,200 by 630 pixels. Raises InputError."""
    m = chosen_of(result)
    side = picture(drawing(layout, views(layout)[0]) if layout else "")
    named = {"heading": label(m.gpu, m.gpu_count), "run": planned_words(result)}
    return render("card.svg", result=result, side=side, **named)


def worst(machine: Machined) -> str:
    """The word that colours a machine: what the gravest finding is."""
    grave = Counter(f.verdict for f in machine.findings if f.severity == "error")
    return next((word for word in ("conflict", "unknown") if grave[word]), "ok")


def drawings(report: Report) -> list[Any]:
    """Side and front view for a page."""
    if report.layout is None:
        return []
    return [picture(palette.inline(drawing(report.layout, view))) for view in views(report.layout)]


def charts(report: Report) -> list[str]:
    """Frontier, step time, memory and power of a chosen machine as pictures for a page."""
    result = report.plan
    machines = [m for m in (result.chosen, *result.alternatives) if m is not None]
    names = [label(m.gpu, m.gpu_count) for m in machines]
    tried = sum(p.usd is not None for p in result.frontier)
    best = f"chosen: {names[0]} at {said(machines[0].usd)}"
    spent = (largest(m.prediction.shares, 3) for m in machines)
    held = (f"{gib(m.prediction.memory_bytes)} of {gib(m.vram_bytes)}" for m in machines)
    words = f"Price against throughput of {tried} GPU choices; {best}"
    found = [
        theme.inline(frontier(result), "frontier", words),
        theme.inline(steps(machines), "step", "Step time: " + _beside(names, spent)),
        theme.inline(memory(machines), "memory", "Memory: " + _beside(names, held)),
    ]
    if report.power is not None and report.power.draw_w is not None:
        p = report.power
        words = (
            f"Power: {p.draw_w or 0:,.0f} W of a {p.psu_w or 0:,.0f} W supply; "
            f"{p.wall_w or 0:,.0f} W at the wall of {p.circuit_w or 0:,.0f} W"
        )
        found.append(theme.inline(power(p), "power", words))
    return found


def _beside(names: Iterable[str], said: Iterable[str]) -> str:
    return "; ".join(f"{name} {words}" for name, words in zip(names, said, strict=True))


def rent_picture(rent: RentResult | None) -> str:
    """Owning against renting over the months; empty without offers that do the work."""
    chart = money(rent) if rent is not None else None
    if chart is None or rent is None:
        return ""
    rows = [r for r in rent.rows if r.break_even_months is not None]
    said = "; ".join(f"{r.offer}: {r.break_even_months:.1f} months" for r in rows)
    return theme.inline(chart, "money", f"Money spent by month. Owning pays off against {said}")


def steps(machines: list[Machined]) -> Chart:
    """What a step's time is spent on, for the choice and its alternatives."""
    bars = [
        Bar(
            label(m.gpu, m.gpu_count),
            {name: share * p.step_s * 1e3 for name, share in p.shares.items()},
            p.low_s * 1e3, p.high_s * 1e3,
        )
        for m in machines for p in (m.prediction,)
    ]  # fmt: skip
    bound = f"the choice is bound by {machines[0].prediction.bound}; line: 80 % range"
    return stacked(bars, "milliseconds of a step", "What a step's time is spent on", bound)


def memory(machines: list[Machined]) -> Chart:
    """What fills a GPU at the peak, against its memory."""
    bars = [
        bar(label(m.gpu, m.gpu_count), m.prediction.memory_shares, m.vram_bytes) for m in machines
    ]
    title, what = "What fills the GPU's memory", "at the peak; red: the card's VRAM"
    return stacked(bars, "GiB of one GPU", title, what, SHARES)


def power(found: Power) -> Chart:
    """What draws how much at its limit, against supply and circuit."""
    shares: Counter[str] = Counter()
    for name, watts in found.shares:
        shares[name] += watts or 0.0  # type: ignore[assignment]
    psu, circuit = found.psu_w, found.circuit_w
    inside = (Mark(psu, f"supply {psu:,.0f} W"),) if psu else ()
    at_wall = (Mark(circuit, f"circuit {circuit:,.0f} W for hours"),) if circuit else ()
    loss = (found.wall_w or 0.0) - (found.draw_w or 0.0)
    bars = [
        Bar("from the supply", dict(shares), marks=inside),
        Bar("from the wall", {**shares, "loss in the supply": loss}, marks=at_wall),
    ]
    return stacked(bars, "W", "Power with everything at its limit", "red: what may be drawn")


def save(report: Report, path: Path) -> None:
    """Write .html, .pdf through the system's Chromium, or a card to share as .png or .svg.

    Raises InputError for another format, and for .pdf where there is no Chromium.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise InputError(str(path), "--report", path.suffix, ", ".join(FORMATS), "report.html")
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind in theme.PICTURES:
        theme.save_picture(card(report.plan, report.layout), path)
    elif kind == ".html":
        path.write_text(page(report), encoding="utf-8")
    else:
        to_pdf(page(report), path)


def to_pdf(html: str, path: Path) -> None:
    """Print a page to a file. Raises InputError without a browser, or when it fails."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise InputError(str(path), "--report", "pdf", "a system with Chromium", "report.html")
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(html, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-sandbox", "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", source.as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PRINT_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise InputError(
                str(path), "--report", f"{browser}: {error}", "a page it prints"
            ) from None
        shutil.move(made, path)
