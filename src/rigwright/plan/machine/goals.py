"""The goal that a command asks for: a file, flags, or flags over a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog.loose import TOLD, loose_part
from rigwright.plan.ask.examples import located
from rigwright.plan.ask.flags import LISTS, with_flags
from rigwright.plan.ask.goal import Goal, goal_data, parse_day, parse_goal
from rigwright.plan.ask.kinds import kinds_of
from rigwright.plan.ask.questions import WRITING
from rigwright.plan.ask.writing import goal_text
from rigwright.plan.machine.given.named import PLURAL
from rigwright.spec.errors import InputError

EXAMPLE = Path("examples/today/goal.toml")
MODEL, BUDGET_USD = "llama-3-8b", 3000
STARTS: dict[tuple[bool, bool], dict[str, Any]] = {
    (True, False): {
        "mode": "train", "method": "qlora", "grad_checkpointing": True, "seq_len": 1024,
    },
    (True, True): {"mode": "decode", "precision": "q4_k_m", "seq_len": 2048, "gen_len": 512},
    (False, False): {"mode": "train"},
    (False, True): {"mode": "infer"},
}  # fmt: skip
"""(language model, served) -> what a new goal says of the run: what a desktop card can hold."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A goal, what to call it, and what whoever asked should know about it."""

    goal: Goal
    name: str
    notes: tuple[str, ...] = ()


def goal_of(
    path: Path | None, said: Mapping[str, Any], as_of: str | None = None,
    beside: Mapping[str, Any] | None = None,
) -> Asked:  # fmt: skip
    """The goal of a file with what flags say over it; the packaged example for neither.

    beside : flags that a command always asks for, and that are no question of their own.
    Raises InputError for what is wrong with either, UnknownNameError for a part.
    """
    notes: list[str] = []
    if path is None and not said:
        path = located(EXAMPLE)
        which = f"{path}" if path == EXAMPLE else f"the packaged example {path}"
        notes.append(f"no goal is given, so {which} is planned; say --model and --budget")
    said = {**said, **(beside or {})}
    if path is None:
        _complete(with_flags({}, said))
        return goal_of_data({}, said, as_of, "flags")
    asked = goal_of_data(goal_data(path), said, as_of, str(path))
    return Asked(asked.goal, path.stem, (*notes, *asked.notes))


def goal_of_data(
    data: Mapping[str, Any], said: Mapping[str, Any], as_of: str | None = None, where: str = "goal"
) -> Asked:
    """The goal of what a file holds with what flags say over it. Raises as ``goal_of``."""
    found = with_flags(data, said)
    _own(found, said.get("own") or ())
    if as_of is not None:
        found["as_of"] = parse_day(as_of)
    return Asked(parse_goal(found, where), "goal")


def start(said: Mapping[str, Any], name: str) -> str:
    """The text of a goal file to begin with; what is not said is as STARTS has it.

    mode may be ``serve``. Raises InputError or UnknownNameError for what ``goal_of`` would refuse.
    """
    model = _known(str(said.get("model") or MODEL))
    kinds = kinds_of(model).sure
    serve = said.get("mode") == "serve"
    first = STARTS["decoder" in kinds, serve or said.get("mode") in WRITING]
    data = with_flags({"workload": dict(first), "budget": {"usd": BUDGET_USD}}, {
        **{k: v for k, v in said.items() if k != "mode" or not serve}, "model": model,
    })  # fmt: skip
    _own(data, said.get("own") or ())
    goal = parse_goal(data, "init")
    return goal_text(goal, data, name)


def _known(model: str) -> str:
    """A model's name, or the path of a file that is there. Raises InputError, UnknownNameError."""
    from rigwright.plan.parts import modelnames

    path = Path(model.partition(":")[0])
    return model if path.suffix and path.is_file() else modelnames.known(model)


def _complete(data: Mapping[str, Any]) -> None:
    """Without a file two things must be said."""
    for section, key, flag, example_of in (
        ("workload", "model", "--model", "--model llama-3-8b"),
        ("budget", "usd", "--budget", "--budget 3000"),
    ):
        table = data.get(section)
        said = [table.get(k) for k in (key, "amount")] if isinstance(table, dict) else []
        if all(value in (None, "") for value in said):
            raise InputError("goal", flag, "nothing", "a value, or a goal file", example_of)


def _own(data: dict[str, Any], owned: tuple[str, ...] | list[str]) -> None:
    """Put parts that are owned into their keys."""
    section = data.setdefault("own", {}) if owned else {}
    for text in owned:
        kind, name, count = _part(text)
        key = PLURAL.get(kind, kind)
        if key in LISTS:
            section[key] = [*section.get(key, ()), *[name] * count]
        else:
            section[key] = name


def _part(text: str) -> tuple[str, str, int]:
    """Kind, name and number of an owned part. Raises InputError where the line does not tell."""
    from rigwright.plan.parts.naming import kind_named, name_line  # the reader of pasted lists

    label, given, rest = text.partition("=")
    found = name_line(rest if given else text, kind_named(label.strip()) if given else None)
    kind = found.kind or ("card" if found.chip else None)
    known = kind and (found.part or (kind == "card" and found.chip) or loose_part(kind, found.text))
    if kind is None or not known:
        near = " or ".join(repr(n.name) for n in found.near[:3])
        what = f"one {kind} by name, or {TOLD[kind]}" if kind in TOLD else "the name of one part"
        raise InputError("goal", "--own", text, f"{what}, or KIND=NAME", near)
    return kind, found.text, found.quantity
