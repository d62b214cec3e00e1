# make demo | test | test-slow | bench | lock | wheel: each makes the environment it needs by itself.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)

.PHONY: env demo test test-slow lint bench lock wheel clean

env: $(READY)

demo: $(READY)
	$(BIN)/lotopt demo

test: lint
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy lotopt
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks.run

wheel: $(READY)
	$(BIN)/python -m pip wheel . --no-deps --no-build-isolation --wheel-dir dist

# needs uv; the lock holds for every platform and names no registry
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate -o requirements.lock

clean:
	rm -rf $(VENV) dist build out

# the name holds a checksum of the lock: another lock is another environment
$(READY):
	@test -n "$(PYTHON)" || { echo "lotopt needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m lotopt.engine.prepare
	@rm -f $(VENV)/ready-* && touch $@
