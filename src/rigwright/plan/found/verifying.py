"""Use case: is the finished machine what was planned, and do its parts run as they should?"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rigwright.bringup.found import Found, FoundPart, Judgement, Verified
from rigwright.bringup.joining import joined
from rigwright.plan.found.machine import CHECKS, DATA, card_facts, log_facts, machine_facts, worked
from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import worded

if TYPE_CHECKING:
    from rigwright.plan.found.planned import Planned

ORDER = {"error": 0, "warning": 1, "unknown": 2, "note": 3}


def _each(key: str, letter: str, parts: Sequence[FoundPart], m: FoundPart) -> Iterator[Judgement]:
    """Of each part the first entry of every check that holds."""
    for number, part in enumerate(parts):
        said: set[str] = set()
        for entry in worded(CHECKS, key, **{letter: part, "m": m}):
            facts = {name: str(value) for name, value in entry.items()}
            if facts["check"] not in said:
                said.add(facts["check"])
                place = next((part[n] for n in ("index", "address") if part[n] is not None), number)
                kind = "gpu" if part["index"] is not None else part.kind
                plain = key in ("machine", "planned") or kind == "bench"
                names = () if plain else (f"{kind} {place}",)
                yield Judgement(**facts, parts=names)


def _together(found: Iterable[Judgement]) -> list[Judgement]:
    """Equal judgements of several parts as one; nothing is ``ok`` beside a fault of its check."""
    same: dict[Judgement, dict[str, None]] = {}
    for one in found:
        bare = dataclasses.replace(one, parts=())
        same.setdefault(bare, {}).update(dict.fromkeys(one.parts))
    bad = {one.check for one in same if one.verdict == "fault"}
    kept = [
        dataclasses.replace(one, parts=tuple(parts))
        for one, parts in same.items()
        if one.verdict != "ok" or one.check not in bad or parts
    ]
    return sorted(kept, key=lambda j: ORDER["unknown" if j.verdict == "unknown" else j.severity])


def _judged(found: Found, plan: Planned | None) -> list[Judgement]:
    whole = joined(found)
    parts = (worked(p, "drive_facts", "d") if p.kind == "drive" else p for p in whole.parts)
    whole = dataclasses.replace(whole, parts=tuple(parts))
    cards = [card_facts(card) for card in whole.of("gpu")]
    machine = machine_facts(whole, cards)
    fine = machine["kernels_known"] and not machine["no_kernels"]
    alike = len({card["lanes"] for card in cards}) == 1
    cards = [c.plus(too_old="" if fine else c["ended"], alike=alike) for c in cards]
    against, measured = list[FoundPart](), list[FoundPart]()
    price: dict[str, str] = {}
    if plan is not None:
        from rigwright.plan.found.planned import costs, planned_facts  # numpy

        cards = [c.plus(planned_w=plan[0].gpu_power_cap_w) for c in cards]
        against, price = [planned_facts(plan, whole, cards)], costs(plan, cards)
    if whole.of("bench"):
        from rigwright.plan.found.measured import measured_facts

        measured = measured_facts(whole, cards, plan, machine)
    told = [
        *_each("planned", "p", against, machine),
        *_each("gpu", "g", cards, machine),
        *_each("machine", "m", (machine,), machine),
        *_each("drive", "d", whole.of("drive"), machine),
        *_each("bench", "r", measured, machine),
        *_each("log", "l", [log_facts(log) for log in whole.of("log")], machine),
    ]
    faults = {j.check for j in told[len(against) :] if j.verdict == "fault"}
    return _together(
        dataclasses.replace(j, cost=price.get(j.check.removesuffix("_gen"), j.cost))
        if j.severity != "note" or j.cost else j
        for j in told
        if j.verdict != "unknown" or j.check not in faults
    )  # fmt: skip


def verify(
    found: Found, planned: Path | Planned | None = None, symptom: str | None = None
) -> Verified:
    """The machine against a plan or build (or its file), or its parts against themselves.

    symptom : its checks alone, the likeliest cause first.
    Raises InputError for a plan that cannot be read, a symptom that nobody knows.
    """
    against = str(planned) if isinstance(planned, Path) else "the plan" if planned else ""
    if isinstance(planned, Path):
        from rigwright.plan.found.planned import read_planned

        planned = read_planned(planned)
    verdicts = _judged(found, planned) or [Judgement(**e) for e in worded(CHECKS, "nothing")]
    if symptom is not None:
        verdicts = _of_symptom(symptom, verdicts)
    fault, unknown = (any(j.verdict == word for j in verdicts) for word in ("fault", "unknown"))
    return Verified(tuple(verdicts), 1 if fault else 3 if unknown else 0, against, found)


def _of_symptom(text: str, verdicts: Sequence[Judgement]) -> list[Judgement]:
    rows, low = records(DATA / "symptoms.csv"), text.lower()
    plain = " " + re.sub(r"[^a-z0-9_'-]+", " ", low)
    spoken = (r for r in rows if low in r["symptom"].lower() or any(
        f" {word}" in plain for word in r["words"].split("|")))  # fmt: skip
    row = next(spoken, None)
    if row is None:
        raise InputError("verify", "--symptom", text, "; ".join(r["symptom"] for r in rows))
    shown: dict[Judgement, None] = {}
    for check in row["checks"].split("|"):
        of = [j for j in verdicts if j.check == check]
        shown |= dict.fromkeys(of or [_untold(check)])
    return sorted(shown, key=lambda j: j.verdict != "fault")


def _untold(check: str) -> Judgement:
    rows = records(DATA / "tellers.csv")
    tells = next(t["text"] for t in rows if check.startswith(t["check"]))
    fix = f"the text of {tells}, by rigwright verify --from FILE"
    return Judgement(check, "unknown", found="no text tells it", fix=fix)
