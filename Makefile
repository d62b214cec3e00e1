# make demo | test | test-slow | study | study-page | study-full | bench | bench-full | bench-test | lock | wheel: each makes the environment it needs by itself.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)
# the benchmarks have an environment of their own: the peers bring a hundred packages that nothing else needs
PEERS := .venv-bench
PEERS_READY := $(PEERS)/ready-$(shell cat benchmarks/requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)

# test files beside each other; more than cores do no good
WORKERS ?= 2

.PHONY: env demo test test-slow lint study study-page study-full bench bench-full bench-env bench-test bench-tenders lock wheel clean

env: $(READY)

demo: $(READY)
	$(BIN)/lotopt demo

test: lint
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy lotopt
	$(BIN)/lint-imports

# coherent against incoherent designs: a quick look into out/study; what the repository shows; all from 5 to 42 lots
study: $(READY)
	$(BIN)/python -m benchmarks.coherence.study

study-page: $(READY)
	$(BIN)/python -m benchmarks.coherence.study --profile page -o benchmarks/coherence

study-full: $(READY)
	$(BIN)/python -m benchmarks.coherence.study --profile full -o out/study-full

# the quick profile, under ten minutes; the long one takes hours
bench: $(PEERS_READY)
	$(PEERS)/bin/python -m benchmarks.run --write

bench-full: $(PEERS_READY)
	$(PEERS)/bin/python -m benchmarks.run --full --write

bench-env: $(PEERS_READY)

# large tenders beside HiGHS on the same MILP; some minutes
bench-tenders: $(READY)
	$(BIN)/python -m benchmarks.tenders --size 300x200x20000 --seed 1 2 3
	$(BIN)/python -m benchmarks.tenders --size 1000x400x100000 --seed 1 2 3

# the peers themselves, which nothing else has installed
bench-test: $(PEERS_READY)
	$(PEERS)/bin/python -m pytest tests/benchmarks -m "slow or not slow"

wheel: $(READY)
	$(BIN)/python -m pip wheel . --no-deps --no-build-isolation --wheel-dir dist

# needs uv; the locks hold for every platform and name no registry
LOCK := --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate

lock:
	uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml benchmarks/requirements.in -c requirements.lock $(LOCK) \
		-o benchmarks/requirements.lock

clean:
	rm -rf $(VENV) $(PEERS) dist build out

# the name holds a checksum of the lock: another lock is another environment
$(READY):
	$(call environment,$(VENV),requirements.lock)

$(PEERS_READY):
	$(call environment,$(PEERS),benchmarks/requirements.lock)

define environment
	@test -n "$(PYTHON)" || { echo "lotopt needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(1)/bin/python -m lotopt.engine.prepare
	@rm -f $(1)/ready-* && touch $@
endef
