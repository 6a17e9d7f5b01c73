# The two commands of the README: `make run` and `make test`. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GOAL ?= examples/today/goal.toml

.PHONY: run serve test lint unit soak docs score calibrate calibrate-check zoo bench story clean

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rigwright needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[charts]'
	@$(BIN)/python -m compileall -q src  # else the first start, or every one, compiles it
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: $(VENV)/.run  ## design a machine for today's default goal
	@$(BIN)/rigwright plan $(GOAL)

$(VENV)/.web: pyproject.toml $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[web]'
	@touch $@

serve: $(VENV)/.web  ## the pages at http://127.0.0.1:8000
	@$(BIN)/rigwright serve

test: lint unit  ## every check

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile

soak: $(VENV)/.dev  ## kills, load and twenty times the random questions (an hour)
	RIGWRIGHT_SOAK=20 $(BIN)/pytest -m soak

story: $(VENV)/.run  ## the 2016 desktop: check, plan, rent, compare
	@sh examples/2016-desktop/run.sh

docs: $(VENV)/.dev  ## regenerate the generated pages and pictures
	$(BIN)/python tools/make_docs.py
	$(BIN)/python tools/make_screens.py

score: $(VENV)/.dev  ## prediction errors on published measurements (needs ../shared)
	$(BIN)/python tools/prices_score.py score --write $(if $(RIGWRIGHT_DB),--db "$(RIGWRIGHT_DB)")
	$(BIN)/python tools/score.py --write
	$(BIN)/python tools/fit_score.py $(if $(RIGWRIGHT_DB),--db "$(RIGWRIGHT_DB)")
	$(BIN)/python tools/memory_accuracy.py score
	$(BIN)/python tools/models_score.py
	$(BIN)/python tools/probe_score.py
	$(BIN)/python tools/budget.py

calibrate: $(VENV)/.dev  ## make the fitted constants again (needs ../shared)
	$(BIN)/python tools/calibrate.py
	$(BIN)/python tools/memory_accuracy.py calibrate
	$(BIN)/python tools/serving_accuracy.py calibrate
	$(BIN)/python tools/training_accuracy.py calibrate
	$(BIN)/python tools/prices_score.py calibrate

calibrate-check: $(VENV)/.dev  ## fails when a table of constants is not what its inputs give
	$(BIN)/python tools/calibrate_check.py

zoo: $(VENV)/.dev  ## trace the model zoo again (torch, timm, transformers, diffusers; an hour)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[trace]'
	$(BIN)/python tools/trace_zoo.py trace --work out/zoo
	$(BIN)/python tools/trace_zoo.py pack --work out/zoo

bench: $(VENV)/.dev  ## start-up, prediction and search times on this machine
	$(BIN)/python benchmarks/run.py
	$(BIN)/python -m benchmarks.bench_choose 200000

clean:
	rm -rf $(VENV) build dist src/*.egg-info
