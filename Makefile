PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

N ?= 200000
JOBS ?= 2

.PHONY: demo test check format bench bench-logs bench-traps fuzz fuzz-console fuzz-dhcp6 screenshots requirements \
	architecture log-messages options configuration man simulate mutants mutation claims explore prove clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/pairwatch demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not live and not peer"
	$(BIN)/python -m pytest -m "live or peer"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.requirements --check
	$(BIN)/python -m docs.architecture --check
	$(BIN)/python -m docs.logmessages --check
	$(BIN)/python -m docs.options --check
	$(BIN)/python -m docs.configuration --check
	$(BIN)/python -m docs.manpages --check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

requirements: $(STAMP)
	$(BIN)/python -m tests.requirements

architecture: $(STAMP)
	$(BIN)/python -m docs.architecture

log-messages: $(STAMP)
	$(BIN)/python -m docs.logmessages

options: $(STAMP)
	$(BIN)/python -m docs.options

configuration: $(STAMP)
	$(BIN)/python -m docs.configuration

man: $(STAMP)
	$(BIN)/python -m docs.manpages

SEEDS ?= 1000
FIRST ?= 0
simulate: $(STAMP)
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(FIRST) --jobs $(JOBS)

claims: $(STAMP)
	$(BIN)/python -m tests.claims --jobs $(JOBS)

mutants: $(STAMP)
	$(BIN)/python -m tests.simulation.mutants --seeds $(SEEDS) --jobs $(JOBS)

GROUP ?= failover
SAMPLE ?= 10
SECONDS ?= 3600
mutation: $(STAMP)
	$(BIN)/python -m tests.mutation $(GROUP) --sample $(SAMPLE) --seconds $(SECONDS)

WORLD ?= safe period
STATES ?= 100000
explore: $(STAMP)
	$(BIN)/python -m tests.exhaustive --world "$(WORLD)" --states $(STATES)

prove: $(STAMP)
	$(BIN)/python -m tests.exhaustive --states $(STATES) --jobs $(JOBS)
	$(BIN)/python -m tests.simulation.mutants --small --jobs $(JOBS)

bench: $(STAMP)
	$(BIN)/python -m benchmarks

bench-logs: $(STAMP)
	$(BIN)/python -m benchmarks.console.logs

bench-traps: $(STAMP)
	$(BIN)/python -m benchmarks.traps

fuzz: $(STAMP)
	$(BIN)/python -m tests.snmp.fuzz $(N)

fuzz-dhcp6: $(STAMP)
	$(BIN)/python -m tests.wire.fuzz6 $(N)

fuzz-console: $(STAMP)
	$(BIN)/python -m tests.console.fuzz $(N)

screenshots: $(STAMP)
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
