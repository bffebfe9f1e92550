# Everything starts here: `make run` and `make test` set up their environment by themselves.
#
#   make run POLICY=path [MODEL=id-or-path] [RUN=folder] [PRESET=cpu|gpu|paper] [SET="stage.key=value …"]
#            [PICTURES=folder]

PYTHON ?= python3
POLICY ?= data/policies/airline-baggage.md
RUN    ?= runs/$(basename $(notdir $(POLICY)))
PRESET ?= cpu
MODEL  ?=
SET    ?=
PICTURES ?=
GRID   ?= cpu
ONLY   ?=

VENV        := .venv
BIN         := $(VENV)/bin
STAMP       := $(VENV)/.installed
INTERNALIZE := $(BIN)/internalize
SETTINGS     = $(foreach pair,$(SET),--set '$(pair)')
START        = --preset '$(PRESET)' $(if $(MODEL),--model '$(MODEL)') \
               $(if $(PICTURES),--pictures '$(PICTURES)') $(SETTINGS)

.DEFAULT_GOAL := help
.PHONY: help run parse synth cpt sft rl evaluate export report ask test lint format \
        bench-ablation bench-ccgen bench-rollouts bench-training bench-growth bench-speed \
        bench-parsers bench-agreement acceptance clean

help: ## This list
	@sed -nE 's/^([a-z-]+( [a-z-]+)*):.*## /\1: /p' $(MAKEFILE_LIST)

# --- a run ----------------------------------------------------------------------------------

run: $(STAMP) ## Internalize POLICY into RUN: every stage, the checkpoint, the report
	$(INTERNALIZE) run '$(POLICY)' --run '$(RUN)' $(START)

parse: $(STAMP) ## What is understood of POLICY
	$(INTERNALIZE) parse '$(POLICY)' --format markdown

synth: $(STAMP) ## Make the data of a run of POLICY in RUN
	$(INTERNALIZE) synth '$(RUN)' --policy '$(POLICY)' $(START)

cpt sft rl evaluate export report: $(STAMP) ## One stage alone, from what is in RUN
	$(INTERNALIZE) $@ '$(RUN)' $(SETTINGS)

ask: $(STAMP) ## Ask the tuned model in RUN
	$(INTERNALIZE) ask '$(RUN)'

# --- the code -------------------------------------------------------------------------------

test: lint ## Lint, types, tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP) ## Style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(STAMP) ## Put the code into the style that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- the evidence ---------------------------------------------------------------------------

bench-ccgen: $(STAMP) ## Arms, sweeps and probes on CC-Gen, GRID=cpu or full; stopped, it goes on where it was
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[train,bench]'
	$(BIN)/python -m benchmarks.ccgen --grid '$(GRID)' $(ONLY)

bench-ablation: $(STAMP) ## CoT-SFT alone, CPT + SFT, CPT + SFT + PolicyRollout at equal data
	$(BIN)/python -m benchmarks.ablation

bench-rollouts: $(STAMP) ## Tokens a second of sampling against stock generate, in pairs
	$(BIN)/python -m benchmarks.rollouts

bench-training: $(STAMP) ## Tokens a second of supervised training against TRL's trainer, in pairs
	$(BIN)/python -m benchmarks.training

bench-growth: $(STAMP) ## How rollouts' time grows with the policy, their number and the model
	$(BIN)/python -m benchmarks.growth

bench-speed: bench-rollouts bench-training bench-growth ## All that is measured of speed

bench-parsers: $(STAMP) ## The parsers against the gold standard (development documents), and the worst errors
	$(BIN)/python -m benchmarks.gold.score

bench-agreement: $(STAMP) ## Parsed workflows against the trees that CC-Gen's documents are written from
	$(BIN)/python -m benchmarks.agreement

acceptance: $(STAMP) ## The figures in the README's results: every sample policy, and the bars
	$(BIN)/python -m benchmarks.acceptance

# --- the environment ------------------------------------------------------------------------

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[train,dev]'
	@touch $@

clean: ## Remove the environment and caches; runs stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
