"""The one reader of a run and of the machine it is on, for every surface.

People who ask are told of a word that is not known and of a field that does not apply. Tables
(``predict --batch``) are read to the end: there both become notes.
"""

import difflib
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rigwright.catalog.custom import chip_of
from rigwright.catalog.systems import alone
from rigwright.plan.ask import hosts
from rigwright.plan.ask.kinds import Kinds, kinds_of, own_format, served, situation
from rigwright.plan.ask.software import Said, said, said_in_table
from rigwright.predict.chip.processor import NAMELESS, is_mixed, is_processor, processor_chip
from rigwright.predict.engines import engine_of, engines
from rigwright.predict.memory.formats import weight_bytes
from rigwright.predict.training import MODES as TRAINING
from rigwright.spec import data as data_asked
from rigwright.spec.asked import INSTEAD, SITUATIONS, Question, questions
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import BPW, MODES, PRECISIONS, Machine, Run, is_quantised
from rigwright.spec.software import Software
from rigwright.workload import pipelines

RUN = {q.name: q for q in questions(Run)}
MACHINE = {q.name: q for q in questions(Machine)}
DATA = {q.name: q for q in (*data_asked.DATA, data_asked.SAMPLES)}
ASKED = RUN | MACHINE | DATA
KEYS = frozenset(ASKED) | {"gpu"}
FLAGS = {
    flag.removeprefix("--").replace("-", "_"): q.name for q in ASKED.values() for flag in q.flags
}
MOST = 1e12
ZERO = ("0", "0.0", "nan")
NOTHING = (*ZERO, "none", "null", "false")
SOFTWARE = "framework"  # the sentence that Run.software is read from
WRITING = ("prefill", "decode", "serve")
YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False,
        "none": False, "1.0": True, "0.0": False}  # fmt: skip

Tell = Callable[[InputError], None]
"""What to do with a word or a field that makes no sense: raise it, or note it."""


def refuse(error: InputError) -> None:
    """Raise it."""
    raise error


# -- single values -------------------------------------------------------------------------
def _number(q: Question, value: Any, where: str) -> float:
    """A number above 0, as it is stored. Raises InputError."""
    most = q.most or MOST
    least = f"of at least {q.least:g}" if q.least else "above 0"
    what = f"a number {least} [{q.unit}]"
    if q.kind == "whole":
        what = "a whole number of at least 1, below 10^12"
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if number > most:
        what += f" and at most {most:,.0f}"
    if not (0 < number <= most and number >= q.least) or (
        q.kind == "whole" and number != int(number)
    ):
        raise InputError(where, q.name, value, what)
    return int(number) if q.kind == "whole" else number * q.scale


def word_of(q: Question, value: Any) -> str | None:
    """The choice that a word means, however it is written; None for an unknown word."""
    written = str(value).strip().lower()
    for word in (written, written.replace("-", "_").replace(" ", "_")):
        word = dict(q.spoken).get(word, word)
        if word in q.choices:
            return word
    bits = BPW.fullmatch(written) if q.name == "precision" else None
    return f"{float(bits[1]):g}bpw" if bits else None


def _word(q: Question, value: Any, where: str) -> str:
    found = word_of(q, value)
    if found is None:
        near = difflib.get_close_matches(str(value).lower(), q.choices, 3)
        raise InputError(where, q.name, value, ", ".join(q.choices), " or ".join(near))
    return found


def _yes(q: Question, value: Any, where: str) -> bool:
    found = YES.get(str(value).strip().lower())
    if found is None:
        raise InputError(where, q.name, value, "true or false")
    return found


def left_out(q: Question, value: Any, *, table: bool = False) -> bool:
    """An empty cell; of a field that may be missing, also the words for nothing.

    table : of a table's cell, where 0 stands for no number; whoever asks for 0 is told.
    """
    text = "" if value is None else str(value).strip().lower()
    may_miss = bool(q.needs) or (q.kind in ("text", "amount") and not q.required)
    nothing = text in NOTHING and text not in q.choices and q.kind != "yes"
    if not table and q.kind in ("whole", "amount"):
        nothing = nothing and text not in ZERO
    return not text or (may_miss and nothing)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of some fields: values as stored, and words that nobody knows, by name."""

    values: dict[str, Any]
    strange: dict[str, InputError]


def _parsed(
    fields: Mapping[str, Question], data: Mapping[str, Any], where: str, tell: Tell
) -> _Said:
    """Every field that is said. Raises InputError for a number that is no number."""
    read = {"whole": _number, "amount": _number, "yes": _yes, "choice": _word}
    found, table = _Said({}, {}), tell is not refuse
    for name, q in fields.items():
        if name not in data or left_out(q, data[name], table=table):
            continue
        try:
            value = read[q.kind](q, data[name], where) if q.kind in read else str(data[name])
            found.values[name] = value
        except InputError as error:
            if q.kind in ("whole", "amount") and (table or not q.neutral(data[name])):
                raise
            found.strange[name] = error
    return found


# -- what applies --------------------------------------------------------------------------
def _unfit(q: Question, value: Any, run: Run, kinds: Kinds, where: str) -> InputError:
    """Why a field does not apply."""
    need = next(word for word in q.needs if not kinds.may((word,)))
    allowed = f"nothing: it is for {SITUATIONS[need]}, not for {run.model} in mode {run.mode}"
    other = f", or {INSTEAD[need]}" if need in INSTEAD else ""
    return InputError(where, q.name, value, allowed, f"leave it out{other}")


def applying(
    fields: Mapping[str, Question], data: Mapping[str, Any], run: Run, where: str, tell: Tell
) -> dict[str, Any]:
    """The values of fields that apply; others are told of unless they say nothing."""
    said, kinds = _parsed(fields, data, where, tell), situation(run)
    for name in (*said.values, *said.strange):
        q = fields[name]
        if not kinds.may(q.needs):
            if not q.neutral(data[name]):
                tell(_unfit(q, data[name], run, kinds, where))
        elif name in said.strange:
            tell(said.strange[name])
    return {name: value for name, value in said.values.items() if kinds.may(fields[name].needs)}


def _possible(values: dict[str, Any], where: str, tell: Tell) -> dict[str, Any]:
    """Choices that only some models have: writing text and quantised weights need a decoder."""
    model, mode = kinds_of(values["model"]), values.get("mode", "train")
    if mode in WRITING and not model.may(("decoder",)):
        allowed = (
            f"{', '.join(m for m in MODES if m not in WRITING)}: {values['model']} is no decoder"
        )
        tell(InputError(where, "mode", mode, allowed, "mode infer"))
        values = values | {"mode": "infer"}
    quantised = is_quantised(values.get("precision", ""))
    known = model.may(("decoder",)) or (mode == "infer" and pipelines.of(values["model"]))
    if quantised and (mode in TRAINING or not known):
        allowed = f"{', '.join(PRECISIONS)}: packed weights serve; method qlora trains beside some"
        tell(InputError(where, "precision", values["precision"], allowed))
        values = {k: v for k, v in values.items() if k != "precision"}
    return values


def _read(data: Mapping[str, Any], software: Said, where: str, tell: Tell, *, usual: bool) -> Run:
    for error in software.errors(where):
        tell(error)
    values = dict(_parsed(RUN, data, where, tell).values)
    if "model" not in values:
        raise InputError(where, "model", "nothing", "a model name", "resnet50")
    possible = _possible(values, where, tell)
    possible.pop(SOFTWARE, None)
    implied = {**dict(software.run), **own_precision(possible)}
    named = serving_engine(software.software, implied | possible)
    run = Run(**(implied | possible), software=named)
    if "precision" not in possible and (packed := _repacked(run)):
        implied["precision"] = packed
        run = replace(run, precision=packed)
    if software.software.engine and served(run) and not engine_of(named).reads(run.precision):
        able = [e.name for e in engines().values() if e.reads(run.precision) and not e.first]
        other = f"--precision bf16, {', '.join(engine_of(named).formats)}"
        allowed = f"for {run.precision}: {', '.join(able)}"
        tell(InputError(where, SOFTWARE, named.engine, allowed, other))
        named = replace(named, engine="")
    of_run = applying(RUN, data, run, where, tell)
    kept = {name: possible[name] for name in of_run if name in possible}
    if not usual:
        return Run(**(implied | kept), software=named)
    kinds = situation(run)
    left = {n: q.usual_for(kinds.sure) for n, q in RUN.items() if q.usual and kinds.may(q.needs)}
    return Run(**(left | implied | kept), software=named)


def _repacked(run: Run) -> str:
    """Of a model in a format of its own that the named engine does not read: the format nearest in
    size that it does; empty for any other."""
    engine = engine_of(run.software)
    if not run.software.engine or not served(run) or engine.reads(run.precision):
        return ""
    able = [word for word in ("q8_0", "q4_k_m", "fp8", "int4") if engine.reads(word)]
    size = weight_bytes(run.precision)
    return min(able, key=lambda word: abs(weight_bytes(word) - size), default="")


def serving_engine(said: Software, values: Mapping[str, Any]) -> Software:
    """vLLM where many users are served by no engine that is named, from a format that it reads."""
    of_it = values.get("precision", "fp32") in (*PRECISIONS, "nvfp4", "mxfp4", "int4", "awq")
    if said.engine or values.get("mode") != "serve" or not of_it:
        return said
    return replace(said, engine="vllm")


def own_precision(values: Mapping[str, Any]) -> dict[str, Any]:
    """The format that a language model is published in, where nobody says another."""
    if values.get("precision") or values.get("mode", "train") in TRAINING:
        return {}
    own = own_format(values["model"])
    return {"precision": own} if own else {}


def _software(data: Mapping[str, Any]) -> str:
    text = data.get(SOFTWARE)
    return "" if left_out(RUN[SOFTWARE], text) else str(text)


def run_of(data: Mapping[str, Any], where: str = "run") -> Run:
    """The run of a command, page, goal or request; other keys are not looked at.

    Left out: what the words of ``framework`` say, else what is usual for the kind of model.
    Raises InputError for an unknown word and for a field that does not apply.
    """
    return _read(data, said(_software(data)), where, refuse, usual=True)


def row_of(data: Mapping[str, Any]) -> tuple[Run, tuple[str, ...]]:
    """The run of a table's line, and notes on what in it was not used.

    Left out: what the words of ``framework`` say, else the defaults of Run. Raises InputError for a
    missing model and for a number that is no number.
    """
    errors: list[InputError] = []
    software = said_in_table(_software(data))
    run = _read(data, software, "line", errors.append, usual=False)
    return run, (
        *map(_note, errors),
        *_strange(tuple(n for n in data if str(data[n]).strip().lower() not in ("", *NOTHING))),
    )


def _note(error: InputError) -> str:
    return f"not used: {error}"


@functools.lru_cache(maxsize=256)
def _strange(names: tuple[str, ...]) -> tuple[str, ...]:
    """Keys that look like a slip of the pen, or are spelt as on the command line; a table may have
    any other columns of its own."""
    near = {
        n: [FLAGS[n]] if n in FLAGS else difflib.get_close_matches(n, KEYS, 1, cutoff=0.8)
        for n in names
        if n not in KEYS
    }
    return tuple(
        f"not used: line: {name}: no such key; nearest: {found[0]}"
        for name, found in near.items()
        if found and found[0] not in names
    )


# -- the machine ---------------------------------------------------------------------------
def machine_of(
    data: Mapping[str, Any], chip: Chip, run: Run, where: str = "run", tell: Tell = refuse
) -> Machine:
    """``chip`` as often as is asked, in the computer that the question tells of."""
    if is_processor(chip) and str(data.get("gpu_count")) == "0":
        data = {name: value for name, value in data.items() if name != "gpu_count"}
    values = applying(MACHINE, data, run, where, tell)
    machine = hosts.of_chip(chip, values.pop("gpu_count", 1))
    named = {kind: values.pop(kind) for kind in ("cpu", "drive") if kind in values}
    if is_processor(chip) and chip.name != NAMELESS:
        machine = hosts.with_named(machine, "cpu", chip.name, where)
    machine = replace(machine, **{MACHINE[name].field: v for name, v in values.items()})
    if machine.pcie_lanes and chip.pcie_gen:
        lanes = min(machine.pcie_lanes, chip.pcie_lanes or 16)
        machine = replace(machine, pcie_bytes_per_s=hosts.pcie_bytes_per_s((chip.pcie_gen, lanes)))
    if alone(chip) and machine.gpu_count > (machine.nodes or 1):
        allowed = f"1: each {chip.name} is a machine of its own"
        tell(InputError(where, "gpus", machine.gpu_count, allowed, "a network of them: --nodes"))
    for kind, text in named.items():
        try:
            machine = hosts.with_named(machine, kind, text, where)
        except InputError as error:
            tell(error)
    if is_mixed(chip) and (not served(run) or engine_of(run.software).joint):
        allowed = "cards of one kind: different ones serve language models in turn, in llama.cpp"
        raise InputError(where, "gpu", chip.name, allowed, "--framework llama.cpp")
    if is_processor(chip):
        if machine.gpu_count > 1:
            raise InputError(where, "gpus", machine.gpu_count, "1: a processor works alone", "1")
        machine = replace(machine, chip=processor_chip(machine))
    return machine


def row_machine(data: Mapping[str, Any], chip: Chip, run: Run) -> tuple[Machine, tuple[str, ...]]:
    """The machine of a table's line, and notes on what in it was not used."""
    errors: list[InputError] = []
    return machine_of(data, chip, run, "line", errors.append), tuple(map(_note, errors))


def chip_from(value: Any, by_name: Callable[[str], Chip]) -> Chip:
    """The chip of a question: a name, or an object of specification values."""
    if isinstance(value, dict):
        return chip_of(value)
    if not isinstance(value, str) or not value.strip():
        raise InputError("line", "gpu", value, "a GPU name or an object of specification values")
    return by_name(value)
