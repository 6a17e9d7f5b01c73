"""A goal as a file that explains itself: every key, those not said as comments."""

import datetime as dt
import json
import textwrap
from collections.abc import Mapping
from typing import Any

from rigwright.plan.ask.goal import Budget, Data, Goal, Limits, Own, Site, Use, Workload, sections
from rigwright.spec.asked import Question, sentences

WIDTH = 96
SECTIONS = {"workload": Workload, "budget": Budget, "data": Data, "own": Own, "use": Use,
            "limits": Limits, "site": Site}  # fmt: skip
HEAD = """\
# A goal for rigwright: what is run and what may be spent.  Plan it: rigwright plan {name}
# A key that begins with # is left out; take the # away to say it. docs/goal.md has the same keys.
"""


def as_toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:.12g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False)


def example_of(q: Question) -> str:
    """A value for the page and for the comment: an example, else the default."""
    value = q.default if q.example is None else q.example
    return str(value) if q.kind == "day" else as_toml(value)


def explained(q: Question) -> str:
    """What a key means, its unit and words, when it applies and what leaving it out means."""
    said = [q.help if not q.unit else f"{q.help.rstrip('.')} [{q.unit}]."]
    if q.choices and q.kind == "choice":
        said.append(f"One of {', '.join(q.choices)}.")
    return " ".join(said + sentences(q))


def _key(q: Question, value: Any, said: bool) -> str:
    comment = textwrap.fill(
        explained(q), WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    line = f"{q.name} = {as_toml(value)}" if said else f"#{q.name} = {example_of(q)}"
    return f"{comment}\n{line}\n"


def goal_text(goal: Goal, said: Mapping[str, Any], name: str = "goal.toml") -> str:
    """The file of a goal. said : its data as it was given, which decides what stands as said."""
    asked = sections()
    out = [HEAD.format(name=name)]
    out += [_key(q, getattr(goal, q.name), q.name in said) for q in asked[""]]
    for section, kind in SECTIONS.items():
        doc = (kind.__doc__ or "").partition(": ")[2].replace("\n", " ")
        out.append(f"[{section}]  # {' '.join(doc.split())}\n")
        given, table = said.get(section, {}), getattr(goal, section)
        out += [_key(q, getattr(table, q.name), q.name in given) for q in asked[section]]
    return "\n".join(out)
