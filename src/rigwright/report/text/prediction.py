"""Times, sizes and runs in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rigwright.catalog.prices.ledger import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigwright.plan.machine.results import PlanResult, WhyNot
    from rigwright.spec.run import Prediction, Run, Users

GIB = 1024**3


ONE_HOST = "steps on its own links, all else of the host alike"
"""Said wherever steps of the frontier stand beside that of a machine."""


def many(count: int) -> str:
    """``2 x ``, before a name; nothing for a single one."""
    return f"{count} x " if count > 1 else ""


def duration(seconds: float | None) -> str:
    """``45.2 ms``, ``3.1 s``, ``2.4 h``; ``?`` when unknown."""
    if seconds is None or not math.isfinite(seconds):
        return "?"
    for limit, unit, size in ((0.9995, "ms", 1e-3), (119.5, "s", 1), (7170, "min", 60)):
        if seconds < limit:
            return f"{seconds / size:.3g} {unit}"
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 96 else f"{hours / 24:.1f} days"


def percent(chance: float) -> str:
    """``97 %``; never 0 or 100: nobody is that sure."""
    return f"{min(max(100 * chance, 1), 99):.0f} %"


def gib(value: float | None) -> str:
    """``7.4 GiB``."""
    return "?" if value is None or not math.isfinite(value) else f"{value / GIB:.1f} GiB"


def joined(words: Sequence[str]) -> str:
    """``one, two and three``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def planned_words(result: PlanResult) -> str:
    """The run that is planned, what is changed in it first, what of it is not reached last."""
    with_ = f"with {joined(result.changed)}: " if result.changed else ""
    lacks = f" ({'; '.join(result.missed)})" if result.missed else ""
    return with_ + run_words(result.run) + lacks


def budget_words(result: PlanResult | WhyNot) -> str:
    """``$2,521 before tax ($3,000 with it)``; the first alone where the budget includes none."""
    usd = money(result.budget_usd)
    if result.tax_share is None:
        return usd
    return f"{usd} before tax ({money(result.budget_usd * (1 + result.tax_share))} with it)"


def run_words(run: Run) -> str:
    """``train resnet50, batch 32, 224 px, fp32``."""
    served = run.mode == "serve"
    items = f"{run.concurrency or 1} users" if served else f"batch {run.batch}"
    words = [f"{run.mode} {run.model}", items]
    if run.img_size:
        words.append(f"{run.img_size} px")
    if served:
        from rigwright.predict.serving.users import ANSWER, PROMPT

        words.append(f"{run.seq_len or PROMPT} and {run.gen_len or ANSWER} tokens")
    elif run.seq_len:
        words.append(f"{run.seq_len} tokens")
    words.append("16 bit" if served and run.precision == "amp" else run.precision)
    if served:
        words.append(run.software.engine or "llama.cpp")
    if run.method != "full":
        words.append(run.method)
    if run.objective != "sft":
        words.append(run.objective)
    return ", ".join(words)


def largest(shares: dict[str, float], count: int = 4) -> str:
    """``convolution 61 %, normalisation 18 %``: the largest parts."""
    top = sorted(shares.items(), key=lambda kv: -kv[1])[:count]
    return ", ".join(f"{name} {share:.0%}" for name, share in top if share >= 0.005)


def memory_parts(p: Prediction, count: int = 4) -> str:
    """``weights 34%, activations 40%``: of the peak."""
    total = sum(p.memory_shares.values()) or 1.0
    return largest({name: size / total for name, size in p.memory_shares.items()}, count)


def memory_words(p: Prediction, vram_bytes: float) -> str:
    """``7.4 of 8.0 GiB, fits``."""
    from rigwright.predict.memory import verdict

    word = "fits" if p.fits else "does not fit"
    if p.fit_chance is not None:
        word = verdict(p.fit_chance)
    return f"{gib(p.memory_bytes)} of {gib(vram_bytes)}, {word}"


def speed_words(p: Prediction) -> str:
    """``step 12 ms (80 % range 10 ms to 14 ms), 90 img/s``."""
    users = p.users
    first = "step" if users is None else f"first token {duration(users.ttft_s)}, then each token"
    ends = f"{duration(p.low_s)} to {duration(p.high_s)}"
    return f"{first} {duration(p.step_s)} (80 % range {ends}), {p.throughput:,.4g} {p.unit}"


def brief(p: Prediction) -> str:
    """A step, or what many users get together."""
    return duration(p.step_s) if p.users is None else f"{p.throughput:,.4g} {p.unit}"


def users_words(users: Users, run: Run) -> str:
    """How many are written to, held and within the targets, and how much each may say."""
    asked, held = f"{run.concurrency or 1:,}", f"memory holds {users.users_max:,}"
    said = [f"{users.at_once:,.1f} of {asked} answered at once", held]
    if users.context_max is not None:
        said[1] += f", or {users.context_max:,} tokens for each of {asked}"
    if users.users_met is not None:
        said.append(f"{users.users_met or 'not even 1':,} within the targets")
    return "; ".join(said)
