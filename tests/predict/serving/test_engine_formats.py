"""Which engine reads which format, and what is said where one does not."""

import pytest

from rigwright.catalog.tables import by_id
from rigwright.plan.ask.questions import row_of, run_of
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict.engines import engines
from rigwright.predict.memory import formats
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import WIDE, Machine

FORMATS = [*formats(), "4bpw"]
PAIRS = [(e, p) for e in engines() for p in FORMATS]


def test_every_format_is_read_by_an_engine_and_wide_ones_by_all():
    for precision in FORMATS:
        able = [name for name, e in engines().items() if e.reads(precision)]
        assert able, precision
        assert precision not in WIDE or len(able) == len(engines())


@pytest.mark.parametrize(("engine", "precision"), PAIRS)
def test_a_named_engine_reads_a_format_or_the_answer_names_what_would(engine, precision):
    asked = {"model": "llama-3-8b", "mode": "decode", "framework": engine, "precision": precision}
    if engines()[engine].reads(precision):
        assert run_of(asked).software.engine == engine
        return
    with pytest.raises(InputError) as error:
        run_of(asked)
    assert "\n" not in str(error.value) and precision in str(error.value)
    # one of the engines that it names does read it
    able = [n for n, e in engines().items() if f" {n}" in str(error.value) and e.reads(precision)]
    assert able and run_of({**asked, "framework": able[0]}).precision == precision
    run, notes = row_of(asked)  # a table goes on without the engine
    assert run.software.engine == "" and run.precision == precision
    assert len([n for n in notes if "framework" in n]) == 1


@pytest.mark.parametrize(
    ("engine", "precision", "runs"),
    # engines' own pages of supported formats (engines.csv names them)
    [("vllm", "4bpw", False), ("vllm", "q4_k_m", True), ("tensorrt-llm", "q4_k_m", False),
     ("tensorrt-llm", "nf4", False), ("llama.cpp-2024", "mxfp4", False),
     ("llama.cpp", "mxfp4", True),
     ("exllama", "4bpw", True), ("exllama", "q4_k_m", False), ("sglang", "awq", True),
     ("transformers", "q4_k_m", False), ("gpt-fast", "awq", False)],
)  # fmt: skip
def test_published_pairs(engine, precision, runs):
    assert engines()[engine].reads(precision) is runs


@pytest.mark.parametrize(
    ("chip", "precision", "alone"),
    [("geforce-rtx-3090", "fp8", True), ("geforce-rtx-4090", "fp8", False),
     ("h100-sxm", "nvfp4", True), ("geforce-rtx-5090", "nvfp4", False)],
)  # fmt: skip
def test_weights_that_a_chip_cannot_multiply_are_said_to_be_weights_alone(chip, precision, alone):
    run = run_of({"model": "llama-3-8b", "mode": "decode", "framework": "vllm",
                  "precision": precision})  # fmt: skip
    notes = predict_run(run, Machine(chip=by_id(Chip)[chip])).notes
    assert any("weights alone" in note for note in notes) is alone


def test_what_an_engine_needs_of_a_chip_is_noted():
    run = run_of({"model": "llama-3-8b", "mode": "decode", "framework": "vllm", "precision": "fp8"})
    notes = predict_run(run, Machine(chip=by_id(Chip)["geforce-gtx-1080"])).notes
    assert any("needs compute capability 7.5" in note for note in notes)


@pytest.mark.parametrize(
    ("model", "engine", "packed"),
    [("deepseek-v3", "llama.cpp", "q8_0"), ("gpt-oss-20b", "exllama", "int4"),
     ("gpt-oss-20b", "llama.cpp", "mxfp4")],
)  # fmt: skip
def test_a_format_of_the_model_s_own_that_the_engine_lacks_gives_way_to_its_nearest(
    model, engine, packed
):
    asked = {"model": model, "mode": "decode", "framework": engine}
    assert run_of(asked, "predict").precision == packed
