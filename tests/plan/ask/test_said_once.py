"""One declaration: every surface reaches every field, and the same question is the same run."""

import dataclasses
import re

import pytest
from typer.testing import CliRunner

from rigwright.cli import app
from rigwright.plan.ask.goal import parse_goal, sections
from rigwright.plan.ask.kinds import kinds_of
from rigwright.plan.ask.questions import DATA, MACHINE, RUN, machine_of, row_of, run_of
from rigwright.plan.ask.software import software_of
from rigwright.plan.speed import predicting
from rigwright.predict.memory.formats import optimizers
from rigwright.spec.asked import SITUATIONS
from rigwright.spec.errors import InputError
from rigwright.spec.run import OPTIMIZERS, Machine, Run

CHIP = predicting.chip_named("RTX 3090")
PICTURE = {"model": "resnet50"}
TEXT = {"model": "bert-large"}
TRAIN = {"model": "llama-3-8b", "method": "lora"}
SERVE = {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m"}
CASES = (PICTURE, TEXT, TRAIN, SERVE, {"model": "resnet50", "mode": "infer"},
         {"model": "llama-3-8b"}, {"model": "llama-3-8b", "mode": "infer"},
         {"model": "llama-3-8b", "mode": "serve"}, {"model": "sdxl", "mode": "infer"})  # fmt: skip
OTHER = {"mode": "forward_backward", "precision": "bf16", "framework": "pytorch 2.4",
         "method": "qlora", "adapters": "mlp", "sharding": "zero2", "optimizer": "lion",
         "layout": "nhwc", "compile": "dynamo", "objective": "dpo"}  # fmt: skip


def value_of(q):
    """A value that is neither a default nor neutral."""
    if q.kind == "yes":
        return True
    if q.names:
        return q.example
    return OTHER.get(q.name, 2 if q.kind in ("whole", "amount") else None)


def question_with(q):
    """A question in which the field applies."""
    for case in CASES:
        try:
            machine = q.name in MACHINE
            said = case | {q.name: value_of(q)}
            run = run_of(said)
            if machine:
                machine_of(said, CHIP, run)
            return said
        except InputError:
            continue
    raise AssertionError(f"{q.name} never applies")


ASKED = [*RUN.values(), *MACHINE.values()]
FIELDS = [q for q in ASKED if q.name != "model"]


@pytest.mark.parametrize("q", ASKED, ids=lambda q: q.name)
def test_a_declaration_is_whole(q):
    assert q.label and q.help.endswith(".") and q.flags
    assert set(q.needs) <= set(SITUATIONS)
    assert {word for word, _ in q.usual} <= {*SITUATIONS, ""} and bool(q.usual) == bool(q.why)
    assert q.kind != "choice" or q.choices
    assert set(dict(q.spoken).values()) <= set(q.choices)
    assert q.most or q.kind not in ("whole", "amount")


def test_every_field_of_a_run_is_asked_and_optimizers_are_those_that_memory_knows():
    assert [f.name for f in dataclasses.fields(Run)] == [q.field for q in RUN.values()]
    assert {q.field for q in MACHINE.values()} < {f.name for f in dataclasses.fields(Machine)}
    assert set(OPTIMIZERS) == set(optimizers())


@pytest.mark.parametrize(
    ("name", "word", "meant"),
    [("optimizer", "adamw_torch", "adamw"), ("optimizer", "Paged AdamW-8bit", "adamw_8bit"),
     ("sharding", "FULL_SHARD", "zero3"), ("precision", "BF16", "bf16")],
)  # fmt: skip
def test_a_choice_is_read_however_it_is_written(name, word, meant):
    said = {"model": "llama-3-8b", name: word}
    goal = parse_goal({"workload": said, "budget": {"usd": 1}}, "goal")
    row, notes = row_of(said)
    assert {getattr(r, name) for r in (run_of(said), row, goal.workload.run())} == {meant}
    assert notes == ()


# -- every surface reaches every field -----------------------------------------------------
def help_of(command):
    done = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "240", "TERM": "dumb"})
    return done.stdout


@pytest.mark.parametrize("command", ["predict", "compare", "fit"])
def test_a_command_has_an_option_for_every_field(command):
    text = help_of(command)
    for q in FIELDS:
        if command == "compare" and q.name == "gpu_count":
            continue  # said with the name: 2x RTX 3090
        assert any(f"{flag} " in text or f"{flag}," in text for flag in q.flags), q.name


@pytest.mark.parametrize("command", ["predict", "compare", "fit", "trace"])
def test_the_first_panel_of_a_command_has_at_most_eight_options(command):
    panel = re.search(r"─ Options ─.*?╰", help_of(command), re.S)
    assert panel is not None
    assert len(re.findall(r"^│ +\*? *-", panel[0], re.M)) <= 8


@pytest.mark.parametrize("q", FIELDS, ids=lambda q: q.name)
def test_a_field_reaches_the_run_from_options_batch_and_goal(q, monkeypatch):
    said = question_with(q)
    wanted = value_of(q) * q.scale if q.kind == "amount" else value_of(q)
    wanted = software_of(wanted) if q.name == "framework" else wanted
    run, notes = row_of(said)
    assert notes == ()
    machine = machine_of(said, CHIP, run_of(said))
    held = machine if q.name in MACHINE else run
    if q.names:  # the part that the name means
        assert wanted in getattr(held, q.field)
    else:
        assert getattr(held, q.field) == wanted

    seen = []
    monkeypatch.setattr(predicting, "predict_one", lambda values: seen.append(values))
    words = [word for name, value in said.items() if name != "model" for word in flags(name, value)]
    CliRunner().invoke(app, ["predict", said["model"], *words])
    assert run_of(seen[0]) == run_of(said)
    assert machine_of(seen[0], CHIP, run_of(said)) == machine

    if q.name in RUN:
        goal = parse_goal({"workload": said, "budget": {"usd": 1000}}, "goal")
        assert goal.workload.run() == run_of(said)


def flags(name, value):
    flag = (RUN | MACHINE)[name].flags[0]
    return [flag] if value is True else [flag, str(value)]


# -- what does not apply -------------------------------------------------------------------
INAPPLICABLE = [
    (PICTURE, "method", "qlora"), (PICTURE, "seq_len", 128), (PICTURE, "gen_len", 9),
    (TRAIN, "gen_len", 9), (TRAIN, "img_size", 224), (TRAIN, "layout", "nhwc"),
    (TEXT, "img_size", 224), (TEXT, "tensor_parallel", 2), (PICTURE, "offload", True),
    (SERVE, "grad_checkpointing", True), (SERVE, "optimizer", "lion"), (SERVE, "compile", "dynamo"),
    (SERVE, "micro_batch", 4), (SERVE, "adapters", "all"), (PICTURE, "sharding", "zero3"),
    ({"model": "llama-3-8b"}, "adapter_rank", 8), (PICTURE, "nodes", 2),
    (SERVE, "network_gbit_s", 100),
]  # fmt: skip


@pytest.mark.parametrize(("case", "name", "value"), INAPPLICABLE)
def test_what_does_not_apply_is_refused_and_in_a_table_noted(case, name, value):
    said = {**case, name: value, "gpu": "RTX 3090"}
    with pytest.raises(InputError, match=rf"predict: {name}: got .* it is for") as error:
        predicting.predict_one(said)
    assert "\n" not in str(error.value)
    answer, plain = predicting._line(said), predicting._line({**case, "gpu": "RTX 3090"})
    assert sum(name in note for note in answer["notes"]) == 1
    assert answer["step_ms"] == plain["step_ms"] and answer["memory_gib"] == plain["memory_gib"]
    if name in RUN:
        with pytest.raises(InputError, match=f"goal.toml: workload: {name}"):
            parse_goal({"workload": {**case, name: value}, "budget": {"usd": 1}}, "goal.toml")


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("value", [None, 0, False, "none", 1, "", "default"])
def test_a_neutral_value_is_silent_where_a_field_does_not_apply(case, value):
    yes = value == 1 and value is not False  # of a yes-or-no field that says something
    for q in (q for q in FIELDS if q.needs and not (yes and q.kind == "yes")):
        run, words = run_of(case), value
        try:
            machine_of(case | {q.name: value_of(q)}, CHIP, run_of(case | {q.name: value_of(q)}))
            continue  # it applies
        except InputError:
            words = q.default if value == "default" else value
        said = case | {q.name: words}
        assert run_of(said) == run and machine_of(said, CHIP, run) == machine_of(case, CHIP, run)
        assert row_of(said) == row_of(case)
        if q.name in RUN and not isinstance(words, bool):
            goal = parse_goal({"workload": said, "budget": {"usd": 1}}, "goal")
            assert goal.workload.run() == run


NUMBERS = [q for q in (*ASKED, *DATA.values()) if q.kind in ("whole", "amount")]


@pytest.mark.parametrize("q", NUMBERS, ids=lambda q: q.name)
@pytest.mark.parametrize("number", [0, "0", "0.0", "00", "-0", -1, "-2.5", "nan", "-inf", "inf"])
def test_a_number_that_none_can_be_is_never_taken_as_not_said(q, number):
    """0 epochs were once the data set's own; in a table 0 stands for no number."""
    texts, pictures = TRAIN | {"data": "alpaca"}, PICTURE | {"data": "imagenet-1k"}
    of_set = texts if q.name == "item_tokens" else pictures
    said = of_set if q.name in DATA else question_with(q)
    said = said | {q.name: number, "gpu": "RTX 3090"}
    with pytest.raises(InputError, match=rf"predict: {q.name}: got") as error:
        predicting.predict_one(said)
    assert "\n" not in str(error.value)
    if q.name in RUN:
        with pytest.raises(InputError, match=q.name):
            asked = {k: v for k, v in said.items() if k != "gpu"}
            parse_goal({"workload": asked, "budget": {"usd": 1}}, "goal")


def test_unknown_words_are_notes_in_a_table_and_bad_numbers_are_errors():
    line = {"model": "resnet50", "gpu": "GTX 1070", "precision": "float9", "mode": "fly",
            "optimizer": "banana", "methd": "lora", "remark": "mine"}  # fmt: skip
    notes = predicting._line(line)["notes"]
    for word in ("float9", "fly", "banana", "methd"):
        assert any(word in note for note in notes), word
    assert not any("remark" in note for note in notes)
    for bad in ({"batch": "many"}, {"seq_len": "long"}, {"gpu": "No Such GPU"}, {"model": ""}):
        with pytest.raises(Exception, match=r"batch|seq_len|GPU|model"):
            predicting._line({**line, **bad})


def test_a_mode_or_format_that_a_model_has_not_is_a_note_in_a_table():
    run, notes = row_of({"model": "resnet50", "mode": "decode", "precision": "q4_k_m"})
    assert (run.mode, run.precision) == ("infer", "fp32") and len(notes) == 2
    for bad in ({"mode": "decode"}, {"precision": "q4_k_m"}):
        with pytest.raises(InputError, match=next(iter(bad))):
            run_of({"model": "resnet50", **bad})
    with pytest.raises(InputError, match="precision"):
        run_of({"model": "llama-3-8b", "precision": "q4_k_m"})


# -- defaults ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("model", "batch", "optimizer"),
    [("llama-3-8b", 1, "adamw"), ("gpt2", 1, "adamw"), ("bert-large", 1, "adamw"),
     ("resnet50", 32, "sgd"), ("vit_base_patch16_224", 32, "sgd"), ("whisper-base", 32, "sgd")],
)  # fmt: skip
def test_defaults_follow_the_model_and_a_table_has_its_own(model, batch, optimizer):
    run = run_of({"model": model})
    goal = parse_goal({"workload": {"model": model}, "budget": {"usd": 1}}, "goal")
    assert (run.batch, run.optimizer, run.precision) == (batch, optimizer, "amp")
    assert goal.workload.run() == run
    table, _ = row_of({"model": model})
    assert (table.batch, table.optimizer, table.precision) == (1, "sgd", "fp32")


def test_what_is_not_known_may_be_anything():
    assert kinds_of("net.py:make").may(("pictures", "sequence", "language"))
    assert not kinds_of("net.py:make").may(("decoder",))
    run = run_of({"model": "net.py:make", "img_size": 64, "seq_len": 8})
    assert (run.img_size, run.seq_len) == (64, 8)
    assert kinds_of("no-such-model").may(("decoder", "pictures"))


def test_every_key_of_a_goal_is_declared():
    for name, asked in sections().items():
        assert asked or not name
        for q in asked:
            assert q.label and q.help, (name, q.name)
            assert q.example is not None or q.default is not None, (name, q.name)
