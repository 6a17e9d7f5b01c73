"""Options of a command, made from what ``spec`` declares of a run and of a machine."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from rigwright.cli.options import named
from rigwright.cli.options import words as shell_words
from rigwright.plan.ask.flags import FLAGS
from rigwright.spec.asked import Question, questions, sentences
from rigwright.spec.data import DATA as OF_DATA
from rigwright.spec.data import SAMPLES
from rigwright.spec.run import Machine, Run
from rigwright.spec.tables.table import toml

RUN, MACHINE, DATA = questions(Run), questions(Machine), (*OF_DATA, SAMPLES)
GOAL = (RUN[0], *FLAGS)
"""What is asked first for a goal: the model, then its flags."""
GOAL_RUN = tuple(replace(q, rank=3) for q in RUN[1:])
_FIRST = ("model", "mode", "budget", "own", "country")
_MODE = replace(RUN[1], help="train or serve, or a mode by its name.", choices=("train", "serve"))
INIT = tuple(
    replace(_MODE if q.name == "mode" else q, rank=1 if q.name in _FIRST else 3)
    for q in sorted((*RUN, *FLAGS), key=lambda q: q.name not in _FIRST)
)
UPGRADE = tuple(q for q in GOAL if q.name not in ("budget", "own"))
LIMITS = "More limits"
PANELS = {MACHINE: "The machine", DATA: "The data and the job", GOAL: LIMITS, UPGRADE: LIMITS}
RUN_PANEL = "More about the run"
METAVARS = {"whole": "INTEGER", "amount": "NUMBER", "choice": "WORD", "text": "TEXT"}

OPTIONS = toml(Path(__file__).parent / "data" / "options.toml")

C = TypeVar("C", bound=Callable[..., Any])


def tell(notes: Iterable[str]) -> None:
    """Say beside the answer what whoever asked should know."""
    for note in notes:
        typer.echo(f"rigwright: {note}", err=True)


def _help(q: Question) -> str:
    """What it means, its words, when it applies, and what leaving it out means."""
    said = [q.help if not q.unit else f"{q.help} ({q.unit})"]
    if q.choices:
        said.append(f"One of: {', '.join(q.choices)}.")
    return " ".join(said + sentences(q))


def _described(p: inspect.Parameter, rows: Mapping[str, Any]) -> inspect.Parameter:
    """A parameter that says nothing of itself, with what ``data/options.toml`` says of it."""
    row = rows.get(p.name, OPTIONS["any"].get(p.name))
    if row is None or hasattr(p.annotation, "__metadata__"):
        return p
    about = {name: value for name, value in row.items() if name not in ("flags", "argument")}
    if words := about.pop("words", ()):
        about["autocompletion"] = shell_words(*words)
    if about.pop("file", False):
        about["callback"] = named
    kind = typer.Argument if "argument" in row else typer.Option
    return p.replace(annotation=Annotated[p.annotation, kind(*row.get("flags", ()), **about)])


def option(q: Question, taken: Iterable[str] = (), panel: str | None = None) -> Any:
    """The annotation of one option; a spelling that the command uses for itself is left to it."""
    flags = [flag for flag in q.flags if flag not in taken]
    words = q.choices
    about: dict[str, Any] = {"help": _help(q), "rich_help_panel": panel, "show_default": False}
    if q.kind == "yes":
        flag = flags[0]
        return Annotated[bool | None, typer.Option(f"{flag}/--no-{flag[2:]}", **about)]
    if words:
        about["autocompletion"] = shell_words(*words)
    if q.kind == "names":
        return Annotated[list[str] | None, typer.Option(*flags, metavar="TEXT", **about)]
    # Text: the one reader of all surfaces says what a number may be.
    return Annotated[str | None, typer.Option(*flags, metavar=METAVARS[q.kind], **about)]


def _parameters(
    fields: Iterable[Question], taken: set[str], panel: str, first: int
) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            q.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=option(q, taken, None if q.rank <= first else panel),
        )
        for q in fields
    ]


def _own_flags(signature: inspect.Signature) -> set[str]:
    found: set[str] = set()
    for name, parameter in signature.parameters.items():
        own = f"--{name.replace('_', '-')}"
        for meta in getattr(parameter.annotation, "__metadata__", ()):
            given = (getattr(meta, "default", ""), *(getattr(meta, "param_decls", None) or ()))
            said = [word for word in given if isinstance(word, str) and word.startswith("-")]
            found |= {flag for word in said or [own] for flag in word.split("/")}
    return found


def asks(
    *groups: tuple[Question, ...], leave: Iterable[str] = (), first: int = 1
) -> Callable[[C], C]:
    """Give a command one option for each question; it gets what was said as ``said``. Its own
    parameters are described by ``data/options.toml``.

    leave : questions that the command asks in its own way.  first : rank up to which they stand
    among a command's first options.
    """

    def wrap(command: C) -> C:
        signature = inspect.signature(command, eval_str=True)
        rows = OPTIONS.get(command.__name__.strip("_"), {})
        described = [_described(p, rows) for p in signature.parameters.values()]
        signature = signature.replace(parameters=described)
        own, asked = _own_flags(signature), []
        for fields in groups:
            panel = PANELS.get(fields, RUN_PANEL)
            wanted = [q for q in fields if q.name not in leave]
            asked += _parameters(wanted, own, panel, first)

        @functools.wraps(command)
        def called(*args: Any, **values: Any) -> Any:
            if not groups:
                return command(*args, **values)
            given = {p.name: values.pop(p.name) for p in asked}
            said = {name: value for name, value in given.items() if value not in (None, [])}
            return command(*args, said=said, **values)

        all_of_them = _placed(signature, asked)
        called.__signature__ = signature.replace(parameters=all_of_them)  # type: ignore[attr-defined]
        called.__annotations__ = {p.name: p.annotation for p in all_of_them} | {
            "return": signature.return_annotation
        }
        return called  # type: ignore[return-value]

    return wrap


def _placed(
    signature: inspect.Signature, asked: list[inspect.Parameter]
) -> list[inspect.Parameter]:
    """The questions stand where the command wants ``said``; everything is passed by name."""
    found: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        found += asked if name == "said" else [parameter]
    return [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in found]
